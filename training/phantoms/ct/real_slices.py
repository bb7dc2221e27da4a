"""Real slices of a head without haemorrhage, read so that blood can be painted on them as on computed ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from training.errors import DatasetError
from training.phantoms.ct.slice import FAR_MM, Floats, Slice

Mask = NDArray[np.bool_]
BONE_HU, FLUID_HU, FULL_HU = 120.0, 8.0, 80.0
"""Of the inner face of the skull, halfway to bone; of fluid; what is brighter is not brain."""
TISSUE_HU, DEEP_TISSUE_HU, VENTRICLE_HU = 21.0, 15.0, 12.75
"""Of brain next to fluid once smoothed, below the surface and deep, where white matter may be dark with age; and the
median of ventricles, darker than infarcts."""
GAP_MM, CORE_MM, SMOOTH_MM = 9.0, 3.0, 0.9
MOST_DEPTH_MM = 90.0
LEAST_BRAIN_MM2 = 250.0
DEEP_MM, LEAST_VENTRICLE_MM2 = 22.0, 60.0


@dataclass(frozen=True, slots=True, eq=False)
class _Plane:
    """One slice as read: densities, and (along, up) of its first pixel in mm, in the plane and across the planes."""

    hu: Floats
    pixel_mm: float
    left_mm: float
    along_mm: float
    up_mm: float

    def across(self) -> Floats:
        """Return the position (1, W) of each column, in mm to the patient's left."""
        return np.float32(self.left_mm) + np.arange(self.hu.shape[1], dtype=np.float32)[None] * np.float32(
            self.pixel_mm
        )

    def along(self) -> Floats:
        """Return the position (H, 1) of each row, in mm towards the back of the head."""
        rows = np.arange(self.hu.shape[0], dtype=np.float32)[:, None]
        return np.float32(self.along_mm) + rows * np.float32(self.pixel_mm)


def read_normal_slices(folder: Path) -> tuple[Slice, ...]:
    """Read one head's slices (``*.dcm``) in Hounsfield units, from the base of the skull upwards.

    The gantry may be tilted: positions follow the planes as they were cut. Slices below the skull are among them;
    they have no pixel inside it.

    Raises
    ------
    DatasetError
        No slice is there, one cannot be read, or none of them shows brain.
    """
    files = sorted(folder.glob("*.dcm"))
    if not files:
        raise DatasetError(f"no DICOM slice (*.dcm) is in {folder}; name the folder of one head CT")
    planes = sorted((_read_plane(file) for file in files), key=lambda plane: plane.up_mm)
    brains = _brains(planes)
    shown = [index for index, brain in enumerate(brains) if brain.any()]
    if not shown:
        raise DatasetError(f"no slice in {folder} shows brain within bone; name the folder of one head CT")
    frame = _Frame.of(planes, brains)
    return tuple(frame.place(plane, brain) for plane, brain in zip(planes, brains, strict=True))


def _read_plane(file: Path) -> _Plane:
    """Read one slice."""
    try:
        dataset = pydicom.dcmread(file)
        hu = dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
        position = np.array(dataset.ImagePositionPatient, float)
        orientation = np.array(dataset.ImageOrientationPatient, float)
        pixel_mm = float(dataset.PixelSpacing[0])
    except (InvalidDicomError, AttributeError, ValueError, OSError) as err:
        raise DatasetError(f"{file} is no CT slice that can be read ({err}); remove it or replace it") from err
    down = orientation[3:]
    upwards = np.cross(orientation[:3], down)
    return _Plane(
        hu=np.maximum(hu, -1000).astype(np.float32),
        pixel_mm=pixel_mm,
        left_mm=float(position @ orientation[:3]),
        along_mm=float(position @ down),
        up_mm=float(position @ upwards),
    )


def _brains(planes: list[_Plane]) -> list[Mask]:
    """Return the room inside the skull of each slice: from the vertex downwards, what lies beneath the room above."""
    rooms: list[Mask] = []
    above: Mask | None = None
    for plane in reversed(planes):
        room = _room(plane, above)
        rooms.append(room)
        above = room if room.any() else above
    return rooms[::-1]


def _room(plane: _Plane, above: Mask | None) -> Mask:
    """Return the (H, W) soft parts that bone encloses and that continue the room of the slice ``above``."""
    smooth = _blur(plane.hu, SMOOTH_MM / plane.pixel_mm)
    bone = (smooth > BONE_HU).astype(np.uint8)
    closed = np.asarray(cv2.morphologyEx(bone, cv2.MORPH_CLOSE, _disc(GAP_MM / plane.pixel_mm)), np.uint8)
    soft = (_enclosed(closed) & (smooth < BONE_HU) & (smooth > -20)).astype(np.uint8)
    core = cv2.erode(soft, _disc(CORE_MM / plane.pixel_mm))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core)
    least_px = LEAST_BRAIN_MM2 / plane.pixel_mm**2
    keep = np.zeros(count, np.bool_)
    for label in range(1, count):
        piece = labels == label
        area = stats[label, cv2.CC_STAT_AREA]
        is_below = above is None or above[piece].sum() > 0.6 * min(area, above.sum())
        keep[label] = area > least_px and is_below and plane.hu[piece].mean() > 15
    grown = cv2.dilate(keep[labels].astype(np.uint8), _disc((CORE_MM + 0.7) / plane.pixel_mm))
    return _without_holes(np.asarray(grown, np.uint8) & soft, LEAST_BRAIN_MM2 / plane.pixel_mm**2)


def _without_holes(room: NDArray[np.uint8], most_px: float) -> Mask:
    """Return the room with its small holes filled: calcifications in it are no bone."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - room)
    is_room = stats[:count, cv2.CC_STAT_AREA] < most_px
    return np.asarray((room > 0) | is_room[labels], np.bool_)


def _enclosed(closed: NDArray[np.uint8]) -> Mask:
    """Return what cannot be reached from the picture's border without crossing bone."""
    padded = np.pad(closed, 1)
    cv2.floodFill(padded, None, (0, 0), 1)
    return np.asarray((padded[1:-1, 1:-1] == 0) | (closed > 0), np.bool_)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The head's own frame within the scanner's: its axis through the middle, its turn, its base and its height.

    ``lean`` is how much the midline moves to the patient's left, mm in mm upwards.
    """

    left_mm: float
    lean: float
    along_mm: float
    turn_rad: float
    base_mm: float
    height_mm: float

    @classmethod
    def of(cls, planes: list[_Plane], brains: list[Mask]) -> _Frame:
        """Find the frame: the axis from the middle of the large rooms, the midline from the falx above them."""
        areas = [float(brain.sum()) * plane.pixel_mm**2 for plane, brain in zip(planes, brains, strict=True)]
        shown = [index for index, brain in enumerate(brains) if brain.any()]
        large = [index for index in shown if areas[index] > 0.75 * max(areas)]
        along_mm = float(np.median([planes[index].along()[brains[index].any(axis=1)].mean() for index in large]))
        upper = [index for index in shown if index >= large[-1] - 1 and areas[index] > 0.3 * max(areas)]
        lines = np.array([_midline(planes[index], brains[index], along_mm) for index in upper])
        up = np.array([planes[index].up_mm for index in upper])
        turn_rad = float(np.median(lines[:, 1]))
        base_mm, top_mm = planes[shown[0]].up_mm, planes[shown[-1]].up_mm
        lean = float(np.polyfit(up, lines[:, 0], 1)[0]) if len(upper) > 2 else 0.0
        left_mm = float(np.median(lines[:, 0] - lean * (up - base_mm)))
        return cls(left_mm, lean, along_mm, turn_rad, base_mm, top_mm - base_mm + 4)

    def place(self, plane: _Plane, brain: Mask) -> Slice:
        """Return ``plane`` in this frame, with all that blood may follow."""
        z_mm = plane.up_mm - self.base_mm
        across = plane.across() - np.float32(self.left_mm + self.lean * z_mm)
        along = plane.along() - np.float32(self.along_mm)
        cos, sin = np.float32(np.cos(self.turn_rad)), np.float32(np.sin(self.turn_rad))
        x, y = across * cos - along * sin, along * cos + across * sin
        nothing = np.zeros_like(x)
        bare = Slice(
            hu=plane.hu,
            pixel_mm=plane.pixel_mm,
            x_mm=x,
            y_mm=y,
            z_mm=np.full_like(x, z_mm),
            height_mm=self.height_mm,
            inner_mm=_depth(brain, plane.pixel_mm),
            fluid=nothing,
            ventricles=nothing,
            falx_mm=np.full_like(x, FAR_MM),
            tentorium_mm=np.full_like(x, FAR_MM),
            is_scanned=True,
        )
        fluid, ventricles = _fluids(bare)
        return replace(bare, fluid=fluid, ventricles=ventricles, falx_mm=_falx(bare))


def _midline(plane: _Plane, brain: Mask, along_mm: float) -> tuple[float, float]:
    """Return where the falx crosses the row at ``along_mm``, in mm to the left, and its turn in radians.

    Of all lines near the middle of the room, it is the one that is brightest against its two sides.
    """
    step = 2.5 / plane.pixel_mm
    smooth = _blur(np.clip(plane.hu, 0, FULL_HU), SMOOTH_MM / plane.pixel_mm)
    beside = [np.roll(smooth, round(side * step), axis=1) for side in (-1, 1)]
    ridge = np.where(brain, np.clip(smooth - np.maximum(*beside), -12, 12), 0)
    rows = np.flatnonzero(brain.any(axis=1))
    middle = float(np.flatnonzero(brain.any(axis=0)).mean())
    level = (along_mm - plane.along_mm) / plane.pixel_mm
    offsets, turns = np.arange(-12, 12.1, 0.5) / plane.pixel_mm, np.linspace(-0.35, 0.35, 71)
    scores = np.empty((turns.size, offsets.size))
    for score, turn in zip(scores, turns, strict=True):
        columns = np.rint(middle + offsets + np.tan(turn) * (rows - level)[:, None]).astype(np.intp)
        score[:] = ridge[rows[:, None], np.clip(columns, 0, brain.shape[1] - 1)].mean(axis=0)
    best_turn, best_offset = np.unravel_index(int(scores.argmax()), scores.shape)
    crossing_mm = plane.left_mm + (middle + offsets[best_offset]) * plane.pixel_mm
    return float(crossing_mm), float(turns[best_turn])


def _depth(brain: Mask, pixel_mm: float) -> Floats:
    """Return the depth (H, W) below the border of ``brain`` in mm, negative outside."""
    if not brain.any():
        return np.full(brain.shape, -MOST_DEPTH_MM, np.float32)
    inside = cv2.distanceTransform(brain.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform((~brain).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    depth = (inside - outside) * np.float32(pixel_mm)
    depth -= np.sign(depth) * np.float32(pixel_mm / 2)
    return np.asarray(depth, np.float32)


def _fluids(placed: Slice) -> tuple[Floats, Floats]:
    """Return the shares (H, W) of fluid outside and inside the ventricles, which are dark pieces that reach deep."""
    inner_mm, pixel_mm = placed.inner_mm, placed.pixel_mm
    brain = inner_mm > 0
    values = np.where(brain, np.clip(placed.hu, -20, FULL_HU), np.float32(TISSUE_HU + 10))
    smooth = _blur(np.asarray(values, np.float32), SMOOTH_MM / pixel_mm)
    deepness = np.clip((inner_mm - DEEP_MM) / 8 + np.float32(0.5), 0, 1) * brain
    tissue_hu = TISSUE_HU + (DEEP_TISSUE_HU - TISSUE_HU) * deepness
    share = np.clip((tissue_hu - smooth) / (tissue_hu - FLUID_HU), 0, 1) * brain
    count, labels, stats, centres = cv2.connectedComponentsWithStats((share > 0.25).astype(np.uint8))
    is_ventricle = np.zeros(count, np.uint8)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] * pixel_mm**2 > LEAST_VENTRICLE_MM2:
            column, row = centres[label].astype(np.intp)
            piece = labels == label
            is_deep = np.median(inner_mm[piece]) > DEEP_MM and np.median(smooth[piece]) < VENTRICLE_HU
            is_ventricle[label] = is_deep and _may_be_ventricle(placed, row, column)
    deep = cv2.dilate(is_ventricle[labels], _disc(1.5 / pixel_mm))
    return np.asarray(share * (1 - deep), np.float32), np.asarray(share * deep, np.float32)


def _may_be_ventricle(placed: Slice, row: int, column: int) -> bool:
    """Return whether a ventricle may lie here: low in the skull only the fourth; what lies before it are cisterns."""
    if placed.z_mm[row, column] > 0.32 * placed.height_mm:
        return True
    return abs(float(placed.x_mm[row, column])) < 12 and float(placed.y_mm[row, column]) > 12


def _falx(placed: Slice) -> Floats:
    """Return the distance from the falx: in front and behind only, but all along once above the corpus callosum."""
    level = float(placed.z_mm.flat[0]) / placed.height_mm
    edge = np.hypot((placed.y_mm + np.float32(2)) / 46, np.float32((level - 0.44) / 0.26))
    is_falx = (edge > 1) & (placed.inner_mm > 0) & (level > 0.36)
    return np.asarray(np.where(is_falx, np.abs(placed.x_mm), np.float32(FAR_MM)), np.float32)


def _blur(values: Floats, sigma_px: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma_px), np.float32)


def _disc(radius_px: float) -> NDArray[np.uint8]:
    """Return a round structuring element."""
    size = 2 * max(1, round(radius_px)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
