"""Pictures come in order and alike, however many processes draw them."""

from itertools import islice

import numpy as np
import pytest

from tests.support.drawn_cases import ending_case, noise_case
from training.data.case import Case
from training.data.many import draw_many
from training.errors import TrainingError


def test_one_process_draws_each_picture_when_it_is_asked_for():
    drawn: list[int] = []

    def note(index: int) -> Case:
        drawn.append(index)
        return noise_case(index)

    assert [case.name for case in islice(draw_many(note, 9, jobs=1), 3)] == ["0", "1", "2"]
    assert drawn == [0, 1, 2]


def test_two_processes_draw_what_one_draws_in_the_same_order():
    for one, two in zip(draw_many(noise_case, 30, jobs=1), draw_many(noise_case, 30, jobs=2), strict=True):
        assert one.name == two.name
        np.testing.assert_array_equal(one.image, two.image)


def test_no_process_is_left_when_nobody_takes_the_rest():
    cases = draw_many(noise_case, 1000, jobs=2)
    assert next(cases).name == "0"
    cases.close()


def test_a_process_that_ends_is_reported_and_nothing_hangs():
    with pytest.raises(TrainingError, match="was ended from outside"):
        list(draw_many(ending_case, 30, jobs=2))
