"""Cases brought to the network's size by the very code that serves them, so that the two cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.model_card import InputSpec
from streamseg.prepare import Placement, prepare
from streamseg.scan.skull import model_region
from training.data.case import Case
from training.errors import TrainingError


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Prepared pictures (n, h, w) uint8, 255 for the network's 1, and their masks (n, h, w) bool.

    Two bytes a pixel: 12,000 pictures of 256x256 take 1.6 GB, where float32 would take 6.3 GB.

    Attributes
    ----------
    targets
        (n, h, w) uint8, 255 for 1: what is to be learnt, where that is not the masks themselves.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.bool_]
    targets: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.images)

    def target(self, row: int) -> NDArray[np.bool_] | NDArray[np.float32]:
        """Return what is to be learnt of picture ``row``: its mask (h, w), or (h, w) float32, 0 to 1."""
        return self.masks[row] if self.targets is None else unit_images(self.targets[row])


def unit_images(images: NDArray[Any]) -> NDArray[np.float32]:
    """Return pictures as the network takes them, float32, 0 to 1, from uint8 as `Samples` hold them; same shape."""
    return np.asarray(np.multiply(images, np.float32(1 / 255), dtype=np.float32))


def placement_of(case: Case, spec: InputSpec) -> Placement:
    """Return where in ``case`` a model of ``spec`` looks."""
    spacing_mm = None if case.spacing_mm is None else (case.spacing_mm, case.spacing_mm)
    return Placement.fit(case.image.shape[:2], model_region(case.image, case.unit, spec, spacing_mm), spec)


def prepare_case(case: Case, spec: InputSpec) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return picture (h, w) float32, 0 to 1, and mask (h, w) of ``case`` as the network meets them."""
    placement = placement_of(case, spec)
    image = prepare(case.image, case.unit, spec, placement)[0, :, :, 0]
    mask = placement.region.crop(case.mask).astype(np.float32)
    return image, placement.letterbox.apply(mask) >= 0.5


def prepare_samples(cases: Iterable[Case], spec: InputSpec) -> Samples:
    """Return all ``cases`` prepared for ``spec``.

    Raises
    ------
    TrainingError
        There are none.
    """
    images, masks = bytearray(), bytearray()  # which grow in place: stacking a list would need all of it twice
    for case in cases:
        image, mask = prepare_case(case, spec)
        images += np.rint(image * 255).astype(np.uint8).tobytes()
        masks += mask.tobytes()
    if not images:
        raise TrainingError("no picture belongs to the split's subjects; is this the data set that it was made for?")
    shape = (-1, *spec.size)
    return Samples(np.frombuffer(images, np.uint8).reshape(shape), np.frombuffer(masks, np.bool_).reshape(shape))
