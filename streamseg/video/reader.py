"""Reads video files through FFmpeg's libraries (PyAV): the frames that are whole, with the time stamps in the file."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from streamseg.errors import SourceLostError, SourceNotFoundError, SourceUnreadableError
from streamseg.machine import usable_cores

# Decoding runs beside inference, which needs the cores more: half of them at most, and never more than this.
MOST_THREADS = 4
# A file that ends this much before the length in its header was cut off. Less may be an unknown last duration.
MISSING_S = 0.5
# Keeps FFmpeg from following addresses written in a file, as in a playlist under another suffix.
OPTIONS = {"protocol_whitelist": "file"}
# Containers with an index, by which a seek lands on a frame that can be decoded. MPEG streams have none: frames decoded
# after a seek there look right and are not.
SEEKABLE = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "gif"})
# Where a file tells no rate, this one spaces the frames that have no time of their own.
FALLBACK_HZ = Fraction(25)

logger = logging.getLogger(__name__)


def open_video(location: str) -> VideoReader:
    """Open a video file. Whatever it refers to, nothing but files of this machine is read.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    SourceUnreadableError
        It is empty, of no kind that FFmpeg knows, or holds no video.
    """
    path = Path(location)
    if "://" in location:
        raise SourceNotFoundError(f"{location!r} is a network address; only files and cameras of this machine are read")
    if not path.is_file():
        raise SourceNotFoundError(f"there is no video file {location!r}; check the path")
    if path.stat().st_size == 0:
        raise SourceUnreadableError(f"the video file {location!r} is empty (0 bytes)")
    try:
        # The prefix keeps FFmpeg from taking a colon in the name for a protocol.
        container = av.open(f"file:{path}", options=OPTIONS)
    except (av.FFmpegError, OSError) as err:
        raise SourceUnreadableError(f"{location!r} cannot be read as a video: {err.strerror}") from err
    # A cover picture beside music counts as a video stream for FFmpeg.
    streams = [each for each in container.streams.video if Disposition.attached_pic not in each.disposition]
    if not streams:
        kinds = ", ".join(sorted({each.type for each in container.streams})) or "nothing"
        container.close()
        raise SourceUnreadableError(f"{location!r} holds no video, only {kinds}")
    return VideoReader(path.name, container, streams[0])


class VideoReader:
    """The whole frames of one video stream. What is damaged is left out, with all that builds on it, and counted."""

    def __init__(self, name: str, container: InputContainer, stream: VideoStream) -> None:
        self.name = name
        self.stream = stream
        self._container = container
        rate = stream.average_rate or stream.guessed_rate
        self.rate_hz = float(rate) if rate else None
        self._interval_ns = round(1_000_000_000 / (rate or FALLBACK_HZ))
        # Kept: PyAV makes a new fraction whenever it is asked for one.
        self._tick_ns = (stream.time_base or Fraction(1, 1000)) * 1_000_000_000
        self._start_pts = stream.start_time
        self._last_ns: int | None = None
        self._end_ns = 0
        self._times_made_up = 0
        self._packets_damaged = 0
        self._frames_left_out = 0
        self._damage_pts: int | None = None
        self._waits_for_key = False
        self._times: Sequence[int] | None = None
        self._key_times: Sequence[int] = ()
        # FFmpeg's own choice would be one for every core.
        stream.thread_type = "AUTO"
        stream.thread_count = max(1, min(usable_cores() // 2, MOST_THREADS))

    @property
    def stream_count(self) -> int:
        """Number of video streams in the file; the first is the one that is read."""
        return len(self._container.streams.video)

    @property
    def length_s(self) -> float | None:
        """Length that the file promises, where it does: a transport stream and a few others do not."""
        stream, lengths = self.stream, []
        if stream.duration is not None and stream.time_base is not None:
            lengths.append(float(stream.duration * stream.time_base))
        if self._container.duration is not None and len(self._container.streams) == 1:
            lengths.append(self._container.duration / av.time_base)
        # FFmpeg corrects the duration of an AVI file by the file's size, but not the number of frames.
        if self._container.format.name == "avi" and stream.average_rate:
            lengths.append(float(stream.frames / stream.average_rate))
        return max(lengths, default=None)

    def frames(self) -> Iterator[tuple[VideoFrame, int]]:
        """Yield the whole frames and their media time in ns.

        Raises
        ------
        SourceLostError
            The file cannot be read on, or ends before the length that its header promises.
        """
        try:
            for frame in self._whole_frames():
                yield frame, self._media_time_ns(frame)
        except av.FFmpegError as err:
            raise SourceLostError(f"video {self.name!r} cannot be read beyond {self._place}: {err.strerror}") from err
        length_s = self.length_s
        if length_s is not None and length_s - self._end_ns / 1e9 > MISSING_S:
            raise SourceLostError(
                f"video {self.name!r} breaks off at {self._place} of {length_s:.2f} s: it was cut short or is damaged"
            )

    def frames_from(
        self, index: int, frames: Iterator[tuple[VideoFrame, int]], next_index: int
    ) -> Iterator[tuple[VideoFrame, int]] | None:
        """Return what `frames` yields from the frame of ``index`` on; None where that frame cannot be met exactly.

        The reader is of no use any more then.

        Parameters
        ----------
        frames, next_index
            What is being read, and the index of the frame that comes next there.
        """
        times = self._frame_times()
        if times is None or index >= len(times):
            return None
        if next_index <= index and not any(times[next_index] < key <= times[index] for key in self._key_times):
            return itertools.islice(frames, index - next_index, None)
        return self._enter(times[index])

    def _enter(self, pts: int) -> Iterator[tuple[VideoFrame, int]] | None:
        self._last_ns, self._waits_for_key, self._damage_pts = None, False, None
        try:
            self._container.seek(pts, stream=self.stream)
        except av.FFmpegError as err:
            logger.debug("%s: cannot seek: %s", self.name, err)
            return None
        frames = self.frames()
        try:
            first = next((each for each in frames if each[0].pts is None or each[0].pts >= pts), None)
        except SourceLostError:
            return None
        if first is None or first[0].pts != pts or self._is_damaged:
            return None
        return itertools.chain([first], frames)

    def close(self) -> None:
        """Close the file, and say what was left out of it."""
        self._container.close()
        is_played = self._last_ns is not None  # where nothing could be, the error says so
        if is_played and (self._packets_damaged or self._frames_left_out):
            logger.warning(
                "%s: %d damaged packets, and %d frames that build on damaged ones, were left out",
                self.name,
                self._packets_damaged,
                self._frames_left_out,
            )
        if self._times_made_up:
            logger.warning("%s: %d frames had no time later than the last; made up", self.name, self._times_made_up)

    def _frame_times(self) -> Sequence[int] | None:
        """Return the time stamp of every frame in the order of showing; None where the packets do not tell them all."""
        if self._times is None and not self._is_damaged and self._container.format.name in SEEKABLE:
            with av.open(self._container.name, options=OPTIONS) as container:
                stream = container.streams[self.stream.index]
                packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
            times = {packet.pts for packet in packets if packet.pts is not None and not packet.is_corrupt}
            self._times = sorted(times) if len(times) == len(packets) else None
            self._key_times = [packet.pts for packet in packets if packet.is_keyframe and packet.pts is not None]
        return None if self._is_damaged else self._times

    @property
    def _is_damaged(self) -> bool:
        return bool(self._packets_damaged or self._frames_left_out)

    @property
    def _place(self) -> str:
        return f"{self._end_ns / 1e9:.2f} s"

    def _whole_frames(self) -> Iterator[VideoFrame]:
        held: list[VideoFrame] = []
        for frame in self._decoded_frames():
            held.append(frame)
            if not self._is_whole(frame):
                self._frames_left_out += len(held)
                held.clear()
            # A B frame builds on the next frame of another kind too, and is let go only when that one is whole.
            elif frame.pict_type != PictureType.B:
                yield from held
                held.clear()
        yield from held

    def _decoded_frames(self) -> Iterator[VideoFrame]:
        for packet in self._container.demux(self.stream):
            yield from self._decode(packet)

    def _decode(self, packet: Packet[Any]) -> list[VideoFrame]:
        try:
            if not packet.is_corrupt:
                return self.stream.decode(packet)
        except av.FFmpegError as err:
            logger.debug("%s: %s", self.name, err)
        self._packets_damaged += 1
        self._wait_for_key(packet.pts)
        return []

    def _is_whole(self, frame: VideoFrame) -> bool:
        # After damage a decoder goes on from pictures that never were: its frames look plausible and are wrong, until
        # a key frame that comes later than the damage.
        if frame.is_corrupt:
            self._wait_for_key(frame.pts)
        elif frame.key_frame and (self._damage_pts is None or frame.pts is None or frame.pts > self._damage_pts):
            self._waits_for_key = False
        return not self._waits_for_key

    def _wait_for_key(self, pts: int | None) -> None:
        self._waits_for_key, self._damage_pts = True, pts

    def _media_time_ns(self, frame: VideoFrame) -> int:
        """Return the time from the start of the stream; one interval on where there is none, or none that grows."""
        if self._start_pts is None:
            self._start_pts = frame.pts
        time_ns = None
        if frame.pts is not None and self._start_pts is not None:
            time_ns = self._to_ns(frame.pts - self._start_pts)
        if time_ns is None or (self._last_ns is not None and time_ns <= self._last_ns):
            self._times_made_up += 1
            time_ns = 0 if self._last_ns is None else self._last_ns + self._interval_ns
        self._last_ns = time_ns
        self._end_ns = time_ns + (self._to_ns(frame.duration) or self._interval_ns)
        return time_ns

    def _to_ns(self, ticks: int) -> int:
        return round(ticks * self._tick_ns)
