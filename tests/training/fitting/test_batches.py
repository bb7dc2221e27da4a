"""An epoch shows what its stage asks for, and comes out the same every time."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from training.config import StageConfig
from training.data.samples import Samples
from training.fitting.batches import BatchMaker

PLAIN = {"size": 16, "epochs": 1, "batch": 4}
CHANGED = {**PLAIN, "augmentation": {"rotation_deg": 20, "noise": 0.1}}


def samples(count: int, first: int, positive: int | None = None) -> Samples:
    """Pictures whose grey level numbers them; the first ``positive``, or all, show something."""
    levels = (first + np.arange(count, dtype=np.uint8))[:, np.newaxis, np.newaxis]
    masks = np.zeros((count, 16, 16), bool)
    masks[:positive] = True
    return Samples(np.tile(levels, (1, 16, 16)), masks)


def maker(real: Samples | None = None, phantoms: Samples | None = None, **stage: Any) -> BatchMaker:
    return BatchMaker(real or samples(9, 1), phantoms, StageConfig.model_validate({**PLAIN, **stage}), 1)


def shown(batches: BatchMaker, epoch: int = 0) -> list[int]:
    return [round(float(image.mean()) * 255) for images, _ in batches.epoch(epoch) for image in images]


def test_every_real_picture_is_shown_once() -> None:
    assert sorted(shown(maker())) == list(range(1, 10))


def test_a_quarter_are_phantoms_where_the_stage_asks_for_a_quarter() -> None:
    numbers = shown(maker(phantoms=samples(5, 51), phantom_share=0.25))
    assert sorted(number for number in numbers if number < 50) == list(range(1, 10))
    assert sum(number > 50 for number in numbers) == 3


@pytest.mark.parametrize("pictures", [4, 9, 25])
def test_an_epoch_has_as_many_pictures_as_asked_for_each_as_often_as_the_others(pictures: int) -> None:
    batches = maker(epoch_pictures=pictures)
    counts = Counter(shown(batches))
    assert sum(counts.values()) == pictures
    assert max(counts.values()) - (min(counts.values()) if pictures >= 9 else 0) <= 1
    assert batches.steps == len(list(batches.epoch(0)))


def test_phantoms_count_among_the_pictures_asked_for() -> None:
    numbers = shown(maker(phantoms=samples(5, 51), phantom_share=0.25, epoch_pictures=20))
    assert len(numbers) == 20
    assert sum(number > 50 for number in numbers) == 5


def test_balance_shows_pictures_with_and_without_the_structure_equally_often() -> None:
    batches = maker(samples(12, 1, positive=2), balance="duplicate")
    numbers = shown(batches)
    assert sorted(numbers) == [1] * 5 + [2] * 5 + list(range(3, 13))


def test_balance_leaves_a_set_alone_that_has_more_with_than_without() -> None:
    assert sorted(shown(maker(samples(9, 1, positive=7), balance="duplicate"))) == list(range(1, 10))


def test_duplicates_are_changed_each_in_its_own_way() -> None:
    real = Samples(np.full((1, 16, 16), 99, np.uint8), np.ones((1, 16, 16), bool))
    batches = BatchMaker(real, None, StageConfig.model_validate({**CHANGED, "epoch_pictures": 3}), 1)
    ((images, _),) = batches.epoch(0)
    assert not np.array_equal(images[0], images[1])


def test_windows_are_cut_out_where_the_stage_asks_for_them() -> None:
    pictures = np.tile(np.arange(1, 33, dtype=np.uint8), (3, 32, 1))
    batches = maker(Samples(pictures, pictures > 16), size=32, crop=16)
    ((images, masks),) = batches.epoch(0)
    assert images.shape == masks.shape == (3, 16, 16, 1)
    levels = np.rint(images * 255)
    assert np.all(np.diff(levels, axis=2) == 1)
    np.testing.assert_array_equal(masks, levels > 16)


def test_batches_are_nhwc_and_as_many_as_announced() -> None:
    batches = maker(phantoms=samples(5, 51), phantom_share=0.25)
    made = list(batches.epoch(0))
    assert [images.shape for images, _ in made] == [masks.shape for _, masks in made] == [(4, 16, 16, 1)] * 3
    assert len(made) == batches.steps


def test_an_epoch_is_the_same_every_time_and_differs_from_the_next() -> None:
    batches = maker(**CHANGED)
    first, again, other = (np.concatenate([images for images, _ in batches.epoch(epoch)]) for epoch in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_an_error_in_the_making_of_a_batch_reaches_the_trainer() -> None:
    broken = Samples(np.zeros((3, 16, 16), np.uint8), np.zeros((1, 16, 16), bool))
    with pytest.raises(IndexError):
        list(maker(broken).epoch(0))


def test_an_epoch_that_is_left_early_ends_its_thread() -> None:
    batches = maker(samples(200, 0)).epoch(0)
    next(batches)
    batches.close()
    with pytest.raises(StopIteration):
        next(batches)
