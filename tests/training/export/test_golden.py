"""The golden frame shows the structure and comes back from the card as it was."""

from __future__ import annotations

import numpy as np

from streamseg.model_card import Golden, InputSpec, decode_frame, encode_frame
from training.config import BRAIN_WINDOW
from training.export.golden import golden_picture

CT = InputSpec(height=64, width=64, window=BRAIN_WINDOW)


def test_ultrasound_is_a_phantom_in_grey_levels() -> None:
    image, unit = golden_picture("US", InputSpec(height=48, width=48))
    assert (image.dtype, image.shape, unit) == (np.uint8, (48, 48), "grey")
    assert np.ptp(image) > 100


def test_ct_is_a_computed_slice_with_dense_blood_in_hounsfield_units() -> None:
    image, unit = golden_picture("CT", CT)
    assert (image.dtype, image.shape, unit) == (np.int16, (64, 64), "hu")
    restored = decode_frame(Golden(frame_png=encode_frame(image), outputs={}))
    assert restored.dtype == np.int16
    np.testing.assert_array_equal(restored, image)


def test_the_golden_picture_is_the_same_every_time() -> None:
    np.testing.assert_array_equal(golden_picture("CT", CT)[0], golden_picture("CT", CT)[0])
