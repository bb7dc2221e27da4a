"""Brain tissue: grey and white matter, deep nuclei, brain stem and cerebellum.

References
----------
Brooks, Di Chiro, Keller 1980, "Explanation of cerebral white-gray contrast in computed tomography", doi
10.1097/00004728-198008000-00016: 5.5 HU at usual energies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.cut import BLOCK, Cut, Patch, Point, soft_step
from training.phantoms.ct.noise import SmoothNoise, enlarge
from training.phantoms.ct.slice import Floats

Nucleus = tuple[Point, Point, float]
NUCLEI: tuple[Nucleus, ...] = (
    ((15.0, -24.0, 70.0), (5.5, 10.0, 9.0), -0.3),  # head of the caudate nucleus
    ((18.0, 2.0, 84.0), (3.0, 20.0, 4.0), 0.2),  # its body
    ((25.0, -8.0, 64.0), (7.5, 16.0, 12.0), -0.25),  # lentiform nucleus
    ((11.0, 9.0, 68.0), (8.0, 15.0, 10.0), 0.5),  # thalamus
    ((34.5, -4.0, 62.0), (1.2, 17.0, 13.0), -0.1),  # claustrum
)
"""Centre, half axes and turn of the nuclei of the right of the picture."""
DEEP_MM = (8.0, 30.0)
"""Between these depths below the surface of the brain white matter turns from bright to dark."""


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """Densities of one brain, by how much they vary from place to place, and how wide its cortex is.

    ``deep_hu`` is how much darker than under the cortex white matter is in the middle of the brain, ``lobes_hu`` how
    much all tissue varies from lobe to lobe.
    """

    white_hu: float
    grey_hu: float
    deep_hu: float
    unevenness_hu: float
    lobes_hu: float
    lobes: SmoothNoise
    cortex_mm: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Tissue:
        """Draw the densities of a brain at one tube voltage."""
        white = rng.uniform(20, 32)
        return cls(
            white_hu=white,
            grey_hu=white + rng.uniform(4.5, 12),
            deep_hu=float(min(rng.gamma(1.8, 2.6), 12.0)),
            unevenness_hu=rng.uniform(0.5, 3.0),
            lobes_hu=float(min(rng.gamma(2.0, 0.9), 5.0)),
            lobes=SmoothNoise.draw(rng, 24.0),
            cortex_mm=rng.uniform(2.4, 4.0),
        )

    def cortex(self, depth_mm: Floats, from_sulcus_mm: Floats, reach_mm: Floats) -> Floats:
        """Return the share of cortex: below the surface of the brain and along the sulci as deep as they reach."""
        outer = np.clip((self.cortex_mm - depth_mm) / np.float32(1.5) + np.float32(0.5), 0, 1)
        inner = np.clip((self.cortex_mm - from_sulcus_mm) / np.float32(1.5) + np.float32(0.5), 0, 1)
        inner *= np.clip((reach_mm + 2 - depth_mm) / 3, 0, 1)
        return np.asarray(np.maximum(outer, inner), np.float32)


def paint_tissue(hu: Floats, cut: Cut, tissue: Tissue, grey: tuple[Floats, Floats], texture: Floats) -> None:
    """Paint the cerebrum into ``hu``: cortex and nuclei of grey matter in white matter.

    ``grey`` is the share of cortex (0 to 1) and the depth below the surface of the brain in mm.
    """
    cortex, depth_mm = grey
    first_mm, last_mm = DEEP_MM
    deep = np.clip((depth_mm + 4 * texture - np.float32(first_mm)) / np.float32(last_mm - first_mm), 0, 1)
    hu[...] = np.float32(tissue.white_hu) + np.float32(tissue.unevenness_hu) * texture
    hu -= np.float32(tissue.deep_hu) * deep
    hu += np.float32(tissue.lobes_hu) * enlarge(tissue.lobes.at(cut.blocks), BLOCK)
    hu += np.float32(tissue.grey_hu - tissue.white_hu) * cortex
    for (x, y, z), half_mm, turn in NUCLEI:
        for side in (-1, 1):
            patch = cut.ellipsoid((side * x, y, z), half_mm, turn_rad=side * turn, soft_mm=2.5)
            if patch is not None:
                patch.paint(hu, tissue.grey_hu)


def paint_hind_brain(hu: Floats, cut: Cut, tissue: Tissue, below_tent_mm: Floats, folia: Floats) -> None:
    """Paint the cerebellum below the tentorium and the brain stem into ``hu``."""
    if below_tent_mm.max() > -2:
        share = soft_step(below_tent_mm, 2.0)
        middle = np.float32(0.7 * tissue.grey_hu + 0.3 * tissue.white_hu)
        hu += (middle + np.float32(1.6) * folia - hu) * share
        for side in (-1, 1):
            patch = cut.ellipsoid((side * 22.0, 48.0, 20.0), (15, 16, 9), turn_rad=side * 0.5, soft_mm=8)
            if patch is not None:
                patch.paint(hu, 0.6 * tissue.white_hu + 0.4 * tissue.grey_hu)
    stem = 0.7 * tissue.white_hu + 0.3 * tissue.grey_hu
    for patch in stem_patches(cut):
        patch.paint(hu, stem)


def stem_patches(cut: Cut) -> list[Patch]:
    """Return midbrain, pons, medulla and the peduncles of the cerebellum where the slice meets them."""
    parts = [
        cut.ellipsoid((0.0, 17.0, 48.0), (15.5, 13.0, 13.0)),
        cut.ellipsoid((0.0, 19.0, 28.0), (16.0, 13.0, 15.0)),
        cut.tube((0.0, 24.0, 15.0), (0.0, 32.0, -50.0), (10.0, 6.5), stretch=(1.1, 0.9, 1.0)),
        *(cut.tube((side * 10.0, 22.0, 27.0), (side * 24.0, 36.0, 24.0), (8.0, 9.0)) for side in (-1, 1)),
    ]
    return [part for part in parts if part is not None]
