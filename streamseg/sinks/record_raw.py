"""Records the frames without overlay or caption, as H.264 with true time stamps; black around an ultrasound scan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streamseg.display import displayed
from streamseg.frame import Rendering
from streamseg.protocols import StreamInfo
from streamseg.recording import Recorder, Recording
from streamseg.settings import OutputSettings
from streamseg.windows import shown_window

PLUGIN = {"suffixes": [".mp4"]}


def create(target: str, settings: OutputSettings) -> Recorder:
    """Return a recorder of frames to the file ``target``, or without one to files that the user starts."""
    return Recorder("record_raw", Recording(target, settings, suffix="-raw"), _frame)


def _frame(rendering: Rendering, stream: StreamInfo) -> NDArray[np.uint8]:
    """Return the frame as it is shown: Hounsfield units through the window in use."""
    window = shown_window(stream.settings.source.window, stream.card.input)
    return rendering.cover.of_picture(displayed(rendering.segmentation.frame, window))
