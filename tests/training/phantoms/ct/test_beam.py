"""Errors of the beam: nothing where it is perfect, dark bands between bones, a bright rim, streaks from metal."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.phantoms.ct.beam import Beam, irradiate
from training.phantoms.ct.slice import Slice

PERFECT = Beam(hardening=0, rim_hu=0, rim_mm=5, cup_hu=0, cup_mm=20, streaks=0, metal=0)


def with_bones(hu: float = 1500) -> Slice:
    """Return a head with two lumps of bone on either side of its middle."""
    head = plain_head()
    lumps = np.hypot(np.abs(head.x_mm) - 40, head.y_mm) < 12
    return replace(head, hu=np.where(lumps, np.float32(hu), head.hu))


def irradiated(head: Slice, beam: Beam) -> tuple[np.ndarray, np.ndarray]:
    return irradiate(np.random.default_rng(0), head, beam, 3.0)


def test_a_perfect_beam_leaves_no_error():
    error_hu, grain = irradiated(plain_head(), PERFECT)
    assert np.abs(error_hu).max() < 0.01
    assert grain.shape == plain_head().size


def test_the_grain_is_coarsest_in_the_middle_of_the_head():
    head = plain_head()
    _, grain = irradiated(head, PERFECT)
    middle, edge = grain[head.inner_mm > 50], grain[(head.inner_mm > 0) & (head.inner_mm < 6)]
    assert middle.mean() > 1.05 * edge.mean()
    assert np.median(grain[head.inner_mm > 0]) == pytest.approx(1, abs=0.02)


def test_hardening_darkens_what_lies_between_two_bones():
    head = with_bones()
    error_hu, _ = irradiated(head, replace(PERFECT, hardening=0.03))
    between = (np.abs(head.x_mm) < 20) & (np.abs(head.y_mm) < 6)
    behind = (np.abs(head.x_mm) < 20) & (np.abs(head.y_mm - 45) < 6)
    assert error_hu[between].mean() < error_hu[behind].mean() - 5


def test_the_rim_under_the_skull_is_bright_and_the_middle_is_not():
    head = plain_head()
    error_hu, _ = irradiated(head, replace(PERFECT, rim_hu=6))
    assert error_hu[(head.inner_mm > 0) & (head.inner_mm < 1.5)].mean() > 4
    assert abs(error_hu[head.inner_mm > 40].mean()) < 0.5
    assert np.abs(error_hu[head.inner_mm < 0]).max() < 0.01


def test_the_cup_reaches_further_in_than_the_rim():
    inner_mm = np.array([[-2, 0.5, 10, 80]], np.float32)
    beam = replace(PERFECT, rim_hu=6, rim_mm=3, cup_hu=4, cup_mm=20)
    outside, surface, below, deep = beam.cupping(inner_mm)[0]
    assert outside == 0
    assert surface > 8
    assert 2 < below < 3
    assert deep < 0.1


def test_rays_without_photons_streak():
    few, many = (irradiated(with_bones(hu), replace(PERFECT, streaks=1.0))[0] for hu in (3000, 1200))
    inside = plain_head().inner_mm > 5
    assert few[inside].std() > 1.5 * many[inside].std()


def test_metal_throws_streaks_through_the_whole_brain():
    head = plain_head()
    metal = replace(head, hu=np.where(np.hypot(head.x_mm - 10, head.y_mm) < 3, np.float32(12000), head.hu))
    error_hu, _ = irradiated(metal, replace(PERFECT, metal=0.03))
    assert error_hu[head.inner_mm > 5].std() > 3
    assert np.isfinite(error_hu).all()
