"""What of a frame a person sees: its pixels as display levels. Shared by the overlay and the recorder of raw frames."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame
from streamseg.intensity import apply_window
from streamseg.model_card import Window


def displayed(frame: Frame, window: Window | None) -> NDArray[np.uint8]:
    """Return the picture of ``frame`` as grey (H, W) or RGB (H, W, 3), 0 to 255; not copied where it is one already.

    Parameters
    ----------
    window
        Intensity window for Hounsfield units: the one that the model looks through, unless the user chose another.

    Raises
    ------
    ValueError
        The frame is in Hounsfield units and there is no window for them.
    """
    if frame.unit == "grey":
        return frame.image
    if window is None:
        raise ValueError(f"frame {frame.index} is in Hounsfield units; showing it needs a window, got None")
    shade = apply_window(frame.image, window.centre_hu, window.width_hu)
    return np.asarray(cv2.convertScaleAbs(shade, alpha=255), np.uint8)
