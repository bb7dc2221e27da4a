"""Blood within the brain: deep and lobar haemorrhages, contusions, and specks.

References
----------
Kothari, Brott, Broderick et al. 1996, "The ABCs of measuring intracerebral hemorrhage volumes", doi
10.1161/01.STR.27.8.1304: haemorrhages are near to ellipsoids of a few to a hundred ml.
Qureshi, Mendelow, Hanley 2009, "Intracerebral haemorrhage", doi 10.1016/S0140-6736(09)60371-8: most are deep, in
putamen and thalamus; others in lobes, cerebellum and pons.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from training.phantoms.ct.blood.aim import HALF_MM, Aim
from training.phantoms.ct.blood.density import Density, visibility
from training.phantoms.ct.blood.stain import Stain, ball, coarsen, crop, noise_in, ramp, refine
from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import Floats, Slice

Point = tuple[float, float, float]
BASE_MM = 34.0
"""Below this level lie cerebellum and brain stem, behind."""


@dataclass(frozen=True, slots=True)
class Lobe:
    """One of the ellipsoids that make up a lump: centre and half axes (x, y, z) in mm, and its turn about z."""

    centre_mm: Point
    half_mm: Point
    turn_rad: float

    def depth(self, anatomy: Slice) -> Floats:
        """Return how deep pixels lie in it, in mm, about; negative outside."""
        x = anatomy.x_mm - np.float32(self.centre_mm[0])
        y = anatomy.y_mm - np.float32(self.centre_mm[1])
        z = anatomy.z_mm - np.float32(self.centre_mm[2])
        cos, sin = np.float32(math.cos(self.turn_rad)), np.float32(math.sin(self.turn_rad))
        half_x, half_y, half_z = (np.float32(half) for half in self.half_mm)
        squares = np.square((x * cos + y * sin) / half_x) + np.square((y * cos - x * sin) / half_y)
        root = np.sqrt(squares + np.square(z / half_z))
        return np.asarray((1 - root) * np.float32(min(self.half_mm[:2])), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Lump:
    """A lump of blood in the brain.

    Attributes
    ----------
    lobes
        What it is made of.
    dent_mm
        Standard deviation of the departures of its border.
    soft_mm
        Width of its border: wide once it dissolves.
    sparseness
        Share of the brain that is left between its spots: 0 in a clot, up to 0.6 in a contusion.
    oedema_mm
        Width of the swelling around it.
    margin_mm
        How much brain is left below the surface; negative where it reaches it.
    is_ruptured
        Whether it may fill the ventricles that it meets.
    """

    lobes: tuple[Lobe, ...]
    dents: SmoothNoise
    dent_mm: float
    soft_mm: float
    sparseness: float
    spots: SmoothNoise
    oedema_mm: float
    margin_mm: float
    is_ruptured: bool
    displacing: float
    density: Density

    def stain(self, anatomy: Slice) -> Stain | None:
        """Return the lump in a slice, with the swelling around it."""
        reach = max(math.dist(lobe.centre_mm, self.lobes[0].centre_mm) + max(lobe.half_mm) for lobe in self.lobes)
        window = ball(anatomy, self.lobes[0].centre_mm, reach + self.oedema_mm + 3 * self.dent_mm)
        if window is None:
            return None
        part = crop(anatomy, window)
        rough = coarsen(part, 2)
        depth = np.maximum.reduce([lobe.depth(rough) for lobe in self.lobes])
        depth = refine(depth + np.float32(self.dent_mm) * noise_in(self.dents, rough), part.size)
        room = ramp(part.inner_mm - np.float32(max(self.margin_mm, 0)), part.pixel_mm)
        if not self.is_ruptured:
            room *= 1 - part.ventricles
        share = ramp(depth, self.soft_mm) * room
        if not share.any():
            return None
        hu = self.density.at(part)
        visible = share * visibility(hu)
        if self.sparseness:
            spots = refine(noise_in(self.spots, rough), part.size)
            full = ramp(np.asarray(spots + np.float32(1.2 - 2.4 * self.sparseness), np.float32), 1.2)
            share *= np.float32(0.4) + np.float32(0.6) * full
            visible *= ramp(full + depth / np.float32(6) - np.float32(0.35), 0.5)
        return Stain(window, share, hu, visible, self._water(depth, part))

    def push(self, coarse: Slice) -> tuple[Floats, Floats] | None:
        """Return how the brain gives way: outwards from its largest lobe, as room in the skull allows."""
        lobe = max(self.lobes, key=lambda one: min(one.half_mm))
        x0, y0, z0 = lobe.centre_mm
        x, y = coarse.x_mm - np.float32(x0), coarse.y_mm - np.float32(y0)
        height = np.square((coarse.z_mm - np.float32(z0)) / np.float32(lobe.half_mm[2]))
        squares = np.float32(self.displacing * lobe.half_mm[0] * lobe.half_mm[1]) * np.maximum(1 - height, 0)
        if squares.max() < 9:
            return None
        distance = np.maximum(np.hypot(x, y), 1)
        amount = distance - np.sqrt(np.maximum(np.square(distance) - squares, 0))
        amount *= np.clip(coarse.inner_mm / 12, 0, 1)
        return np.asarray(amount * x / distance, np.float32), np.asarray(amount * y / distance, np.float32)

    def _water(self, depth: Floats, part: Slice) -> Floats | None:
        """Return the share of swelling: next to the lump most, not in fluid."""
        if self.oedema_mm < 0.5:
            return None
        water = np.clip(1 + depth / np.float32(self.oedema_mm), 0, 1) * (1 - part.ventricles) * (1 - part.fluid)
        return np.asarray(np.sqrt(water) * ramp(part.inner_mm, part.pixel_mm), np.float32)


def draw_deep(rng: np.random.Generator, aim: Aim) -> Lump:
    """Draw one in putamen or thalamus, that the slice meets."""
    is_thalamic = rng.random() < 0.38
    x_range, y_range = ((9, 17), (2, 22)) if is_thalamic else ((22, 34), (-16, 16))
    centre = aim.place(lambda: (_side(rng) * rng.uniform(*x_range), rng.uniform(*y_range)))
    size_mm = float(np.clip(rng.lognormal(math.log(11), 0.45), 3, 34))
    stretch = (0.8, 1.1, 0.95) if is_thalamic else (0.7, 1.35, 1.1)
    return _draw_lump(rng, centre, size_mm, stretch=stretch, ruptured=size_mm > 12 and rng.random() < 0.35)


def draw_lobar(rng: np.random.Generator, aim: Aim) -> Lump:
    """Draw one in a lobe, or in cerebellum or pons where the slice lies that low."""
    centre = _draw_place(rng, aim, (0.2, 0.85))
    narrow = aim.narrowing(*centre[:2])
    size_mm = float(np.clip(rng.lognormal(math.log(11.5), 0.5), 3, 38)) * (0.4 + 0.6 * narrow)
    if centre[2] < BASE_MM:
        size_mm = min(size_mm, 10 if abs(centre[0]) < 8 and centre[1] < 25 else 24)
    stretch = (rng.uniform(0.75, 1.1), rng.uniform(0.9, 1.4), rng.uniform(0.8, 1.1))
    return _draw_lump(rng, centre, size_mm, stretch=stretch)


def draw_contusions(rng: np.random.Generator, aim: Aim) -> tuple[Lump, ...]:
    """Draw one to four contusions near each other on the surface of the brain, most at its poles."""
    side = _side(rng)

    def draw() -> tuple[float, float]:
        at_pole = rng.choice([-1.25, -1.0, -0.15, 0.1]) + rng.normal(0, 0.2)
        bearing = at_pole if rng.random() < 0.6 else rng.uniform(-1.5, 1.5)
        reach = rng.uniform(0.65, 0.97)
        return side * HALF_MM[0] * reach * abs(math.cos(bearing)), HALF_MM[1] * reach * math.sin(bearing)

    first = aim.place(draw)
    lumps = []
    for index in range(int(rng.choice([1, 2, 3, 4], p=[0.4, 0.3, 0.2, 0.1]))):
        size_mm = float(np.clip(rng.lognormal(math.log(6), 0.6), 1.6, 22))
        x, y, z = first if index == 0 else _draw_near(rng, aim, first, 10)
        centre = (x, y, z + size_mm * rng.uniform(-0.5, 0.5))
        lumps.append(_draw_lump(rng, centre, size_mm, stretch=(0.9, 1.1, 0.9), contused=True))
    return tuple(lumps)


def draw_transformed(rng: np.random.Generator, aim: Aim) -> tuple[Lump, ...]:
    """Draw spots in a swollen, dark part of the brain, as where an infarct or a tumour has bled: most are faint."""
    middle, spread_mm = _draw_place(rng, aim, (0.2, 0.85)), rng.uniform(3, 12)
    lumps = []
    for _ in range(int(rng.integers(1, 5))):
        centre = _draw_near(rng, aim, middle, spread_mm)
        size_mm = float(np.clip(rng.lognormal(math.log(3.5), 0.5), 1.3, 9))
        lump = _draw_lump(rng, centre, size_mm, stretch=(0.9, 1.1, 1.0), contused=True)
        density = Density.draw(rng, faint_share=0.6)
        lumps.append(replace(lump, oedema_mm=rng.uniform(6, 16), displacing=0.8, density=density))
    return tuple(lumps)


def draw_specks(rng: np.random.Generator, aim: Aim) -> tuple[Lump, ...]:
    """Draw one to four tiny bleeds, of a few square millimetres each."""
    lumps = []
    for _ in range(int(rng.integers(1, 5))):
        x, y, z = _draw_place(rng, aim, (0.05, 0.95))
        size_mm = rng.uniform(1.3, 4.0)
        centre = (x, y, z + size_mm * rng.uniform(-0.4, 0.4))
        lumps.append(_draw_lump(rng, centre, size_mm, stretch=(rng.uniform(0.7, 1.3), 1.0, 1.2)))
    return tuple(lumps)


def _side(rng: np.random.Generator) -> float:
    """Draw left (-1) or right (1) of the picture."""
    return float(rng.choice([-1.0, 1.0]))


def _draw_place(rng: np.random.Generator, aim: Aim, reaches: tuple[float, float]) -> Point:
    """Draw a place (x, y, z) in the slice, between two shares of the way from the middle to the vault."""

    def draw() -> tuple[float, float]:
        bearing, reach = rng.uniform(0, 2 * math.pi), rng.uniform(*reaches)
        return HALF_MM[0] * reach * math.cos(bearing), HALF_MM[1] * reach * math.sin(bearing)

    return aim.place(draw)


def _draw_near(rng: np.random.Generator, aim: Aim, place: Point, spread_mm: float) -> Point:
    """Draw a place (x, y, z) in the slice, near another."""
    return aim.place(lambda: (place[0] + rng.normal(0, spread_mm), place[1] + rng.normal(0, spread_mm)))


def _draw_lump(
    rng: np.random.Generator,
    centre_mm: Point,
    size_mm: float,
    *,
    stretch: Point,
    ruptured: bool = False,
    contused: bool = False,
) -> Lump:
    """Draw a lump of one large and some smaller lobes around ``centre_mm``, which the slice there meets."""
    lobes = [_draw_lobe(rng, centre_mm, size_mm, stretch)]
    if size_mm > 3:
        for _ in range(int(rng.integers(0, 5 if contused else 4))):
            bearing = rng.uniform(0, 2 * math.pi)
            away = size_mm * rng.uniform(0.5, 1.15)
            x, y, z = centre_mm
            moved = (x + away * math.cos(bearing), y + away * math.sin(bearing), z + size_mm * rng.uniform(-0.5, 0.5))
            lobes.append(_draw_lobe(rng, moved, size_mm * rng.uniform(0.3, 0.75), stretch))
    is_fading = rng.random() < 0.18
    is_layered = size_mm > 13 and not contused and rng.random() < 0.1
    level_mm = centre_mm[1] + size_mm * rng.uniform(-0.4, 0.5) if is_layered else None
    return Lump(
        lobes=tuple(lobes),
        dents=SmoothNoise.draw(rng, float(np.clip(size_mm * rng.uniform(0.25, 0.5), 1.5, 7))),
        dent_mm=min(2.6, size_mm * rng.uniform(0.03, 0.19)),
        soft_mm=rng.uniform(3, 6) * min(1.0, size_mm / 8) + 0.8 if is_fading else rng.uniform(0.8, 2.2),
        sparseness=rng.uniform(0.15, 0.6) if contused and rng.random() < 0.6 else 0.0,
        spots=SmoothNoise.draw(rng, rng.uniform(1.3, 3.0)),
        oedema_mm=size_mm**0.5 * rng.uniform(0.3, 3.2) if rng.random() < 0.75 else 0.0,
        margin_mm=0.0 if contused else rng.uniform(0, 3),
        is_ruptured=ruptured,
        displacing=rng.uniform(0.1, 0.65),
        density=Density.draw(rng, level_mm=level_mm, faint_share=0.3 if contused else 0.15),
    )


def _draw_lobe(rng: np.random.Generator, centre_mm: Point, size_mm: float, stretch: Point) -> Lobe:
    """Draw one ellipsoid of about ``size_mm`` half width."""
    half = tuple(size_mm * along * rng.uniform(0.8, 1.2) for along in stretch)
    return Lobe(centre_mm, (half[0], half[1], half[2]), rng.uniform(-0.6, 0.6))
