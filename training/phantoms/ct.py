"""A head in computed tomography, slice by slice in Hounsfield units, with a haemorrhage whose mask is exact.

Positions are in mm from the middle of the head: ``x`` to the right of the picture, ``y`` down the picture (towards the
back of the head), ``z`` upwards from the base of the skull.

References
----------
New, Aronow 1976, "Attenuation measurements of whole blood and blood fractions in computed tomography", doi
10.1148/121.3.635: why fresh blood is denser than brain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.phantoms.haemorrhage import Haemorrhage, draw_haemorrhages
from training.phantoms.slice_plane import Floats, Mask, SlicePlane, SmoothVolume, oval

AIR_HU, FAT_HU, SKIN_HU, FLUID_HU, OEDEMA_HU, WHITE_HU, GREY_HU, FALX_HU = -1000, -90, 35, 8, 19, 27, 38, 50
DIPLOE_HU, TABLE_HU, PETROUS_HU = 550, 1500, 1100
FIELD_MM = 230.0
LOWEST, HIGHEST = 0.1, 0.95
"""Levels of the first and the last slice."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The shape of one head and what is in it.

    Attributes
    ----------
    half_width_mm, half_length_mm, height_mm
        Extent from the middle to the skin across and lengthways, and from the base of the skull to the vertex.
    scalp_mm, skull_mm
        Thickness.
    waves
        Amplitude and phase of the departures of the outline from an oval, for 2, 3, ... waves around it.
    pose
        Shift (y, x) in mm and turn in radians of the head in the scanner.
    ventricle_scale
        Size of the ventricles, 1 for an adult's.
    """

    half_width_mm: float
    half_length_mm: float
    height_mm: float
    scalp_mm: float
    skull_mm: float
    waves: tuple[tuple[float, float], ...]
    pose: tuple[float, float, float]
    ventricle_scale: float
    folds: SmoothVolume
    tissue: SmoothVolume
    haemorrhages: list[Haemorrhage]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Head:
        """Draw an adult's head with a haemorrhage."""
        height_mm = rng.uniform(125, 145)
        return cls(
            half_width_mm=rng.uniform(73, 82),
            half_length_mm=rng.uniform(90, 102),
            height_mm=height_mm,
            scalp_mm=rng.uniform(4, 8),
            skull_mm=rng.uniform(5.5, 8.5),
            waves=tuple((rng.uniform(0, 0.03) / order, rng.uniform(0, 2 * math.pi)) for order in range(2, 6)),
            pose=(rng.uniform(-5, 5), rng.uniform(-5, 5), rng.normal(0, 0.08)),
            ventricle_scale=rng.uniform(0.75, 1.25),
            folds=SmoothVolume.draw(rng, cells=26, levels=14),
            tissue=SmoothVolume.draw(rng, cells=9),
            haemorrhages=draw_haemorrhages(rng, height_mm),
        )

    def plane(self, level: float, size: int) -> SlicePlane:
        """Return the plane of the slice at ``level``, 0 to 1, of size x size pixels."""
        shift_y, shift_x, turn = self.pose
        axis = ((np.arange(size) + 0.5) / size - 0.5) * FIELD_MM
        across, down = (axis - shift_x)[np.newaxis, :], (axis - shift_y)[:, np.newaxis]
        x = (across * math.cos(turn) + down * math.sin(turn)).astype(np.float32)
        y = (down * math.cos(turn) - across * math.sin(turn)).astype(np.float32)
        # Rounded towards the vertex; at the base, the skull grows somewhat narrower.
        scale = (1 - level**3.5) ** 0.5 * (1 - 0.12 * max(0.0, 0.35 - level) / 0.35)
        angle = np.arctan2(y, x)
        outline = scale * (1 + sum(a * np.cos(n * angle + p) for n, (a, p) in enumerate(self.waves, start=2)))
        # The forehead is narrower than the back of the head.
        width_mm = np.float32(self.half_width_mm) * (1 + np.float32(0.07) * np.sin(angle))
        reach_mm = outline / np.hypot(np.cos(angle) / width_mm, np.sin(angle) / np.float32(self.half_length_mm))
        depth_mm = (reach_mm - np.hypot(x, y)).astype(np.float32)
        inner_mm = depth_mm - np.float32(self.scalp_mm + self.skull_mm)
        return SlicePlane(level, level * self.height_mm, x, y, depth_mm, inner_mm)


def head_stack(
    seed: int, *, slices: int = 24, size: int = 512
) -> tuple[NDArray[np.int16], NDArray[np.bool_], tuple[float, float, float]]:
    """Return a head from base to vertex, the masks of its haemorrhage, and its spacing; all drawn by ``seed``.

    Returns
    -------
    hu
        (slices, size, size) int16 in Hounsfield units.
    masks
        (slices, size, size) bool: all fresh blood.
    spacing_mm
        Distance between neighbouring (slices, rows, columns).

    Raises
    ------
    ValueError
        Fewer than two slices, or a size below 64 pixels.
    """
    if slices < 2 or size < 64:
        raise ValueError(f"a stack needs 2 slices or more of 64 pixels or more, got {slices} of {size}")
    rng = np.random.default_rng(seed)
    head = Head.draw(rng)
    hu = np.empty((slices, size, size), np.int16)
    masks = np.empty((slices, size, size), np.bool_)
    for index, level in enumerate(np.linspace(LOWEST, HIGHEST, slices).tolist()):
        plane = head.plane(level, size)
        masks[index] = np.any([bleed.mask(plane) for bleed in head.haemorrhages], axis=0)
        hu[index] = _scan(rng, _paint(head, plane), plane)
    spacing_mm = ((HIGHEST - LOWEST) * head.height_mm / (slices - 1), FIELD_MM / size, FIELD_MM / size)
    return hu, masks, spacing_mm


def _paint(head: Head, plane: SlicePlane) -> Floats:
    """Return the densities (H, W) in Hounsfield units of the slice as it is, before it is scanned."""
    hu = _paint_brain(head, plane)
    for bleed in head.haemorrhages:
        is_swollen = bleed.oedema(plane) & (plane.inner_mm > 2)
        hu[is_swollen] = np.minimum(hu[is_swollen], OEDEMA_HU)
    for bleed in head.haemorrhages:
        hu[bleed.mask(plane)] = bleed.blood_hu
    return _paint_shell(head, plane, hu)


def _paint_shell(head: Head, plane: SlicePlane, brain: Floats) -> Floats:
    """Put scalp and skull around the brain, and the petrous bones under it."""
    depth = plane.depth_mm
    within = np.clip((depth - np.float32(head.scalp_mm)) / np.float32(head.skull_mm), 0, 1)
    bone = DIPLOE_HU + np.float32(TABLE_HU - DIPLOE_HU) * np.square(2 * within - 1)
    scalp = np.where((depth < 1.8) | (depth > head.scalp_mm - 1.5), np.float32(SKIN_HU), np.float32(FAT_HU))
    regions = [depth < 0, depth < head.scalp_mm, plane.inner_mm < 0]
    hu = np.select(regions, [np.full_like(depth, AIR_HU), scalp, bone], brain)
    petrous = _lobe(plane, 0.05, 0.2, (14, 38), (26, 8), turn=1.0) & (plane.inner_mm > -2)
    hu[petrous] = PETROUS_HU
    return np.asarray(hu, np.float32)


def _paint_brain(head: Head, plane: SlicePlane) -> Floats:
    """Return the densities (H, W) of brain and fluid, as if they filled the picture."""
    size = plane.x.shape[0]
    folds, tissue = head.folds.at(plane.level, size), head.tissue.at(plane.level, size)
    inner = plane.inner_mm
    hu = np.full_like(inner, WHITE_HU)
    reach_mm = 17 + 4 * tissue
    hu[(inner < 5) | ((np.abs(folds) < 0.7) & (inner < reach_mm))] = GREY_HU
    lentiform = _lobe(plane, 0.5, 0.12, (2, 25), (15, 7), turn=-0.3)
    caudate = _lobe(plane, 0.54, 0.12, (-16, 14), (9, 4), turn=-0.3)
    thalamus = _lobe(plane, 0.48, 0.12, (13, 10), (12, 7), turn=-0.5)
    cerebellum = _lobe(plane, 0.12, 0.2, (48, 22), (28, 30))
    hu[lentiform | caudate | thalamus | cerebellum] = GREY_HU
    hu[(np.abs(folds) < 0.16) & (inner < reach_mm - 2) | (inner < np.clip(1.2 + 0.8 * tissue, 0.4, 3))] = FLUID_HU
    hu[_ventricles(plane, head.ventricle_scale)] = FLUID_HU
    _paint_midline(plane, tissue, hu)
    return np.asarray(hu + tissue, np.float32)


def _ventricles(plane: SlicePlane, scale: float) -> Mask:
    """Return where fluid is inside the brain: four ventricles, the Sylvian fissures and the basal cistern."""
    horns = _lobe(plane, 0.56, 0.16, (-20, 8), (15 * scale, 4.5 * scale), turn=-0.25)
    trigones = _lobe(plane, 0.56, 0.16, (28, 20), (17 * scale, 5.5 * scale), turn=0.35)
    bodies = _lobe(plane, 0.63, 0.1, (4, 9), (24 * scale, 5 * scale))
    third = _lobe(plane, 0.45, 0.1, (8, 0), (11, 2.2 * scale))
    fourth = _lobe(plane, 0.16, 0.1, (32, 0), (5 * scale, 7 * scale))
    fissures = _lobe(plane, 0.42, 0.14, (-8, 50), (3.5, 12), turn=0.3)
    cistern = _lobe(plane, 0.3, 0.07, (-4, 0), (8, 12))
    return horns | trigones | bodies | third | fourth | fissures | cistern


def _paint_midline(plane: SlicePlane, tissue: Floats, hu: Floats) -> None:
    """Draw falx and fissure between the hemispheres into ``hu``: whole at the top, only front and back further down."""
    is_free = np.abs(plane.y) > 60 * (1 - max(0.0, plane.level - 0.3) / 0.42)
    sideways = np.abs(plane.x + 0.8 * tissue)
    if plane.level > 0.28:
        hu[is_free & (sideways < 2.2)] = FLUID_HU
        hu[is_free & (sideways < 0.9)] = FALX_HU


def _lobe(
    plane: SlicePlane,
    level: float,
    half_level: float,
    centre_mm: tuple[float, float],
    half_mm: tuple[float, float],
    *,
    turn: float = 0,
) -> Mask:
    """Return where a pair of ellipsoids, mirror images of each other in the midline, is cut by the slice.

    Parameters
    ----------
    level, half_level
        Middle and half axis along the height of the head.
    centre_mm, half_mm, turn
        See `oval`, for the one on the right of the picture.
    """
    room = 1 - ((plane.level - level) / half_level) ** 2
    if room <= 0:
        return np.zeros(plane.x.shape, np.bool_)
    mirrored = replace(plane, x=np.abs(plane.x))
    return np.asarray(oval(mirrored, centre_mm, half_mm, turn=turn) < math.sqrt(room), np.bool_)


def _scan(rng: np.random.Generator, hu: Floats, plane: SlicePlane) -> NDArray[np.int16]:
    """Return the slice as a scanner shows it: blurred, brightened under the skull by beam hardening, and noisy."""
    size = hu.shape[0]
    pixel_mm = FIELD_MM / size
    blurred = cv2.GaussianBlur(hu, (0, 0), 0.55 / pixel_mm)
    cupping = 5 * np.exp(-np.clip(plane.inner_mm, 0, None) / np.float32(6)) * (plane.inner_mm > 0)
    white = rng.standard_normal((size, size), np.float32)
    noise = cv2.GaussianBlur(white, (0, 0), 0.45 / pixel_mm)
    noise *= np.float32(rng.uniform(2, 3.5)) / noise.std()
    return np.asarray(np.rint(np.clip(blurred + cupping + noise, -1024, 3071)), np.int16)
