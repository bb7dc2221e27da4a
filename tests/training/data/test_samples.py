"""Training pictures are prepared by the code that serves."""

from __future__ import annotations

import numpy as np
import pytest

from streamseg.model_card import InputSpec
from streamseg.prepare import Placement, prepare
from streamseg.scan.skull import skull_region
from training.config import BRAIN_WINDOW
from training.data.case import Case
from training.data.samples import prepare_case, prepare_samples, unit_images
from training.errors import TrainingError

SPEC = InputSpec(height=32, width=32)


def case() -> Case:
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (54, 80)).astype(np.uint8)
    mask = np.zeros((54, 80), bool)
    mask[10:40, 20:60] = True
    return Case("a", "000", image, mask, 0.2)


def test_the_picture_is_what_the_model_is_served() -> None:
    image, _ = prepare_case(case(), SPEC)
    served = prepare(case().image, "grey", SPEC, Placement.fit((54, 80), None, SPEC))
    np.testing.assert_array_equal(image, served[0, :, :, 0])


def test_kept_pictures_of_8_bits_lose_nothing() -> None:
    image, _ = prepare_case(case(), SPEC)
    samples = prepare_samples([case()], SPEC)
    np.testing.assert_allclose(unit_images(samples.images[0]), image, atol=1e-6)


def test_hounsfield_units_are_seen_through_the_window_to_half_a_level() -> None:
    spec = InputSpec(height=32, width=32, window=BRAIN_WINDOW)
    hu = np.linspace(-200, 200, 32 * 32).reshape(32, 32).astype(np.int16)
    slice_ = Case("a", "000", hu, np.ones((32, 32), bool), None, "hu")
    (kept,) = unit_images(prepare_samples([slice_], spec).images)
    np.testing.assert_allclose(kept, np.clip((hu + 20) / 120, 0, 1), atol=0.5 / 255 + 1e-6)


def test_a_sample_takes_two_bytes_a_pixel() -> None:
    samples = prepare_samples([case(), case()], SPEC)
    assert len(samples) == 2
    assert samples.images.nbytes + samples.masks.nbytes == 2 * 2 * 32 * 32


def test_the_mask_lies_where_the_picture_shows_the_structure() -> None:
    _, mask = prepare_case(case(), SPEC)
    placement = Placement.fit((54, 80), None, SPEC)
    expected = case().mask.sum() * (placement.letterbox.inner.width / 80) ** 2
    assert mask.dtype == bool
    assert mask.sum() == pytest.approx(expected, rel=0.08)
    rows = np.nonzero(mask.any(axis=1))[0] + 0.5 - placement.letterbox.inner.top
    assert rows.mean() == pytest.approx(25 * 32 / 80, abs=0.6)


def test_no_picture_at_all_is_refused() -> None:
    with pytest.raises(TrainingError, match="no picture belongs to"):
        prepare_samples([], SPEC)


def test_a_model_made_for_skulls_learns_from_what_it_is_served() -> None:
    spec = InputSpec(height=32, width=32, window=BRAIN_WINDOW, region="skull")
    hu = np.full((120, 160), -1000, np.int16)
    hu[30:90, 40:100], hu[34:86, 44:96], hu[50:60, 60:75] = 800, 35, 75
    image, mask = prepare_case(Case("a", "000", hu, hu == 75, None, "hu"), spec)
    region = skull_region(hu, "hu", BRAIN_WINDOW)
    served = prepare(hu, "hu", spec, Placement.fit((120, 160), region, spec))
    np.testing.assert_array_equal(image, served[0, :, :, 0])
    assert mask.sum() == pytest.approx(10 * 15 * (32 / 92) ** 2, rel=0.2)
