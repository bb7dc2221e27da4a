"""The fetal head: its ellipse, its motion, its mask."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.phantom.beams import Beams
from streamseg.phantom.head import Ellipse, Head
from streamseg.phantom.simulator import Phantom

lengths = st.floats(10, 80)


@pytest.fixture(scope="module")
def head():
    rng = np.random.default_rng(5)
    return Head.draw(rng, Beams.draw(rng, "sector"))


def axes(height_mm: float = 260, width_mm: float = 260):
    x = np.arange(-width_mm / 2, width_mm / 2, 0.5, dtype=np.float32)[np.newaxis, :]
    return x, np.arange(0, height_mm, 0.5, dtype=np.float32)[:, np.newaxis]


@given(long=lengths, short=lengths, angle=st.floats(-math.pi, math.pi), x=st.floats(-50, 50), z=st.floats(0, 200))
def test_local_coordinates_and_back_lead_to_the_same_point(long: float, short: float, angle: float, x: float, z: float):
    ellipse = Ellipse(3, 90, long, short, angle)
    there = ellipse.to_local(np.float32([[x]]), np.float32([[z]]))
    back = ellipse.from_local(*there)
    np.testing.assert_allclose([float(axis.item()) for axis in back], [x, z], atol=1e-2)


@pytest.mark.parametrize("time_s", [0.0, 1.7, 6.0])
def test_the_mask_is_the_filled_ellipse_of_the_pose(head: Head, time_s: float):
    x, z = axes()
    mask, pose = head.mask(x, z, time_s), head.pose(time_s)
    rows, columns = np.nonzero(mask)
    assert mask.sum() * 0.25 == pytest.approx(math.pi * pose.long * pose.short, rel=0.01)
    assert x[0, columns].mean() == pytest.approx(pose.x, abs=0.2)
    assert z[rows, 0].mean() == pytest.approx(pose.z, abs=0.2)


def test_the_contour_at_any_time_is_at_rest_the_contour_at_rest(head: Head):
    turn = np.linspace(0, 2 * math.pi, 50, dtype=np.float32)[np.newaxis, :]
    x, z = head.pose(2.5).from_local(np.cos(turn), np.sin(turn))
    u, v = head.skull.to_local(*head.at_rest(x, z, 2.5))
    np.testing.assert_allclose(np.hypot(u, v), 1, atol=1e-3)


def test_tissue_far_from_the_head_stays_where_it_is(head: Head):
    x, z = np.float32([[head.skull.x + 3 * head.skull.long]]), np.float32([[head.skull.z]])
    assert head.at_rest(x, z, 3.3) == (x, z)


@pytest.mark.parametrize("seed", range(4))
def test_the_skull_is_the_bright_rim_just_inside_the_mask(seed: int):
    """Top and bottom, where bone stands square to the beam: brighter than the brain and than what is outside."""
    phantom = Phantom("head", size=(240, 320), seed=seed, zoom=1)
    image, mask = phantom.render(0.5)
    column = int(np.nonzero(mask)[1].mean())
    image = np.asarray(image[:, column - 12 : column + 13], np.float64).mean(axis=1)
    rows = np.nonzero(mask[:, column])[0]
    top, bottom = rows[0], rows[-1]
    rim = (image[top - 2 : top + 6].max(), image[bottom - 5 : bottom + 3].max())
    assert min(rim) > 1.5 * np.median(image[top + 10 : bottom - 9])
    assert rim[0] > image[top - 12 : top - 6].mean()


def test_the_sides_of_the_skull_cast_a_shadow():
    """Bone weakens sound, and a beam that grazes the skull passes through most of it."""
    rng = np.random.default_rng(2)
    beams = Beams.draw(rng, "sector")
    head = Head.draw(rng, beams)
    lost = np.cumsum(head.tissue.attenuation, axis=0)[-1]
    column, _ = beams.to_grid(*head.skull.from_local(np.float32([[-0.95, 0, 0.95]]), np.float32([[0.0, 0, 0]])))
    left, middle, right = np.rint(column[0]).astype(int)
    assert lost[left - 6 : left + 7].max() > 1.5 * lost[middle]
    assert lost[right - 6 : right + 7].max() > 1.5 * lost[middle]
