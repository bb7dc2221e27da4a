"""How dense shed blood is: fresh clot, older clot, and blood that has settled.

References
----------
New, Aronow 1976, "Attenuation measurements of whole blood and blood fractions in computed tomography", doi
10.1148/121.3.635: density rises with haematocrit, and a clot of packed cells is the densest.
Parizel, Makkat, Van Miert, Van Goethem, van den Hauwe, De Schepper 2001, "Intracranial hemorrhage: principles of CT and
MRI interpretation", doi 10.1007/s003300000800: 60 to 80 HU when fresh, falling by about 1.5 HU a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.blood.stain import COARSE, coarsen, noise_in, refine
from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import Floats, Slice

SERUM_HU = 24.0
SEEN_HU, SEEN = (31.0, 36.0, 42.0, 54.0), (0.0, 1.0, 1.0, 0.69)
"""Below the first density blood is not told from brain. Above the second an expert outlines it, with a margin that is
the smaller the plainer the border is."""


@dataclass(frozen=True, slots=True, eq=False)
class Density:
    """Density of one clot.

    Attributes
    ----------
    clot_hu
        Of the settled or clotted blood.
    mottle_hu
        Standard deviation from place to place.
    level_mm
        Where the surface of settled cells lies along y; above it, towards the front, is serum. None when clotted.
    serum_hu
        Of what floats on the cells.
    """

    clot_hu: float
    mottle_hu: float
    mottle: SmoothNoise
    level_mm: float | None = None
    serum_hu: float = SERUM_HU

    @classmethod
    def draw(cls, rng: np.random.Generator, *, level_mm: float | None = None, faint_share: float = 0.3) -> Density:
        """Draw the density of fresh blood mostly, ``faint_share`` of it hardly denser than brain."""
        is_faint = rng.random() < faint_share
        clot_hu = rng.uniform(36, 50) if is_faint else float(np.clip(rng.normal(62, 8), 47, 88))
        mottled = rng.uniform(3, 11) if rng.random() < 0.45 else rng.uniform(0.5, 3)
        return cls(clot_hu, mottled, SmoothNoise.draw(rng, rng.uniform(2.2, 12)), level_mm, rng.uniform(14, 38))

    def at(self, anatomy: Slice) -> Floats:
        """Return the density at every pixel of a slice."""
        coarse = coarsen(anatomy, COARSE)
        hu = np.float32(self.clot_hu) + np.float32(self.mottle_hu) * noise_in(self.mottle, coarse)
        hu = refine(np.asarray(hu, np.float32), anatomy.size)
        if self.level_mm is None:
            return hu
        settled = np.clip((anatomy.y_mm - np.float32(self.level_mm)) / 5 + np.float32(0.5), 0, 1)
        return np.asarray(self.serum_hu + (hu - np.float32(self.serum_hu)) * settled, np.float32)


def visibility(hu: Floats) -> Floats:
    """Return how far an expert goes in outlining blood of this density, 0 (not at all) to 1 (with a margin)."""
    return np.interp(hu, SEEN_HU, SEEN).astype(np.float32)
