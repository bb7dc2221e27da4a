"""Falx, tentorium and the venous sinuses in their edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.phantoms.ct.cut import Cut, Point
from training.phantoms.ct.slice import FAR_MM, Floats

SINUSES: tuple[tuple[Point, Point, tuple[float, float]], ...] = (
    ((0.0, 82.0, 42.0), (52.0, 52.0, 34.0), (3.5, 3.5)),  # transverse
    ((52.0, 52.0, 34.0), (48.0, 32.0, 18.0), (3.5, 4.0)),  # sigmoid
    ((0.0, 34.0, 62.0), (0.0, 80.0, 43.0), (1.6, 2.0)),  # straight
    ((0.0, 83.0, 44.0), (0.0, 82.0, 40.0), (5.0, 4.0)),  # confluence
)


APEX_MM = np.float32(62)
"""Height of the apex of the tentorium."""
Edge = tuple[tuple[float, float], tuple[float, float]]
FALX_EDGE: Edge = ((-2.0, 58.0), (46.0, 34.0))
CALLOSUM: Edge = ((0.0, 60.0), (40.0, 30.0))
"""(y, z) of the middle and half axes of the arches that bound the falx and the cleft above it."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Membranes:
    """Thickness and density of one head's dura and of the blood in its sinuses."""

    falx_mm: float
    membrane_hu: float
    blood_hu: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Membranes:
        """Draw membranes from thin to thickened, and venous blood by haematocrit."""
        return cls(
            falx_mm=rng.uniform(0.6, 2.2),
            membrane_hu=rng.uniform(44, 70),
            blood_hu=rng.uniform(42, 66),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sheets:
    """Where the membranes lie in a slice; (size, size) in mm.

    Attributes
    ----------
    falx, tentorium, cleft
        Distance from the falx, the tentorium and the cleft between the hemispheres; `FAR_MM` beyond their edges.
    below_tentorium
        Depth below the tentorium; negative above it and before it.
    """

    falx: Floats
    tentorium: Floats
    cleft: Floats
    below_tentorium: Floats

    @classmethod
    def of(cls, cut: Cut) -> Sheets:
        """Find the membranes in a slice."""
        side, far = np.abs(cut.x), np.float32(FAR_MM)
        if cut.z.min() > APEX_MM:
            nowhere = np.full_like(side, FAR_MM)
            falx, cleft = (_beyond(side, cut, edge, is_open=True) for edge in (FALX_EDGE, CALLOSUM))
            return cls(falx, nowhere, cleft, -nowhere)
        height = tent_height(cut, side) * np.float32(0.86)
        # Its free edge leaves a gap for the midbrain; before the petrous crest there is none.
        behind = cut.y - np.float32(12) - np.float32(0.35) * np.maximum(side - 15, 0)
        gap = np.hypot(cut.x, cut.y - np.float32(16)) - 17
        is_above = height > -1
        return cls(
            falx=_beyond(side, cut, FALX_EDGE, is_open=is_above & (cut.z > 40)),
            tentorium=np.where((behind > 0) & (gap > 0), np.abs(height), far),
            cleft=_beyond(side, cut, CALLOSUM, is_open=is_above & ((cut.z > 44) | (cut.y < -20))),
            below_tentorium=np.minimum(np.minimum(-height, behind), np.maximum(gap, 42 - cut.z)),
        )


def tent_height(cut: Cut, side: Floats) -> Floats:
    """Return how high points lie above the tentorium: a tent whose ridge falls from the apex to the back."""
    behind = np.maximum(cut.y - np.float32(32), 0)
    return np.asarray(cut.z - APEX_MM + np.float32(0.36) * behind + np.float32(0.5) * side, np.float32)


def _beyond(side: Floats, cut: Cut, edge: Edge, *, is_open: Mask | bool) -> Floats:
    """Return the distance from the midline outside of an arch."""
    (y, z), (half_y, half_z) = edge
    arch = np.square((cut.y - np.float32(y)) / np.float32(half_y))
    arch += np.square((cut.z - np.float32(z)) / np.float32(half_z))
    return np.where((arch > 1) & is_open, side, np.float32(FAR_MM))


def paint_sheet(hu: Floats, distance_mm: Floats, thickness_mm: float, value_hu: float) -> None:
    """Paint a thin sheet into ``hu``."""
    share = np.clip(np.float32(thickness_mm / 2 + 0.35) - distance_mm, 0, np.float32(min(1.0, thickness_mm)))
    hu += (np.float32(value_hu) - hu) * share


def paint_sinuses(hu: Floats, cut: Cut, room_mm: Floats, blood_hu: float) -> None:
    """Paint the venous sinuses into ``hu``."""
    # The superior sagittal sinus follows the vault: a wedge between falx and bone.
    depth = np.float32(5.5) - room_mm - np.float32(1.2) * np.abs(cut.x)
    share = np.clip(depth, 0, 1) * (cut.z > 44) * ((cut.y > -60) | (cut.z > 70))
    hu += (np.float32(blood_hu) - hu) * share
    for (x0, y0, z0), (x1, y1, z1), radii in SINUSES:
        for side in (-1, 1) if x1 else (1,):
            patch = cut.tube((side * x0, y0, z0), (side * x1, y1, z1), radii)
            if patch is not None:
                patch.paint(hu, blood_hu)
