"""Records the overlay, as H.264 with true time stamps."""

from __future__ import annotations

from streamseg.recording import Recorder, Recording
from streamseg.settings import OutputSettings

PLUGIN = {"suffixes": [".mp4"]}


def create(target: str, settings: OutputSettings) -> Recorder:
    """Return a recorder of canvases to the file ``target``, or without one to files that the user starts."""
    return Recorder("record", Recording(target, settings), lambda rendering, _: rendering.canvas)
