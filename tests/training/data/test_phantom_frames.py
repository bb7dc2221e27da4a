"""Phantoms for training are varied, repeatable, and every fifth has nothing to find."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from streamseg.model_card import InputSpec
from training.data.phantom_frames import VESSEL_EVERY, phantom_case, phantom_samples

SPEC = InputSpec(height=32, width=32)


def test_a_case_is_the_same_every_time_and_differs_from_the_next() -> None:
    first, again, other = phantom_case(1, 0), phantom_case(1, 0), phantom_case(1, 1)
    np.testing.assert_array_equal(first.image, again.image)
    assert first.image.shape != other.image.shape or not np.array_equal(first.image, other.image)


def test_heads_have_a_mask_and_vessels_an_empty_one() -> None:
    assert phantom_case(1, 0).mask.mean() > 0.05
    assert not phantom_case(1, VESSEL_EVERY - 1).mask.any()


def test_kept_phantoms_are_read_and_those_of_another_size_are_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "phantoms.npz"
    made = phantom_samples(file, SPEC, count=2, seed=1)
    stamp = file.stat().st_mtime_ns
    kept = phantom_samples(file, SPEC, count=2, seed=1)
    np.testing.assert_array_equal(kept.images, made.images)
    np.testing.assert_array_equal(kept.masks, made.masks)
    assert file.stat().st_mtime_ns == stamp
    assert phantom_samples(file, InputSpec(height=48, width=48), count=2, seed=1).images.shape == (2, 48, 48)
