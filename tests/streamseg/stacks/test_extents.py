"""How much of a stack each slice stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.stacks.extents import slice_extents_mm


def extents(positions_mm, places=None, **options):
    return slice_extents_mm(places or range(len(positions_mm)), positions_mm, **options).tolist()


def test_evenly_spaced_slices_all_stand_for_their_distance():
    assert extents([10, 15, 20, 25]) == [5, 5, 5, 5]


def test_where_the_spacing_changes_a_slice_stands_for_half_of_either():
    assert extents([0, 4, 8, 15, 22]) == [4, 4, 5.5, 7, 7]


def test_the_direction_in_which_slices_are_counted_makes_no_difference():
    assert extents([22, 15, 8, 4, 0]) == [7, 7, 5.5, 4, 4]


def test_slices_that_were_not_seen_count_for_nobody():
    assert extents([0, 5, 20, 25], [0, 1, 4, 5]) == [5, 5, 5, 5]


def test_a_single_slice_stands_for_its_thickness_where_that_is_known():
    assert extents([7], thickness_mm=3.0) == [3.0]
    with pytest.raises(ValueError, match="no neighbour"):
        extents([7])


@pytest.mark.parametrize("positions_mm", [[0, 5, 4], [0, 0, 5], [5, 5]])
def test_slices_that_do_not_follow_one_another_are_refused(positions_mm):
    with pytest.raises(ValueError, match="one direction"):
        extents(positions_mm)


@given(st.lists(st.floats(0.1, 20), min_size=1, max_size=30), st.floats(-500, 500))
def test_a_whole_stack_stands_for_its_length_and_half_a_step_at_either_end(steps_mm, start_mm):
    positions_mm = start_mm + np.concatenate(([0], np.cumsum(steps_mm)))
    expected_mm = sum(steps_mm) + steps_mm[0] / 2 + steps_mm[-1] / 2
    assert sum(extents(positions_mm)) == pytest.approx(expected_mm)
