"""H.264 recordings with true time stamps that can be played whatever happens while they are written.

The file grows in fragments of a fifth of a second, each handed to the operating system whole, so that a killed process
or a full disk costs no more than the last one; a clean close turns it into a regular MP4.
"""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from streamseg.errors import SinkError
from streamseg.geometry import Size
from streamseg.video.sheet import Sheet

_log = logging.getLogger(__name__)

SUFFIX = ".mp4"
# Ticks a second. Every usual rate is a whole number of them, 29.97 and 59.94 Hz too, and MPEG-4 part 2 takes no more
# than 65535.
TICK_HZ = 60_000
_USUAL_RATE_HZ = 30.0
_CONTAINER_OPTIONS = {"movflags": "hybrid_fragmented", "frag_duration": "200000", "flush_packets": "1"}
# Inference needs the cores: ultrafast takes a third of the processor time of veryfast, and pays in size. All pictures
# are quantised alike: for a rate factor each would be looked at first, which costs a fifth to two thirds more processor
# time at the same size and quality.
_ENCODER_OPTIONS = {"libx264": {"preset": "ultrafast", "qp": "18"}, "mpeg4": {"qmin": "2", "qmax": "4"}}


class VideoWriter:
    """Writes pictures of one size to one file.

    Parameters
    ----------
    path
        Ends in ``.mp4``. Claimed at once: what cannot be written is said before the first frame.
    rate_hz
        Rate to expect, where known: a hint for the encoder. Every picture is stored with its own time.
    overwrite
        Whether a file that exists is replaced, at the first picture.

    Raises
    ------
    SinkError
        The file exists already, or cannot be written.
    """

    def __init__(self, path: Path, *, rate_hz: float | None = None, overwrite: bool = False) -> None:
        self.path = path
        self.frame_count = 0
        self.nudged_count = 0
        self._rate_hz = rate_hz or _USUAL_RATE_HZ
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._sheet: Sheet | None = None
        self._first_ns = 0
        self._last_tick = -1
        self._is_closed = False
        self._is_claimed = not path.exists()
        _claim(path, overwrite=overwrite)

    @property
    def size(self) -> Size | None:
        """(height, width) of the pictures; None before the first one."""
        return None if self._sheet is None else self._sheet.size

    def write(self, image: NDArray[np.uint8], time_ns: int) -> None:
        """Append ``image``, grey (H, W) or RGB (H, W, 3), shown from ``time_ns`` on.

        A time that is not after the one before is moved to one tick after it, and counted in ``nudged_count``.

        Raises
        ------
        SinkError
            The file cannot be written on, such as on a full disk. What was written before can be played.
        ValueError
            The size is not that of the first picture, or the writer is closed.
        """
        if self._is_closed:
            raise ValueError(f"{self.path} is closed; a new recording needs a new writer")
        try:
            if self._stream is None or self._container is None or self._sheet is None:
                self._sheet = Sheet(image.shape[:2])
                self._container, self._stream = self._start(self._sheet.even_size)
                self._first_ns = time_ns
            picture = self._sheet.lay_out(image)
            picture.pts = self._next_tick(time_ns - self._first_ns)
            picture.time_base = Fraction(1, TICK_HZ)
            self._container.mux(self._stream.encode(picture))
        except (OSError, av.FFmpegError) as err:
            self._abandon()
            raise _cannot_write(self.path, err) from err
        self.frame_count += 1

    def close(self) -> None:
        """Finish the file; idempotent. A file that got no picture is removed, unless it was there before.

        Raises
        ------
        SinkError
            The end could not be written. What was written before can be played.
        """
        if self._is_closed:
            return
        if self._stream is None or self._container is None:
            self._is_closed = True
            if self._is_claimed:
                self.path.unlink(missing_ok=True)
            return
        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
            self._is_closed = True
        except (OSError, av.FFmpegError) as err:
            self._abandon()
            raise _cannot_write(self.path, err) from err
        if self.nudged_count:
            _log.warning("%s: %d times that did not grow were moved", self.path.name, self.nudged_count)

    def _start(self, size: Size) -> tuple[OutputContainer, VideoStream]:
        # "file:" keeps a colon in a file name from being read as a protocol.
        container = av.open(f"file:{self.path}", "w", format="mp4", options=_CONTAINER_OPTIONS)
        container.metadata["title"] = "streamseg"
        container.metadata["comment"] = "Research use only. Not a medical device."
        codec = _codec()
        rate = Fraction(self._rate_hz).limit_denominator(1001)
        stream = cast("VideoStream", container.add_stream(codec, rate=rate, options=_ENCODER_OPTIONS[codec]))
        context = stream.codec_context
        context.height, context.width = size
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, TICK_HZ)
        context.thread_count = 1
        context.gop_size = max(1, round(2 * self._rate_hz))
        context.max_b_frames = 0
        # What OpenCV's conversion makes; a player that had to guess would take HD sizes for BT.709.
        context.colorspace, context.color_range = int(Colorspace.ITU601), int(ColorRange.MPEG)
        return container, stream

    def _next_tick(self, since_first_ns: int) -> int:
        tick = (since_first_ns * TICK_HZ + 500_000_000) // 1_000_000_000
        if tick <= self._last_tick:
            tick = self._last_tick + 1
            self.nudged_count += 1
        self._last_tick = tick
        return tick

    def _abandon(self) -> None:
        self._is_closed = True
        if self._container is not None:
            try:
                self._container.close()
            except (OSError, av.FFmpegError) as err:
                _log.debug("closing %s after a failure: %s", self.path.name, err)
        keep_whole_boxes(self.path)


def keep_whole_boxes(path: Path) -> None:
    """Cut the MP4 file at ``path`` behind its last whole box, so that a player meets no half-written one."""
    with path.open("r+b") as file:
        size, end = path.stat().st_size, 0
        while end + 8 <= size:
            file.seek(end)
            header = file.read(16)
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:], "big")
            if length < 8 or end + length > size:
                break
            end += length
        file.truncate(end)


def _claim(path: Path, *, overwrite: bool) -> None:
    """Make an empty file, or see that the one there can be replaced, without touching it yet."""
    if path.suffix.lower() != SUFFIX:
        raise SinkError(f"recordings are {SUFFIX} files, got {path.name!r}; give it that ending")
    try:
        with path.open("ab" if overwrite else "xb"):
            pass
    except FileExistsError as err:
        raise SinkError(f"{path} exists already; give another name or --overwrite") from err
    except OSError as err:
        raise SinkError(f"cannot write the recording {path}: {err.strerror}; give another folder") from err


def _cannot_write(path: Path, err: OSError | av.FFmpegError) -> SinkError:
    reason = err.strerror or str(err)
    return SinkError(f"cannot write the recording {path}: {reason}; what it holds so far can be played")


def _codec() -> str:
    if "libx264" in av.codecs_available:
        return "libx264"
    _log.warning("this build of PyAV has no libx264: recording in MPEG-4 part 2, larger and of lower quality")
    return "mpeg4"
