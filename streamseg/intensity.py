"""Grey conversion and scaling of intensities to what a model was trained on. Pure functions, shared with training."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def to_grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luma of ``image``, RGB (H, W, 3) or already grey (H, W), as (H, W), 0 to 255.

    References
    ----------
    ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
    """
    if image.ndim == 2:
        return image
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"expected a grey (H, W) or RGB (H, W, 3) picture, got shape {image.shape}")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def unit_scale(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Scale grey values 0 to 255 to 0 to 1, same shape."""
    return np.multiply(grey, np.float32(1 / 255), dtype=np.float32)


def apply_window(hu: NDArray[Any], centre_hu: float, width_hu: float) -> NDArray[np.float32]:
    """Map Hounsfield units linearly to 0 to 1 over the window, clipped at both ends, same shape.

    References
    ----------
    DICOM PS3.3 C.11.2.1.3.2 (LINEAR_EXACT). The study's brain window is centre 40 HU, width 120 HU.
    """
    if width_hu <= 0:
        raise ValueError(f"window width must be above 0 HU, got {width_hu}")
    scaled = (hu.astype(np.float32) - np.float32(centre_hu - width_hu / 2)) * np.float32(1 / width_hu)
    return np.clip(scaled, 0, 1, out=scaled)
