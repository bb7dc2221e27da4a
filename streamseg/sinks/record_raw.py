"""Records the frames as they came, without overlay or caption, as H.264 with true time stamps."""

from __future__ import annotations

from streamseg.display import displayed
from streamseg.errors import SinkError
from streamseg.frame import Rendering
from streamseg.protocols import StreamInfo
from streamseg.recording import Recording
from streamseg.settings import OutputSettings

PLUGIN = {"suffixes": [".mp4"]}


def create(target: str, settings: OutputSettings) -> RecordRaw:
    """Return a recorder to the file ``target``, or without one to files that the user starts."""
    return RecordRaw(target, settings)


class RecordRaw:
    """Writes the frame of each rendering; Hounsfield units through the window of the model."""

    name = "record_raw"
    needs_main_thread = False
    needs_every_frame = True

    def __init__(self, target: str, settings: OutputSettings) -> None:
        self._recording = Recording(target, settings, suffix="-raw")
        self._stream: StreamInfo | None = None

    def open(self, stream: StreamInfo) -> None:
        """Claim the target, if there is one.

        Raises
        ------
        SinkError
            It exists already or cannot be written.
        """
        self._stream = stream
        self._recording.open(stream.source.rate_hz)

    def write(self, rendering: Rendering) -> None:
        """Append the frame while recording is on.

        Raises
        ------
        SinkError
            The file cannot be written.
        """
        if self._stream is None:
            raise SinkError("the recorder was given a frame before it was opened")
        frame = rendering.segmentation.frame
        picture = displayed(frame, self._stream.card.input.window)
        is_recording = self._stream.controls.current.is_recording
        self._recording.write(picture, frame, is_recording=is_recording)

    def close(self) -> None:
        """Finish the file; idempotent.

        Raises
        ------
        SinkError
            Its end could not be written.
        """
        self._recording.close()
