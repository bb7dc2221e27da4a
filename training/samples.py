"""Cases brought to the network's size by the very code that serves them, so that the two cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.model_card import InputSpec
from streamseg.prepare import Placement, prepare
from training.case import Case
from training.errors import TrainingError


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Prepared pictures (n, h, w) float32, 0 to 1, and their masks (n, h, w) float32, 0 or 1."""

    images: NDArray[np.float32]
    masks: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.images)


def prepare_case(case: Case, spec: InputSpec) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return picture and mask of ``case`` as the network meets them, each (h, w) float32, 0 to 1."""
    placement = Placement.fit(case.image.shape[:2], None, spec)
    image = prepare(case.image, case.unit, spec, placement)[0, :, :, 0]
    coverage = placement.letterbox.apply(case.mask.astype(np.float32))
    return image, (coverage >= 0.5).astype(np.float32)


def prepare_samples(cases: Iterable[Case], spec: InputSpec) -> Samples:
    """Return all ``cases`` prepared for ``spec``.

    Raises
    ------
    TrainingError
        There are none.
    """
    pairs = [prepare_case(case, spec) for case in cases]
    if not pairs:
        raise TrainingError("no picture belongs to the split's subjects; is this the data set that it was made for?")
    return Samples(np.stack([image for image, _ in pairs]), np.stack([mask for _, mask in pairs]))


def join_samples(parts: Sequence[Samples]) -> Samples:
    """Return ``parts``, of one picture size, as one set."""
    return Samples(np.concatenate([part.images for part in parts]), np.concatenate([part.masks for part in parts]))
