"""Which bleeds one head has.

References
----------
Flanders, Prevedello, Shih et al. 2020, "Construction of a machine learning dataset through collaboration: the RSNA 2019
brain CT hemorrhage challenge", doi 10.1148/ryai.2020190211: of the kinds marked on its slices, about 32 % are subdural,
24 % intraparenchymal, 24 % subarachnoid, 18 % intraventricular and 2 % epidural, and many slices show several.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.epidural import draw_epidural
from training.phantoms.ct.blood.intraparenchymal import (
    draw_contusions,
    draw_deep,
    draw_lobar,
    draw_specks,
    draw_transformed,
)
from training.phantoms.ct.blood.intraventricular import Filling
from training.phantoms.ct.blood.stain import Bleed
from training.phantoms.ct.blood.subarachnoid import draw_cisternal, draw_convexity, draw_interhemispheric
from training.phantoms.ct.blood.subdural import Sheet, draw_subdural
from training.phantoms.ct.slice import Slice

MOST = 5
Bleeds = list[Bleed]


def draw_bleeds_in(rng: np.random.Generator, anatomy: Slice) -> tuple[Bleed, ...]:
    """Draw bleeds as `draw_bleeds` does for the plane of a slice, however it is tilted."""
    aim = Aim.at(anatomy)
    return draw_bleeds(rng, aim.z_mm, aim.height_mm, slope=aim.slope)


def draw_bleeds(
    rng: np.random.Generator, z_mm: float, height_mm: float, *, slope: tuple[float, float] = (0.0, 0.0)
) -> tuple[Bleed, ...]:
    """Draw one to five bleeds as they come together in life; the slice meets the first, mostly.

    None below the skull's base or above its vertex.

    Parameters
    ----------
    z_mm, slope
        Where the slice crosses the vertical axis of the head, and how much it rises along x and along y, mm in mm.
    height_mm
        Of the head, inside.
    """
    aim = Aim(z_mm, height_mm, slope)
    level = aim.level
    if not 0.03 < level < 1.02:
        return ()
    patterns: list[tuple[float, Callable[[np.random.Generator, Aim], Bleeds]]] = [
        (0.34, _subdural),
        (0.14 * (0.36 < level < 0.7), _hypertensive),
        (0.10, _lobar),
        (0.13 * (0.15 < level < 0.6), _aneurysmal),
        (0.10, _surface),
        (0.16, _trauma),
        (0.08 * (0.32 < level < 0.68), _ventricular),
        (0.06, _epidural),
        (0.05, _specks),
        (0.06, _transformed),
    ]
    weights = np.array([weight for weight, _ in patterns])
    pattern = patterns[int(rng.choice(len(patterns), p=weights / weights.sum()))][1]
    return tuple(pattern(rng, aim)[:MOST])


def _subdural(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw crescents, and sheets along the membranes."""
    kind = rng.random()
    if kind < 0.16 and aim.level > 0.4:
        return [Sheet.draw_falcine(rng, aim), *_maybe(rng, 0.3, lambda: draw_subdural(rng, aim))]
    if kind < 0.26 and 0.22 < aim.level < 0.5:
        return [Sheet.draw_tentorial(rng, aim), *_maybe(rng, 0.4, lambda: draw_subdural(rng, aim))]
    return [
        draw_subdural(rng, aim),
        *_maybe(rng, 0.2, lambda: draw_subdural(rng, aim)),
        *_maybe(rng, 0.15, lambda: Sheet.draw_falcine(rng, aim)),
    ]


def _hypertensive(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw a deep lump that may have broken into the ventricles."""
    return [draw_deep(rng, aim), *_maybe(rng, 0.45, lambda: Filling.draw(rng))]


def _lobar(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw a lump in a lobe that may have reached the surface."""
    return [
        draw_lobar(rng, aim),
        *_maybe(rng, 0.3, lambda: draw_convexity(rng, aim)),
        *_maybe(rng, 0.12, lambda: draw_subdural(rng, aim)),
        *_maybe(rng, 0.15, lambda: Filling.draw(rng)),
    ]


def _aneurysmal(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw blood in the cisterns, from where it spreads."""
    return [
        draw_cisternal(rng, aim),
        *_maybe(rng, 0.35, lambda: draw_interhemispheric(rng, aim)),
        *_maybe(rng, 0.4, lambda: Filling.draw(rng)),
        *_maybe(rng, 0.15, lambda: draw_lobar(rng, aim)),
    ]


def _surface(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw blood in sulci, in one place or several."""
    if rng.random() < 0.15 and aim.level > 0.4:
        return [draw_interhemispheric(rng, aim)]
    return [draw_convexity(rng, aim) for _ in range(int(rng.choice([1, 2, 3], p=[0.6, 0.27, 0.13])))]


def _trauma(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw contusions, with blood on and in the brain's surface."""
    return [
        *draw_contusions(rng, aim),
        *_maybe(rng, 0.5, lambda: draw_convexity(rng, aim)),
        *_maybe(rng, 0.45, lambda: draw_subdural(rng, aim)),
        *_maybe(rng, 0.1, lambda: Sheet.draw_falcine(rng, aim)),
        *_maybe(rng, 0.2, lambda: Filling.draw(rng)),
    ]


def _ventricular(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw blood in the ventricles alone."""
    del aim
    return [Filling.draw(rng)]


def _epidural(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw a lens, and what the same blow did elsewhere."""
    return [
        draw_epidural(rng, aim),
        *_maybe(rng, 0.25, lambda: draw_convexity(rng, aim)),
        *(draw_contusions(rng, aim) if rng.random() < 0.2 else ()),
    ]


def _transformed(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw blood in a lesion of another kind."""
    return list(draw_transformed(rng, aim))


def _specks(rng: np.random.Generator, aim: Aim) -> Bleeds:
    """Draw tiny bleeds."""
    return list(draw_specks(rng, aim))


def _maybe(rng: np.random.Generator, chance: float, draw: Callable[[], Bleed]) -> Bleeds:
    """Return one more bleed with this chance."""
    return [draw()] if rng.random() < chance else []
