"""A training picture is drawn by its number alone, and its mask is the blood that shows."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.data.case import Case
from training.phantoms.ct.draw import NORMALS, SLICES_PER_HEAD, draw_slice

COUNT = 24


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Return the first pictures of a series."""
    return [draw_slice(3, index, 96) for index in range(COUNT)]


def test_pictures_are_in_hounsfield_units_of_the_brain_window_and_of_the_size_asked_for(cases: list[Case]):
    for case in cases:
        assert (case.image.shape, case.image.dtype, case.unit) == ((96, 96), np.int16, "hu")
        assert (case.mask.shape, case.mask.dtype) == ((96, 96), np.bool_)
        assert case.image.min() >= -20
        assert case.image.max() <= 100
        assert case.spacing_mm is not None
        assert 180 < case.spacing_mm * 96 < 330


def test_a_picture_depends_on_seed_and_index_and_on_nothing_else(cases: list[Case]):
    again, other_index, other_seed = draw_slice(3, 5, 96), draw_slice(3, 6, 96), draw_slice(4, 5, 96)
    np.testing.assert_array_equal(again.image, cases[5].image)
    np.testing.assert_array_equal(again.mask, cases[5].mask)
    assert not np.array_equal(again.image, other_index.image)
    assert not np.array_equal(again.image, other_seed.image)


def test_slices_of_one_head_are_one_subject_and_names_are_unique(cases: list[Case]):
    subjects = [case.subject for case in cases]
    assert len(set(subjects)) == COUNT // SLICES_PER_HEAD
    assert all(len(set(subjects[i : i + SLICES_PER_HEAD])) == 1 for i in range(0, COUNT, SLICES_PER_HEAD))
    assert len({case.name for case in cases}) == COUNT


def test_some_pictures_bleed_and_some_do_not(cases: list[Case]):
    assert 0.2 < np.mean([case.mask.any() for case in cases]) < 0.85


def test_blood_is_brighter_than_what_surrounds_it_more_often_than_not(cases: list[Case]):
    blood = np.concatenate([case.image[case.mask] for case in cases])
    brain = np.concatenate([case.image[~case.mask & (case.image > 10) & (case.image < 60)] for case in cases])
    assert np.median(blood) > np.median(brain) + 12


def test_real_slices_make_up_their_share_and_are_one_subject():
    normals = (replace(plain_head(192), is_scanned=True),)
    drawn = [draw_slice(1, index, 96, normals=normals, real_share=0.5) for index in range(16)]
    assert 3 <= sum(case.subject == NORMALS for case in drawn) <= 13
    assert all(
        case.subject == NORMALS for case in (draw_slice(1, i, 96, normals=normals, real_share=1) for i in (0, 1))
    )


def test_a_size_in_which_nothing_shows_is_refused():
    with pytest.raises(ValueError, match="below 32 pixels, got 16"):
        draw_slice(0, 0, 16)
