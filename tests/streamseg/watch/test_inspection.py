"""What is worked out of a frame only when a view asks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from streamseg.geometry import Box
from streamseg.watch.inspection import Inspector, histogram, inspect
from streamseg.watch.snapshot import HISTOGRAM_BINS
from tests.support.renderings import grey_picture, segmentation_of

MAPS = arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 30)), elements=st.floats(0, 1, width=32))


@given(MAPS)
def test_the_histogram_is_that_of_numpy_and_adds_up_to_one(probability):
    counts, _ = np.histogram(probability, HISTOGRAM_BINS, (0, 1))
    found = histogram(probability)
    np.testing.assert_allclose(found, counts / probability.size, atol=1e-12)
    assert found.sum() == pytest.approx(1)


def test_a_large_map_is_thinned_and_still_has_its_shares():
    probability = np.zeros((1500, 2000), np.float32)
    probability[:750] = 1
    found = histogram(probability)
    assert (found[0], found[-1]) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.5, abs=0.01))


def test_only_the_region_of_interest_is_counted():
    probability = np.zeros((48, 64), np.float32)
    probability[:10, :10] = 0.9
    segmentation = replace(segmentation_of(grey_picture((48, 64)), probability), region=Box(0, 0, 10, 10))
    assert inspect(segmentation).histogram[int(0.9 * HISTOGRAM_BINS)] == 1


def test_parts_of_the_mask_are_counted_and_the_largest_is_measured():
    probability = np.zeros((48, 64), np.float32)
    probability[2:6, 2:6] = probability[20:30, 20:30] = 1
    image = grey_picture((48, 64))
    found = inspect(segmentation_of(image, probability, spacing_mm=(0.5, 0.2)))
    assert (found.part_count, found.largest_px, found.largest_mm2) == (2, 100, pytest.approx(10))
    assert inspect(segmentation_of(image, probability)).largest_mm2 is None
    empty = inspect(segmentation_of(image, np.zeros((48, 64), np.float32)))
    assert (empty.part_count, empty.largest_px) == (0, 0)


def test_an_inspector_works_a_frame_out_once_and_looks_ten_times_a_second_at_most():
    inspector = Inspector()
    assert inspector.look(None) is None
    first = inspector.look(segmentation_of(grey_picture((48, 64)), index=1))
    assert first.index == 1
    assert inspector.look(segmentation_of(grey_picture((48, 64)), index=2)) is first
