"""Noise has the spectrum of its kernel; the kernel blurs."""

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.phantoms.ct.grain import Kernel

SOFT, SHARP = Kernel(0.8, 0.0, 0.35), Kernel(0.45, 0.4, 0.7)


@pytest.mark.parametrize("kernel", [SOFT, SHARP])
def test_noise_has_mean_0_and_deviation_1(kernel: Kernel):
    noise = kernel.noise(np.random.default_rng(0), (150, 201), 0.5)
    assert noise.shape == (150, 201)
    assert noise.dtype == np.float32
    assert noise.mean() == pytest.approx(0, abs=0.02)
    assert noise.std() == pytest.approx(1, abs=1e-3)


def test_soft_noise_is_coarser_than_sharp_noise():
    soft, sharp = (kernel.noise(np.random.default_rng(0), (256, 256), 0.45) for kernel in (SOFT, SHARP))
    assert alike(soft) > alike(sharp) + 0.1


def alike(noise: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
    """Return how much neighbouring pixels correlate."""
    return float(np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1])


def test_grain_has_the_same_size_in_mm_whatever_the_pixels():
    fine = SOFT.noise(np.random.default_rng(0), (256, 256), 0.25)
    coarse = SOFT.noise(np.random.default_rng(0), (256, 256), 0.5)
    two_apart = float(np.corrcoef(fine[:, 2:].ravel(), fine[:, :-2].ravel())[0, 1])
    assert two_apart == pytest.approx(alike(coarse), abs=0.06)


def test_a_sharp_kernel_overdoes_edges_and_a_soft_one_does_not():
    head = plain_head()
    soft, sharp = (kernel.apply(head.hu, head.pixel_mm) for kernel in (SOFT, SHARP))
    assert sharp.max() > head.hu.max() + 5
    assert soft.max() <= head.hu.max() + 1


def test_every_kernel_that_is_drawn_keeps_flat_regions():
    flat = np.full((32, 32), 35, np.float32)
    for seed in range(20):
        np.testing.assert_allclose(Kernel.draw(np.random.default_rng(seed)).apply(flat, 0.5), 35, rtol=1e-4)
