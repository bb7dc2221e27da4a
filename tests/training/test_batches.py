"""An epoch shows every real picture once, mixes phantoms in, and comes out the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from training.batches import BatchMaker
from training.config import AugmentationConfig
from training.samples import Samples

LIMITS = AugmentationConfig(
    flip=0, rotation_deg=0, zoom=1, shear=0, shift=0, gamma=1, gain=1, blur_px=0, speckle=0, shadow=0
)


def samples(count: int, first: int) -> Samples:
    """Pictures whose grey level numbers them, in hundredths."""
    levels = (first + np.arange(count, dtype=np.float32))[:, np.newaxis, np.newaxis] / 100
    return Samples(np.tile(levels, (1, 16, 16)), np.ones((count, 16, 16), np.float32))


def maker(share: float = 0.25, limits: AugmentationConfig = LIMITS) -> BatchMaker:
    return BatchMaker(samples(9, 1), samples(5, 51), share, limits, 4, 1)


def shown(batches: BatchMaker, epoch: int) -> list[int]:
    return [round(float(image.mean()) * 100) for images, _ in batches.epoch(epoch) for image in images]


def test_every_real_picture_is_shown_once_and_a_quarter_are_phantoms() -> None:
    numbers = shown(maker(), 0)
    assert sorted(number for number in numbers if number < 50) == list(range(1, 10))
    assert sum(number > 50 for number in numbers) == 3


def test_without_phantoms_only_real_pictures_are_shown() -> None:
    batches = BatchMaker(samples(9, 1), None, 0, LIMITS, 4, 1)
    assert sorted(shown(batches, 0)) == list(range(1, 10))


def test_batches_are_nhwc_and_as_many_as_announced() -> None:
    made = list(maker().epoch(0))
    assert [images.shape for images, _ in made] == [(4, 16, 16, 1)] * 3
    assert len(made) == maker().steps


def test_an_epoch_is_the_same_every_time_and_differs_from_the_next() -> None:
    batches = maker(limits=AugmentationConfig())
    first, again, other = (np.concatenate([images for images, _ in batches.epoch(epoch)]) for epoch in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_an_error_in_the_making_of_a_batch_reaches_the_trainer() -> None:
    broken = BatchMaker(
        Samples(np.zeros((3, 16, 16), np.float32), np.zeros((1, 16, 16), np.float32)), None, 0, LIMITS, 1, 1
    )
    with pytest.raises(IndexError):
        list(broken.epoch(0))
