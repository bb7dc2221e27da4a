"""How a slice lies in the head, and the head in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from training.phantoms.ct.cut import STANDARD_MM
from training.phantoms.ct.skull import EQUATOR_MM
from training.phantoms.ct.slice import Floats


class HasHeight(Protocol):
    """What a view must know of a head."""

    @property
    def height_mm(self) -> float:
        """From the base of the skull to the vertex, inside."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """The plane of a slice and the frame of its picture.

    Attributes
    ----------
    z_mm
        Where the plane crosses the vertical axis of the head.
    pitch_rad
        How much the plane rises towards the back of the head.
    roll_rad
        How much it rises towards the right of an upright picture.
    turn_rad
        How far the head is turned in the picture.
    shift_mm
        (y, x) of the head's axis from the middle of the picture.
    field_mm
        Width and height of the picture.
    is_mirrored, is_upside_down
        Whether right and left, top and bottom are exchanged: archives differ, and a scan of the nose down is as usual
        as one of the nose up.
    """

    z_mm: float
    pitch_rad: float = 0.0
    roll_rad: float = 0.0
    turn_rad: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    field_mm: float = 230.0
    is_mirrored: bool = False
    is_upside_down: bool = False

    @classmethod
    def draw(cls, rng: np.random.Generator, head: HasHeight) -> View:
        """Draw a view as archives hold them: most nearly straight, many turned or tilted, some strongly."""
        is_restless = rng.random() < 0.4
        spread = 2.2 if is_restless else 0.7
        # The chin is up more often than down: the plane then rises from the orbits to the crown.
        pitch = rng.normal(0.2, 0.14) if rng.random() < 0.75 else rng.normal(-0.12, 0.1)
        view = cls(
            z_mm=head.height_mm * (0.13 + 0.83 * rng.beta(1.3, 1.15)),
            pitch_rad=float(np.clip(pitch * (1.3 if is_restless else 1.0), -0.45, 0.62)),
            roll_rad=float(np.clip(rng.normal(0, 0.07) * spread, -0.45, 0.45)),
            turn_rad=float(np.clip(rng.normal(0, 0.14) * spread, -0.8, 0.8)),
            field_mm=rng.uniform(212, 285),
            is_mirrored=bool(rng.random() < 0.5),
            is_upside_down=bool(rng.random() < 0.5),
        )
        down, right = view.middle(head)
        return replace(
            view,
            shift_mm=(float(rng.normal(0, 6) * spread - down), float(rng.normal(0, 5) * spread - right)),
        )

    def middle(self, head: HasHeight) -> tuple[float, float]:
        """Return how far (down, right) in the picture of a pitched plane the middle of the head lies from its axis."""
        rise = max(self.z_mm - EQUATOR_MM, 0.0) / (head.height_mm - EQUATOR_MM) ** 2
        sin, cos = math.sin(self.pitch_rad), math.cos(self.pitch_rad)
        along = -rise * sin / ((cos / STANDARD_MM[1]) ** 2 + (sin / (head.height_mm - EQUATOR_MM)) ** 2)
        down, right = along * math.cos(self.turn_rad), -along * math.sin(self.turn_rad)
        return (-down if self.is_upside_down else down), (-right if self.is_mirrored else right)

    @classmethod
    def upright(cls, head: HasHeight, z_mm: float) -> View:
        """Return the straight view at ``z_mm``, the nose at the top, wide enough for ``head``."""
        return cls(z_mm=min(z_mm, head.height_mm + 20.0))

    def axes(self) -> tuple[Floats, Floats]:
        """Return where 1 mm along and across the unturned plane leads, each (x, y, z) in the head's frame."""
        pitch_cos, pitch_sin = math.cos(self.pitch_rad), math.sin(self.pitch_rad)
        roll_cos, roll_sin = math.cos(self.roll_rad), math.sin(self.roll_rad)
        across = np.asarray([roll_cos, -roll_sin * pitch_sin, roll_sin * pitch_cos], np.float32)
        down = np.asarray([0, pitch_cos, pitch_sin], np.float32)
        return across, down

    def in_scanner(self, size: int) -> tuple[Floats, Floats]:
        """Return mm below (size, 1) and to the right (1, size) of the head's axis, before the head is turned.

        Down is towards the table, whichever way up the picture is.
        """
        axis = ((np.arange(size, dtype=np.float32) + 0.5) / size - 0.5) * np.float32(self.field_mm)
        down = (axis - np.float32(self.shift_mm[0])) * np.float32(-1 if self.is_upside_down else 1)
        right = (axis - np.float32(self.shift_mm[1])) * np.float32(-1 if self.is_mirrored else 1)
        return np.asarray(down[:, np.newaxis], np.float32), np.asarray(right[np.newaxis, :], np.float32)

    def points(self, size: int) -> Floats:
        """Return (3, size, size): x, y and z in the head's frame of the pixels of a picture of this size."""
        down, right = self.in_scanner(size)
        cos, sin = np.float32(math.cos(self.turn_rad)), np.float32(math.sin(self.turn_rad))
        across, along = self.axes()
        below, beside = along * cos + across * sin, across * cos - along * sin
        start = np.array([0, 0, self.z_mm], np.float32)
        rows = start[:, np.newaxis, np.newaxis] + below[:, np.newaxis, np.newaxis] * down
        return np.asarray(rows + beside[:, np.newaxis, np.newaxis] * right, np.float32)
