"""Blood in the ventricles: layers that have sunk to the back, clots, and whole casts.

References
----------
Hallevy, Albright, Aronowski et al. 2008, "Intraventricular hemorrhage: anatomic relationships and clinical
implications", doi 10.1212/01.wnl.0000304930.47751.75: it follows deep haemorrhages, and blood fills some ventricles in
part and others wholly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.blood.density import Density, visibility
from training.phantoms.ct.blood.stain import COARSE, Stain, Unmoving, coarsen, noise_in, ramp, refine, whole
from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import Floats, Slice

FOURTH_MM = 45.0
"""Below this level the midline ventricle is the fourth."""


@dataclass(frozen=True, slots=True, eq=False)
class Filling(Unmoving):
    """Blood in the ventricles.

    Attributes
    ----------
    sides
        Share of blood above the layer in the ventricle on the left of the picture, in the midline and on the right: 0
        none, 1 a cast of it.
    layer_mm
        Height of the sunken layer on the left and on the right; 0 for none.
    lean
        Slope of the layers, for a head that lies turned.
    """

    sides: tuple[float, float, float]
    layer_mm: tuple[float, float]
    lean: float
    patches: SmoothNoise
    density: Density

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Filling:
        """Draw layers, clots or casts; mostly small ones."""
        kind = rng.choice(["layers", "clots", "casts"], p=[0.5, 0.25, 0.25])
        layers, sides = np.zeros(2), np.zeros(3)
        if kind == "layers" or rng.random() < 0.4:
            layers = np.clip(rng.lognormal(math.log(5), 0.55, 2), 1.5, 22)
            layers *= rng.random(2) < 0.8 if rng.random() < 0.7 else [1, 1]
        if kind == "clots":
            sides = rng.uniform(0.15, 0.6, 3) * (rng.random(3) < 0.55)
        elif kind == "casts":
            sides = rng.uniform(0.7, 1.0, 3) * (rng.random(3) < 0.6)
        return cls(
            sides=(float(sides[0]), float(sides[1]), float(sides[2])),
            layer_mm=(float(layers[0]), float(layers[1])),
            lean=float(rng.normal(0, 0.12)),
            patches=SmoothNoise.draw(rng, rng.uniform(3.5, 8)),
            density=Density.draw(rng, faint_share=0.25),
        )

    def stain(self, anatomy: Slice) -> Stain | None:
        """Return the blood in a slice, where it shows ventricles."""
        coarse = coarsen(anatomy, COARSE)
        is_open = coarse.ventricles > 0.4
        if not is_open.any():
            return None
        filled = self._clots(coarse)
        for side, layer_mm in zip((-1, 1), self.layer_mm, strict=True):
            here = is_open & (coarse.x_mm * side > 3)
            if layer_mm and here.any():
                down = coarse.y_mm + np.float32(self.lean) * coarse.x_mm
                surface = float(down[here].max()) - layer_mm
                filled = np.maximum(filled, ramp(down - np.float32(surface), 1.5) * (coarse.x_mm * side > 1))
        share = np.clip(refine(filled, anatomy.size) * anatomy.ventricles * np.float32(1.25), 0, 1)
        share *= ramp(anatomy.inner_mm - 1, 1.0)
        if not share.any():
            return None
        hu = self.density.at(anatomy)
        return Stain(whole(anatomy), share, hu, share * visibility(hu))

    def _clots(self, coarse: Slice) -> Floats:
        """Return the share of blood above the layers."""
        left, middle, right = self.sides
        if not max(self.sides):
            return np.zeros(coarse.size, np.float32)
        is_middle = np.abs(coarse.x_mm) < np.where(coarse.z_mm < FOURTH_MM, 12, 3.5)
        filling = np.where(is_middle, middle, np.where(coarse.x_mm < 0, left, right))
        # A share of 0.5 fills the half of the places where the noise is above its median.
        patches = noise_in(self.patches, coarse)
        return np.asarray(
            ramp(patches + np.float32(3.2) * (filling - np.float32(0.5)), 0.8) * (filling > 0), np.float32
        )
