"""ABC/2 as in Kothari 1996, and when it does not apply."""

import math

import numpy as np
import pytest

from streamseg.stacks.abc2 import abc2, largest
from streamseg.stacks.book import StackBook
from tests.support.slices import ball_masks, disc, slice_of

SPACING_MM = (0.5, 0.5)


def estimate(masks, step_mm=5.0, spacing_mm=SPACING_MM, **options):
    book = StackBook(len(masks))
    for place, mask in enumerate(masks):
        book.add(slice_of(mask, place, position_mm=place * step_mm, spacing_mm=spacing_mm, **options))
    slices = book.slices
    greatest = largest(slices)
    return abc2(slices, None if greatest is None else masks[greatest.place], spacing_mm)


def test_slices_count_whole_above_three_quarters_half_above_one_quarter_and_else_not():
    # Areas of 100, 80, 75, 50, 25 and 20 per cent of the largest, as rectangles of the same width.
    masks = []
    for rows in (20, 50, 80, 100, 75, 25):
        mask = np.zeros((120, 60), bool)
        mask[10 : 10 + rows, 10:40] = True
        masks.append(mask)
    found = estimate(masks)
    assert found.c_mm == pytest.approx((0 + 0.5 + 1 + 1 + 0.5 + 0.5) * 5)


def test_a_and_b_are_the_longest_diameter_of_the_largest_slice_and_the_extent_across_it():
    y, x = np.mgrid[:120, :120]
    ellipse = ((y - 60) / 20) ** 2 + ((x - 60) / 40) ** 2 < 1
    found = estimate([disc(5.0, (120, 120)), ellipse, disc(5.0, (120, 120))])
    assert found.a_mm == pytest.approx(40, abs=0.8)
    assert found.b_mm == pytest.approx(20, abs=0.8)
    assert found.place == 1
    assert found.volume_ml == pytest.approx(found.a_mm * found.b_mm * found.c_mm / 2000)


def test_of_a_ball_the_rule_leaves_about_two_thirds():
    """Slices under a quarter of the largest area do not count: C is 0.68 of the height, ABC/2 0.65 of the volume."""
    heights_mm = np.arange(-20, 20.1, 0.5)
    masks = ball_masks(heights_mm, radius_mm=20, spacing_mm=0.5)
    found = estimate(masks, step_mm=0.5)
    share = (math.sqrt(0.25) + math.sqrt(0.75)) / 2
    assert found.c_mm == pytest.approx(40 * share, abs=0.6)
    assert found.volume_ml / (4 / 3 * math.pi * 8) == pytest.approx(share * 3 / math.pi, abs=0.04)


@pytest.mark.parametrize(
    ("masks", "options", "why_not"),
    [
        ([disc(0)] * 2, {}, "nothing was found"),
        ([disc(5), disc(9), disc(5)], {"spacing_mm": None}, "the distance between pixels is not known"),
        ([disc(5), disc(9, centre=(15, 15)) | disc(9, centre=(45, 45))], {}, "slice 2 shows several parts"),
        ([disc(9), disc(0), disc(8)], {}, "little or nothing between"),
        ([disc(9)] * 3, {"step_mm": 0.0}, "do not follow one another"),
    ],
)
def test_where_it_does_not_apply_the_reason_is_said_and_no_number(masks, options, why_not):
    found = estimate(masks, **options)
    assert found.volume_ml is None
    assert why_not in found.why_not


def test_small_specks_away_from_the_body_do_not_matter():
    masks = [disc(2), disc(0), disc(8), disc(10), disc(8)]
    assert estimate(masks).volume_ml is not None
