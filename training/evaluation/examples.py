"""Pictures drawn at random, to look at: the scan, what the model makes of it, and what the expert drew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.intensity import apply_window
from streamseg.model_card import InputSpec
from training.data.case import Case
from training.evaluation.measured import Answer
from training.metrics import Overlap

WITH_STRUCTURE = 6
WITHOUT_STRUCTURE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A picture (H, W) as the model is shown it, 0 to 255, with both masks."""

    name: str
    image: NDArray[np.uint8]
    expert: NDArray[np.bool_]
    probability: NDArray[np.float32]
    mask: NDArray[np.bool_]
    dice: float


class ExamplePicker:
    """Keeps pictures at random out of a series of unknown length, always the same ones of the same series.

    References
    ----------
    Vitter 1985, "Random sampling with a reservoir", doi 10.1145/3147.3165.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._kept: dict[bool, list[Example]] = {True: [], False: []}
        self._seen = {True: 0, False: 0}

    def offer(self, case: Case, found: Answer, spec: InputSpec) -> None:
        """Keep ``case`` with ``found``, or not."""
        kind = bool(case.mask.any())
        room, kept = WITH_STRUCTURE if kind else WITHOUT_STRUCTURE, self._kept[kind]
        place = int(self._rng.integers(self._seen[kind] + 1))
        self._seen[kind] += 1
        if len(kept) < room:
            kept.append(_example(case, found, spec))
        elif place < room:
            kept[place] = _example(case, found, spec)

    @property
    def chosen(self) -> tuple[Example, ...]:
        """What was kept: pictures with the structure, then pictures without."""
        return (*self._kept[True], *self._kept[False])


def _example(case: Case, found: Answer, spec: InputSpec) -> Example:
    image = case.image
    if case.unit == "hu" and spec.window is not None:
        image = np.rint(apply_window(image, spec.window.centre_hu, spec.window.width_hu) * 255)
    dice = Overlap.of(case.mask, found.mask).dice
    return Example(case.name, image.astype(np.uint8), case.mask, found.probability, found.mask, dice)
