"""Epidural haematoma: a lens between bone and dura, mostly temporal and arterial.

References
----------
Bullock, Chesnut, Ghajar et al. 2006, "Surgical management of acute epidural hematomas", doi
10.1227/01.NEU.0000210363.91172.A8: 15 mm thick and 30 ml mark the large ones.
"""

from __future__ import annotations

import math

import numpy as np

from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.density import Density
from training.phantoms.ct.blood.layer import Layer, draw_bubbles
from training.phantoms.ct.noise import SmoothNoise


def draw_epidural(rng: np.random.Generator, aim: Aim) -> Layer:
    """Draw one that the slice meets: short and thick, for the dura holds on to the sutures."""
    thickness_mm = float(np.clip(rng.lognormal(math.log(10), 0.55), 2.5, 35))
    half_arc_mm = float(np.clip(thickness_mm * rng.uniform(1.2, 2.6) + 8, 10, 62))
    half_height_mm = half_arc_mm * rng.uniform(0.7, 1.1)
    direction_rad = float(rng.choice([0.0, math.pi]) + np.clip(rng.normal(0, 0.6), -1.5, 1.5))
    return Layer(
        direction_rad=direction_rad,
        half_arc_mm=half_arc_mm,
        half_height_mm=half_height_mm,
        middle_mm=aim.on_vault(direction_rad) + half_height_mm * rng.uniform(-0.65, 0.65),
        thickness_mm=thickness_mm,
        bluntness=rng.uniform(0.8, 1.1),
        skew=rng.uniform(-0.3, 0.3),
        unevenness=rng.uniform(0.02, 0.15),
        relief=SmoothNoise.draw(rng, rng.uniform(9, 16)),
        soft_mm=rng.uniform(0.8, 1.6),
        crosses_midline=True,
        density=Density.draw(rng, faint_share=0.1),
        bubbles=draw_bubbles(rng),
    )
