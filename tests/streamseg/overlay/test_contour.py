"""The outline lies on the edge of the mask, goes round holes, and reads on black as on white."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.overlay.contour import HALO, _smooth, contour_marks, line_width_px
from streamseg.overlay.mark import paint

COLOUR = (53, 224, 194)


def disc(size, radius, centre=None):
    y, x = np.mgrid[: size[0], : size[1]]
    centre = centre or (size[0] / 2, size[1] / 2)
    return np.hypot(y - centre[0], x - centre[1]) <= radius


def painted(mask, grey=128):
    canvas = np.full((*mask.shape, 3), grey, np.uint8)
    paint(contour_marks(mask, COLOUR), canvas)
    return canvas


def is_coloured(canvas):
    return np.abs(canvas.astype(int) - COLOUR).max(axis=2) < 40


@pytest.mark.parametrize("height", [128, 480, 960])
def test_the_line_runs_within_its_own_width_of_the_edge_of_the_mask(height):
    size, radius = (height, height + 37), height * 0.3
    y, x = np.nonzero(is_coloured(painted(disc(size, radius))))
    off = np.abs(np.hypot(y - size[0] / 2, x - size[1] / 2) - radius)
    assert y.size > 2 * np.pi * radius * 0.7
    assert off.max() <= line_width_px(size) + 1.5


def test_the_line_is_smooth_where_the_mask_has_stairs():
    """Going round a disc one turns by a little more than a full circle; along its stairs one turns at every pixel."""
    contours, _ = cv2.findContours(disc((480, 640), 150).view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    assert turning_of(contours[0]) > 10 * 2 * np.pi
    smooth = _smooth(contours[0], 2.0)
    assert turning_of(smooth) < 1.5 * 2 * np.pi
    radii = np.hypot(*(smooth[:, 0] / 16 - (320, 240)).T)
    assert np.abs(radii - 149.5).max() < 0.75


def turning_of(contour):
    points = contour[:, 0].astype(float)
    steps = np.diff(np.concatenate((points, points[:2])), axis=0)
    directions = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    return np.abs(np.diff(directions)).sum()


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_colour_and_dark_halo_are_both_there_on_any_grey(grey):
    canvas = painted(disc((240, 320), 70), grey)
    dark = np.abs(canvas.astype(int) - HALO).max(axis=2) < 40
    assert is_coloured(canvas).sum() > 300
    assert dark.sum() > 300


def test_a_hole_has_an_outline_of_its_own():
    mask = disc((240, 240), 90) & ~disc((240, 240), 40)
    canvas = painted(mask)
    y, x = np.nonzero(is_coloured(canvas))
    distance = np.hypot(y - 120, x - 120)
    assert (distance < 45).any()
    assert (distance > 85).any()
    assert not ((distance > 50) & (distance < 80)).any()


def test_a_finding_of_one_pixel_is_marked():
    mask = np.zeros((60, 80), bool)
    mask[30, 40] = True
    assert is_coloured(painted(mask))[28:33, 38:43].any()


def test_an_empty_mask_leaves_the_picture_alone():
    assert (painted(np.zeros((60, 80), bool)) == 128).all()


@settings(max_examples=50, deadline=None)
@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_any_mask_can_be_outlined_and_far_from_it_nothing_is_drawn(mask):
    canvas = painted(mask)
    for mark in contour_marks(mask, COLOUR):
        outside = np.ones(mask.shape, bool)
        mark.box.crop(outside)[...] = False
        assert (canvas[outside] == 128).all()
    rows, columns = np.nonzero(mask)
    if rows.size:
        y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
        far = (y < rows.min() - 4) | (y > rows.max() + 4) | (x < columns.min() - 4) | (x > columns.max() + 4)
        assert (canvas[far] == 128).all()
    else:
        assert (canvas == 128).all()


def test_larger_pictures_have_wider_lines():
    widths = [line_width_px(size) for size in ((128, 128), (480, 640), (1080, 1920), (2160, 3840))]
    assert widths == sorted(widths)
    assert widths[0] == 1
    assert widths[-1] > 5
