"""Statistics of speckle, and logarithmic compression."""

import math

import cv2
import numpy as np
import pytest

from streamseg.phantom.beams import LINES, SAMPLES, Floats
from streamseg.phantom.speckle import PointSpread, Speckle, compress


@pytest.fixture(scope="module")
def speckle():
    return Speckle.draw(np.random.default_rng(3), PointSpread())


def grid(*, shift: float = 0.0):
    columns, rows = np.meshgrid(np.arange(LINES, dtype=np.float32), np.arange(SAMPLES, dtype=np.float32))
    return columns + np.float32(shift), rows


def envelope(echoes: Floats):
    return cv2.magnitude(echoes[..., 0], echoes[..., 1])


@pytest.mark.parametrize("phase", [0.0, math.pi / 4, math.pi / 2])
def test_the_envelope_is_rayleigh_at_every_phase(speckle: Speckle, phase: float):
    """Wagner et al. 1983: mean / standard deviation = sqrt(pi / (4 - pi)) = 1.91, and the quantiles of Rayleigh."""
    amplitude = envelope(speckle.echoes(*grid(), phase=phase))
    assert amplitude.mean() / amplitude.std() == pytest.approx(math.sqrt(math.pi / (4 - math.pi)), rel=0.03)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(amplitude, share) == pytest.approx(math.sqrt(-math.log(1 - share)), rel=0.05)


def test_the_mean_power_is_one_at_every_depth(speckle: Speckle):
    power = np.square(envelope(speckle.echoes(*grid())))
    bands = power.reshape(8, -1).mean(axis=1)
    np.testing.assert_allclose(bands, 1, rtol=0.2)


def test_the_correlation_of_two_moments_is_the_cosine_of_the_phase_between_them(speckle: Speckle):
    first, later = (speckle.echoes(*grid(), phase=phase).ravel() for phase in (0.3, 1.1))
    assert np.corrcoef(first, later)[0, 1] == pytest.approx(math.cos(0.8), abs=0.04)


def test_two_looks_are_independent(speckle: Speckle):
    first, other = (speckle.echoes(*grid(), look=look).ravel() for look in (0, 1))
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.05


def test_speckle_moves_with_the_tissue(speckle: Speckle):
    still, moved = speckle.echoes(*grid()), speckle.echoes(*grid(shift=5))
    np.testing.assert_allclose(moved[:, :-5], still[:, 5:], atol=1e-4)


def test_speckle_is_wider_across_the_lines_far_from_the_focus():
    spread = PointSpread(focus=0.2)
    echoes = Speckle.draw(np.random.default_rng(0), spread).echoes(*grid())

    def correlation(rows: slice, lag: int = 3):
        part = echoes[rows]
        return np.corrcoef(part[:, :-lag].ravel(), part[:, lag:].ravel())[0, 1]

    focus, bottom = correlation(slice(60, 120)), correlation(slice(-60, None))
    assert focus < bottom
    # A Gaussian of deviation s, convolved with itself, has deviation s times the square root of two.
    assert focus == pytest.approx(math.exp(-((3 / (2 * spread.lateral_at(0.2))) ** 2)), abs=0.12)


def test_compression_is_linear_in_decibels_between_black_and_white():
    power = 10 ** (np.array([[0, -15, -30, -60, -90]], np.float32) / 10)
    levels = compress(power, range_db=60, gain_db=0, gamma=1)
    np.testing.assert_allclose(levels, [[255, 191, 128, 0, 0]], atol=1)


def test_gain_makes_every_echo_brighter_and_gamma_the_middle_darker():
    power = np.full((1, 1), 1e-3, np.float32)
    plain = compress(power, range_db=60, gain_db=0, gamma=1)
    assert compress(power, range_db=60, gain_db=6, gamma=1) > plain > compress(power, range_db=60, gain_db=0, gamma=1.5)
