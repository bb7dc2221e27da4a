"""What lies in front of and below the brain: orbits, sinuses, nose, petrous bones, ears, jaws.

References
----------
Bekerman, Gottlieb, Vaiman 2014, "Variations in eyeball diameters of the healthy adults", doi
10.1155/2014/503645: 24 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.phantoms.ct.cut import Cut, Patch, Point
from training.phantoms.ct.noise import SmoothNoise, enlarge, shrink
from training.phantoms.ct.scalp import AIR_HU, FAT_HU, MUSCLE_HU, SKIN_HU
from training.phantoms.ct.slice import Floats

BONE_HU, VITREOUS_HU, LENS_HU, MUCUS_HU = 900.0, 10.0, 90.0, 30.0
TOP_MM = 76.0
"""Nothing of this reaches higher."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """The hollows of one head's face and base.

    Attributes
    ----------
    frontal_sinus_mm
        (half width, height) of the frontal sinus; zero where it never grew.
    pneumatised
        How far air fills the mastoids, 0 to 1, left and right of the picture.
    filled
        Share of the sinuses that is filled with mucus or blood.
    septa
        The walls between air cells.
    """

    frontal_sinus_mm: tuple[float, float]
    pneumatised: tuple[float, float]
    filled: float
    septa: SmoothNoise

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Base:
        """Draw an adult's face."""
        frontal = (rng.uniform(10, 34), rng.uniform(6, 26)) if rng.random() < 0.85 else (0.0, 0.0)
        return cls(
            frontal_sinus_mm=frontal,
            pneumatised=(rng.beta(3, 1.2), rng.beta(3, 1.2)),
            filled=rng.uniform(0, 1) if rng.random() < 0.3 else 0.0,
            septa=SmoothNoise.draw(rng, 2.6),
        )


Kind = Literal["air", "bone", "fat", "muscle", "skin", "vitreous", "lens"]
VALUES: dict[str, float] = {
    "air": AIR_HU,
    "bone": BONE_HU,
    "fat": FAT_HU,
    "muscle": MUSCLE_HU,
    "skin": SKIN_HU,
    "vitreous": VITREOUS_HU,
    "lens": LENS_HU,
}
PARTS: tuple[tuple[Kind, Point, Point, float], ...] = (
    # Cheek bones and the outer walls of the orbits, then the orbits in them.
    ("bone", (42.0, -62.0, 22.0), (13.0, 16.0, 22.0), 0.5),
    ("muscle", (50.0, -38.0, 12.0), (14.0, 20.0, 34.0), 0.1),
    ("bone", (64.0, -38.0, 8.0), (2.2, 26.0, 3.5), 0.25),
    ("fat", (30.0, -62.0, 28.0), (17.0, 20.0, 16.0), 0.0),
    ("fat", (24.0, -44.0, 30.0), (10.0, 18.0, 12.0), 0.35),
    ("skin", (31.0, -71.0, 28.0), (14.2, 14.2, 14.2), 0.0),
    ("vitreous", (31.0, -70.0, 28.0), (11.6, 11.6, 11.6), 0.0),
    ("lens", (31.5, -78.5, 28.0), (4.6, 2.0, 4.6), 0.0),
    ("muscle", (40.0, -52.0, 29.0), (1.8, 15.0, 4.5), 0.45),
    ("muscle", (20.0, -54.0, 29.0), (1.8, 15.0, 4.5), 0.15),
    ("muscle", (26.0, -46.0, 30.0), (2.0, 14.0, 2.0), 0.3),
    # The cheeks' sinuses, walled by bone.
    ("bone", (31.0, -52.0, -6.0), (17.0, 19.0, 21.0), 0.0),
    ("air", (31.0, -52.0, -6.0), (15.2, 17.2, 19.2), 0.0),
    # Joint of the jaw, its branch, muscles of mastication, pterygoid plates.
    ("bone", (52.0, -2.0, 2.0), (9.0, 5.0, 7.0), -0.2),
    ("bone", (50.0, -12.0, -22.0), (3.0, 12.0, 22.0), -0.1),
    ("muscle", (36.0, -18.0, -14.0), (10.0, 14.0, 16.0), 0.3),
    ("bone", (15.0, -26.0, 2.0), (2.4, 9.0, 16.0), -0.3),
    ("skin", (82.0, 22.0, 24.0), (2.6, 15.0, 27.0), 0.35),  # ear
)
"""Kind, centre, half axes and turn of what comes in pairs, on the right of the picture, in the order of painting."""


def paint_face(face: Floats, cut: Cut) -> None:
    """Paint orbits, cheeks, jaws and nose."""
    for kind, (x, y, z), half_mm, turn in PARTS:
        for side in (-1, 1):
            patch = cut.ellipsoid((side * x, y, z), half_mm, turn_rad=side * turn)
            if patch is not None:
                patch.paint(face, VALUES[kind])
    _paint_nose(face, cut)


def _paint_nose(face: Floats, cut: Cut) -> None:
    patches: list[tuple[Patch | None, float]] = [
        (cut.tube((0.0, -84.0, 30.0), (0.0, -106.0, -4.0), (6.0, 12.0), stretch=(0.9, 1.0, 1.0)), SKIN_HU),
        (cut.tube((0.0, -84.0, 34.0), (0.0, -96.0, 14.0), (3.5, 2.0)), BONE_HU),
        (cut.ellipsoid((0.0, -60.0, -4.0), (15.0, 34.0, 20.0)), MUSCLE_HU),
        *(
            (cut.ellipsoid((side * x, -62.0, z), (1.8, 30.0, 9.0)), AIR_HU)
            for side in (-1, 1)
            for x, z in ((3.5, 6.0), (8.5, -4.0), (4.0, -14.0))
        ),
        (cut.ellipsoid((0.0, -58.0, 0.0), (1.1, 30.0, 24.0)), BONE_HU),
        (cut.ellipsoid((0.0, -18.0, -16.0), (12.0, 8.0, 26.0)), AIR_HU),  # throat
    ]
    for patch, value in patches:
        if patch is not None:
            patch.paint(face, value)


def paint_cells(face: Floats, cut: Cut, room_mm: Floats, bone_mm: Floats, base: Base) -> None:
    """Paint what holds air in many cells, at some distance from the brain: nasal sinuses and mastoids."""
    if cut.z.min() > TOP_MM:
        return
    half_width, height = base.frontal_sinus_mm
    hollows = [
        (cut.ellipsoid((0.0, -58.0, 26.0), (14.0, 27.0, 15.0)), 0.5, 1.0),
        (cut.ellipsoid((0.0, -16.0, 27.0), (15.0, 13.0, 9.0)), 0.12, 1.0),
        *(
            (cut.ellipsoid((side * 52.0, 28.0, 16.0), (14.0, 15.0, 21.0), turn_rad=side * 0.3), 0.75, share)
            for side, share in zip((-1, 1), base.pneumatised, strict=True)
        ),
        *((cut.tube((side * 48.0, 8.0, 14.0), (side * 86.0, 12.0, 12.0), (3.0, 4.0)), 0.0, 1.0) for side in (-1, 1)),
    ]
    for patch, walls, share in hollows:
        if patch is not None and share > 0.1:
            _paint_cellular(face, cut, _apart(patch, -room_mm), base, (walls, share))
    frontal = cut.ellipsoid((0.0, -89.0, 44.0), (half_width, 9.0, height)) if half_width else None
    if frontal is not None:
        # It lies between the tables of the bone.
        within = np.minimum(-room_mm, room_mm + bone_mm)
        _paint_cellular(face, cut, _apart(frontal, within), base, (0.15, 1.0))


def _apart(patch: Patch, depth_mm: Floats) -> Patch:
    """Return ``patch`` without what lies so near to the surface of the bone that a wall must be left."""
    outside = np.clip(depth_mm[patch.rows, patch.columns] - np.float32(1.2), 0, 1)
    return patch._replace(share=patch.share * outside)


def _paint_cellular(face: Floats, cut: Cut, patch: Patch, base: Base, walls_and_share: tuple[float, float]) -> None:
    walls, share = walls_and_share
    window = (patch.rows, patch.columns)
    points = np.stack([axis[window] for axis in (cut.x, cut.y, cut.z)])
    wall_hu = BONE_HU if walls else SKIN_HU
    cells = enlarge(base.septa.at(shrink(points, 2)), 2)
    air = AIR_HU + (MUCUS_HU - AIR_HU) * np.float32(cells > 2.5 * (0.5 - base.filled) + 1.2)
    is_wall = np.clip((np.float32(walls * share**0.5) * 0.8 - np.abs(cells)) * 3 + np.float32(0.5 * (walls > 0)), 0, 1)
    content = air + (wall_hu - air) * is_wall
    shape = patch.share * (share if share < 0.5 else 1.0)
    view = face[window]
    view += (content - view) * shape
