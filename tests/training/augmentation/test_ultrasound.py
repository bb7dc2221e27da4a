"""Each artefact darkens or brightens where the physics says."""

from __future__ import annotations

import numpy as np
import pytest

from training.augmentation import AugmentationConfig
from training.augmentation.ultrasound import add_haze, add_speckle, attenuate, cast_shadow


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def grey() -> np.ndarray:
    return np.full((60, 80), 0.5, np.float32)


def test_attenuation_darkens_with_depth_and_never_brightens() -> None:
    changed = attenuate(grey(), AugmentationConfig(attenuation=2), rng())
    assert (np.diff(changed[:, 40]) < 0).all()
    assert changed.max() <= 0.5


def test_a_shadow_darkens_a_part_and_leaves_the_rest() -> None:
    shaded = cast_shadow(grey(), AugmentationConfig(shadow=1.0), rng())
    assert shaded.min() <= 0.7 * 0.5
    assert np.mean(shaded == 0.5) > 0.5


def test_a_shadow_gets_wider_with_depth() -> None:
    shaded = cast_shadow(grey(), AugmentationConfig(shadow=1.0), rng())
    widths = (shaded < 0.5).sum(axis=1)
    assert widths[-1] > widths[0]


def test_haze_brightens_a_band_and_spares_what_is_black() -> None:
    image = grey()
    image[:, :40] = 0
    hazy = add_haze(image, AugmentationConfig(haze=0.5), rng())
    rise = (hazy - image).mean(axis=1)
    assert rise.max() > 5 * rise.min() >= 0
    assert not hazy[:, :36].any(), "haze reaches no further than its presence is smoothed"


def test_speckle_is_proportional_to_the_grey_level() -> None:
    image = np.repeat(np.float32([[0.1], [0.4]]), 4000, axis=1)
    deviations = add_speckle(image, AugmentationConfig(speckle=0.2), rng()).std(axis=1)
    assert deviations[1] == pytest.approx(4 * deviations[0], rel=0.1)
