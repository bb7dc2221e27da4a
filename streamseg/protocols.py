"""The whole contract of the line on one page: what a source, a segmenter and a sink must be.

A plugin is one module in ``streamseg/sources``, ``segmenters`` or ``sinks``; see `streamseg.registry`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame, Rendering
from streamseg.model_card import ModelCard, Weights
from streamseg.settings import Route, StreamSettings
from streamseg.steering.controls import Controls


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What was opened, as read back from it and not as it was asked for.

    Attributes
    ----------
    kind
        Name of the plugin.
    name
        What to call the source on screen and in a log: no path beyond the file name.
    is_live
        Whether frames arrive at their own pace and are lost when nobody takes them.
    size
        (height, width) of the frames in pixels, where known before the first one.
    rate_hz
        Nominal frame rate, where there is one.
    frame_count
        Number of frames, where known beforehand; a hint for progress bars, not a promise.
    length
        Number of frames of the whole file or stack where only a part of it is played, set by `streamseg.playback`.
    detail
        Format as negotiated, such as ``"MJPG 1920x1080 at 60 Hz"``.
    warnings
        What the user must know, such as a rate that was asked for and not granted; one sentence each.
    """

    kind: str
    name: str
    is_live: bool
    size: tuple[int, int] | None = None
    rate_hz: float | None = None
    frame_count: int | None = None
    detail: str = ""
    warnings: tuple[str, ...] = ()
    length: int | None = None


class Source(Protocol):
    """An iterator of frames and a context manager.

    Ends by ``StopIteration`` and fails by a `streamseg.errors.SourceError`. Never yields the same frame twice, a
    stand-in for a frame that did not come, or frames whose indices do not grow. ``__next__`` is called from one thread
    only; `close` may be called from another one, is idempotent, and makes a waiting ``__next__`` return or raise soon.
    """

    @property
    def info(self) -> SourceInfo: ...
    def __next__(self) -> Frame: ...
    def close(self) -> None: ...

    def __iter__(self) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close()


@runtime_checkable
class Seekable(Protocol):
    """A source that can go on from any of its frames. One that cannot is read again from its start (slowly)."""

    def seek(self, index: int) -> bool:
        """Make the frame of ``index`` the next one; called by the thread that reads.

        Return whether that frame will really be the next one; False leaves the source to be opened again.
        """
        ...


@dataclass(frozen=True, slots=True)
class SegmenterInfo:
    """What runs the model, as read back from the runtime.

    Attributes
    ----------
    backend
        Name of the plugin.
    provider
        Execution provider or device actually in use.
    precision
        ``"float32"`` or ``"int8"``.
    threads
        Number of threads within one operator; where several pictures are inferred at once, of all together.
    """

    backend: str
    provider: str
    precision: str
    threads: int


class Segmenter(Protocol):
    """One model on one runtime: tensor in, probability map out. No drawing, no timing, no threads of its own."""

    @property
    def info(self) -> SegmenterInfo: ...
    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability map (h, w) of ``tensor`` (1, h, w, 1), both float32, 0 to 1."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a sink is told before the first frame, and the controls that a view may turn.

    Attributes
    ----------
    weights
        The entry of the card whose file runs.
    route
        ``"exact"``: every picture is drawn with its own mask, once that is there. ``"live"``: every picture is drawn as
        it comes, with the newest mask carried to it.
    """

    source: SourceInfo
    segmenter: SegmenterInfo
    card: ModelCard
    weights: Weights
    route: Route
    settings: StreamSettings
    controls: Controls


class Sink(Protocol):
    """Takes renderings.

    Opened before any thread starts, so that what cannot be written is said at once; written to and closed by one
    thread: its own, or the main one where it must. ``write`` may be slow: the pipeline queues for it. ``close`` is
    idempotent, is called whatever happened, and finishes what was written so far.
    """

    @property
    def name(self) -> str: ...
    @property
    def needs_main_thread(self) -> bool: ...
    @property
    def needs_every_frame(self) -> bool:
        """Whether a skipped frame is a loss: a recording or a log, in contrast to a window."""
        ...

    def open(self, stream: StreamInfo) -> None: ...
    def write(self, rendering: Rendering) -> None: ...
    def close(self) -> None: ...


class MainThreadSink(Sink, Protocol):
    """A sink that must live on the main thread, as windows do."""

    def pump(self) -> None:
        """Answer the user and the desktop while no rendering comes; called about thirty times a second."""
        ...
