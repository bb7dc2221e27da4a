"""Training pictures are prepared by the code that serves."""

from __future__ import annotations

import numpy as np
import pytest

from streamseg.model_card import InputSpec
from streamseg.prepare import Placement, prepare
from training.case import Case
from training.errors import TrainingError
from training.samples import prepare_case, prepare_samples

SPEC = InputSpec(height=32, width=32)


def case() -> Case:
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (54, 80)).astype(np.uint8)
    mask = np.zeros((54, 80), bool)
    mask[10:40, 20:60] = True
    return Case("a.png", "000", image, mask, 0.2)


def test_the_picture_is_what_the_model_is_served() -> None:
    image, _ = prepare_case(case(), SPEC)
    served = prepare(case().image, "grey", SPEC, Placement.fit((54, 80), None, SPEC))
    np.testing.assert_array_equal(image, served[0, :, :, 0])


def test_the_mask_lies_where_the_picture_shows_the_structure() -> None:
    _, mask = prepare_case(case(), SPEC)
    placement = Placement.fit((54, 80), None, SPEC)
    assert set(np.unique(mask)) == {0, 1}
    expected = case().mask.sum() * (placement.letterbox.inner.width / 80) ** 2
    assert mask.sum() == pytest.approx(expected, rel=0.08)
    rows = np.nonzero(mask.any(axis=1))[0] + 0.5 - placement.letterbox.inner.top
    assert rows.mean() == pytest.approx(25 * 32 / 80, abs=0.6)


def test_no_picture_at_all_is_refused() -> None:
    with pytest.raises(TrainingError, match="no picture belongs to"):
        prepare_samples([], SPEC)
