"""Video files of the usual kinds: frames upright, with square pixels and true media times; grey where they are."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from streamseg.errors import SourceError, SourceLostError, SourceUnreadableError
from streamseg.frame import Frame
from streamseg.geometry import Size
from streamseg.protocols import Source, SourceInfo
from streamseg.settings import SourceSettings
from streamseg.video.luma import grey_of
from streamseg.video.reader import VideoReader, open_video

PLUGIN = {
    "suffixes": [
        ".mp4", ".m4v", ".mov", ".3gp", ".mkv", ".webm", ".avi", ".wmv", ".asf", ".flv", ".ogv", ".mpg", ".mpeg",
        ".ts", ".mts", ".m2ts", ".mxf", ".gif",
    ],
}  # fmt: skip

# A sample aspect ratio this close to 1 is rounding by the encoder.
SQUARE_WITHIN = 0.01


def create(location: str, settings: SourceSettings) -> VideoSource:
    """Open a video file and decode its first frame.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    SourceUnreadableError
        It is not a video, or no frame of it can be decoded.
    """
    reader = open_video(location)
    frames = reader.frames()
    try:
        first = _first(frames, location)
    except SourceError:
        reader.close()
        raise
    painter = _Painter(reader.stream.sample_aspect_ratio or Fraction(1))
    info = _describe(reader, first[0], painter, settings)
    return VideoSource(reader, itertools.chain([first], frames), painter, info)


def square_size(size: Size, aspect: Fraction) -> Size:
    """Return the (height, width) at which pixels of width / height ``aspect`` become square; no side shrinks."""
    height, width = size
    if abs(aspect - 1) <= SQUARE_WITHIN:
        return size
    return (height, round(width * aspect)) if aspect > 1 else (round(height / aspect), width)


def orient(pixels: NDArray[np.uint8], matrix: Sequence[int]) -> NDArray[np.uint8]:
    """Turn and mirror a picture as the display matrix of its video says, by the nearest quarter turn.

    Parameters
    ----------
    matrix
        9 numbers (a, b, u, c, d, v, x, y, w): the point (p, q), q downwards, is shown at (a p + c q, b p + d q).

    References
    ----------
    ISO/IEC 14496-12:2022, 6.2.2.
    """
    a, b, _, c, d, *_ = matrix
    is_quarter = abs(b) > abs(a)
    turned = np.swapaxes(pixels, 0, 1) if is_quarter else pixels
    across, down = (c, b) if is_quarter else (a, d)
    if across < 0:
        turned = turned[:, ::-1]
    return turned[::-1] if down < 0 else turned


class VideoSource(Source):
    """Frames of a video file, all that are whole, with their media time from the start of the stream."""

    def __init__(
        self, reader: VideoReader, frames: Iterator[tuple[VideoFrame, int]], painter: _Painter, info: SourceInfo
    ) -> None:
        self._reader = reader
        self._frames = frames
        self._painter = painter
        self._info = info
        self._next_index = 0
        self._is_closed = False
        # Held while a frame is decoded, so that `close` does not pull the file away from under FFmpeg.
        self._lock = threading.Lock()

    @property
    def info(self) -> SourceInfo:
        """What the file says of itself."""
        return self._info

    def __next__(self) -> Frame:
        with self._lock:
            if self._is_closed:
                raise StopIteration
            frame, media_time_ns = next(self._frames)
            pixels = self._painter.paint(frame)
        index = self._next_index
        self._next_index += 1
        return Frame(pixels, index=index, captured_ns=time.monotonic_ns(), media_time_ns=media_time_ns)

    def seek(self, index: int) -> bool:
        """Go on from the frame of that index; not where the file is damaged, or cannot be entered at that frame."""
        with self._lock:
            if self._is_closed:
                return False
            frames = self._reader.frames_from(index, self._frames, self._next_index)
            if frames is None:
                return False
            self._frames = frames
        self._next_index = index
        return True

    def close(self) -> None:
        """Close the file, after the frame that is being decoded."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._reader.close()


class _Painter:
    """Turns decoded frames into RGB or grey pixels, square and upright."""

    def __init__(self, aspect: Fraction) -> None:
        self.aspect = aspect
        # One for all frames, of one thread: a conversion takes less time than starting a thread for every core does.
        self._reformatter = VideoReformatter()

    def paint(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """Return (H, W) or (H, W, 3) uint8; samples of more than 8 bits are reduced."""
        size = frame.height, frame.width
        square = square_size(size, self.aspect)
        grey = grey_of(frame) if square == size else None
        pixels = self._converted(frame, square) if grey is None else grey
        matrix = frame.side_data.get("DISPLAYMATRIX")
        if isinstance(matrix, SideData):
            pixels = orient(pixels, np.frombuffer(bytes(matrix), np.int32).tolist())
        return np.ascontiguousarray(pixels)

    def _converted(self, frame: VideoFrame, size: Size) -> NDArray[np.uint8]:
        height, width = size
        kind = "gray" if frame.format.name.startswith(("gray", "mono", "ya")) else "rgb24"
        return np.asarray(self._reformatter.reformat(frame, width, height, kind, threads=1).to_ndarray(), np.uint8)


def _first(frames: Iterator[tuple[VideoFrame, int]], location: str) -> tuple[VideoFrame, int]:
    try:
        first = next(frames, None)
    except SourceLostError as err:
        raise SourceUnreadableError(f"no frame of the video {location!r} can be decoded: {err}") from err
    if first is None:
        raise SourceUnreadableError(f"no frame of the video {location!r} can be decoded; it may be damaged")
    return first


def _describe(reader: VideoReader, first: VideoFrame, painter: _Painter, settings: SourceSettings) -> SourceInfo:
    stream, rate_hz, length_s = reader.stream, reader.rate_hz, reader.length_s
    height, width = painter.paint(first).shape[:2]
    rate = f" at {rate_hz:.4g} Hz" if rate_hz else ""
    return SourceInfo(
        kind="video",
        name=reader.name,
        is_live=False,
        size=(height, width),
        rate_hz=rate_hz,
        frame_count=stream.frames or (round(length_s * rate_hz) if length_s and rate_hz else None),
        detail=f"{stream.codec_context.name} {first.format.name} {width}x{height}{rate}",
        warnings=tuple(_warnings(reader, first, painter, settings)),
    )


def _warnings(reader: VideoReader, first: VideoFrame, painter: _Painter, settings: SourceSettings) -> Iterator[str]:
    size = first.height, first.width
    if square_size(size, painter.aspect) != size:
        yield f"a pixel is {float(painter.aspect):.4g} times as wide as high; frames are stretched to square pixels"
    if first.interlaced_frame:
        yield "the video is interlaced: each frame mixes the lines of two moments"
    if reader.stream_count > 1:
        yield f"the file holds {reader.stream_count} video streams; the first is played"
    if settings.size or settings.rate_hz or settings.pixel_format:
        yield "a video is played as it is; --size, --rate and --pixel-format are for cameras"
