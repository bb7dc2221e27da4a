"""Each change of grey levels does what it is called, and nothing where its limit is off."""

from __future__ import annotations

import numpy as np
import pytest

from training.augmentation import CHANGES, AugmentationConfig
from training.augmentation.grey import add_noise, blur, change_curve, change_window, cut_out, equalise

OFF = AugmentationConfig()


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def picture() -> np.ndarray:
    """Return tissue between air at 0 and bone at 1."""
    image = np.full((64, 64), 0.4, np.float32)
    image[:, :8], image[:, -8:] = 0, 1
    return image


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_whose_limit_is_off_leaves_the_picture_alone(change: object) -> None:
    np.testing.assert_allclose(change(picture(), OFF, rng()), picture(), atol=1e-6)


def test_noise_has_up_to_the_deviation_asked_for_and_spares_air_and_bone() -> None:
    source, limits = rng(), AugmentationConfig(noise=0.1)
    tissue = [add_noise(picture(), limits, source)[:, 8:-8] for _ in range(60)]
    deviations = [part.std() for part in tissue]
    assert max(deviations) == pytest.approx(0.1, rel=0.1)
    assert min(deviations) < 0.02
    noisy = add_noise(picture(), limits, source)
    assert not noisy[:, :8].any()
    assert (noisy[:, -8:] == 1).all()


def test_another_window_moves_tissue_and_spares_air_and_bone() -> None:
    source, limits = rng(), AugmentationConfig(window_shift=0.1, window_width=1.2)
    pictures = [change_window(picture(), limits, source) for _ in range(60)]
    tissue = [image[0, 20] for image in pictures]
    assert 0.25 < min(tissue) < 0.38
    assert 0.42 < max(tissue) < 0.55
    assert all(not image[:, :8].any() and (image[:, -8:] == 1).all() for image in pictures)


def test_the_curve_is_gain_times_power() -> None:
    changed = change_curve(picture(), AugmentationConfig(gamma=(2.0, 2.0), gain=(1.5, 1.5)), rng())
    assert changed[0, 20] == pytest.approx(1.5 * 0.4**2, rel=1e-5)
    assert changed.max() == 1


def test_a_blur_softens_edges_and_keeps_the_mean() -> None:
    blurred = blur(picture(), AugmentationConfig(blur_px=3), rng())
    assert np.abs(np.diff(blurred[32])).max() < np.abs(np.diff(picture()[32])).max()
    assert blurred.mean() == pytest.approx(picture().mean(), rel=0.02)


def test_equalising_spreads_a_narrow_range_and_keeps_black() -> None:
    image = 0.4 + 0.05 * rng().random((64, 64)).astype(np.float32)
    image[:8] = 0
    equalised = equalise(image, AugmentationConfig(clahe=1.0), rng())
    assert np.ptp(equalised[8:]) > 2 * np.ptp(image[8:])
    assert not equalised[:8].any()


def test_a_cutout_blanks_one_small_rectangle_and_leaves_the_original_alone() -> None:
    image = picture()
    holed = cut_out(image, AugmentationConfig(cutout=1.0), rng())
    rows, columns = np.nonzero(holed != image)
    area = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    assert 0 < len(rows) <= area < 0.03 * image.size
    np.testing.assert_array_equal(image, picture())
