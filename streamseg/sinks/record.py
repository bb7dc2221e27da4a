"""Records the overlay, as H.264 with true time stamps; what is around an ultrasound scan is black."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Rendering
from streamseg.protocols import StreamInfo
from streamseg.recording import Recorder, Recording
from streamseg.settings import OutputSettings

PLUGIN = {"suffixes": [".mp4"]}


def create(target: str, settings: OutputSettings) -> Recorder:
    """Return a recorder of canvases to the file ``target``, or without one to files that the user starts."""
    return Recorder("record", Recording(target, settings), _canvas)


def _canvas(rendering: Rendering, _: StreamInfo) -> NDArray[np.uint8]:
    return rendering.kept_canvas
