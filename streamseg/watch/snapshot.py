"""How a stream is doing at one moment: the immutable values that a view takes from a `streamseg.watch.feed.Feed`.

All histories are oldest first. Histories by second hold the last 60 seconds that are over; NaN (latencies) or 0
(rates) where nothing happened in a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Event, Queue, Rendering
from streamseg.measurement import Measurement
from streamseg.model_card import Window
from streamseg.protocols import SegmenterInfo, SourceInfo
from streamseg.settings import Route
from streamseg.stacks.book import StackVolume
from streamseg.steering.live_settings import LiveSettings
from streamseg.timing import Spread
from streamseg.watch.summary import ModelIdentity

HISTOGRAM_BINS = 64

State = Literal["waiting", "starting", "running", "held", "switching", "ended", "failed"]
"""``waiting``: there is no stream yet (a log that does not exist). ``starting``: no frame has come out yet. ``held``: a
person paused it. ``ended`` and ``failed``: no frame will come any more; `Snapshot.error` says why it failed."""

NO_SPREAD = Spread(count=0, p50=0.0, p95=0.0, p99=0.0, maximum=0.0)


@dataclass(frozen=True, slots=True)
class Identity:
    """What runs, on what; the same until the stream is switched.

    Attributes
    ----------
    source
        With the format as negotiated (``detail``), what the user must know (``warnings``), and the length where known.
    checksum
        ``"verified"``: the weights' SHA-256 was compared with the card when they were loaded (a mismatch never runs).
        ``"as logged"``: the log says so.
    structure, colour
        What the model outlines, and the colour of its contour as ``"#rrggbb"``.
    window
        Intensity window for frames in Hounsfield units; None where there is none, and for a log.
    """

    source: SourceInfo
    model: ModelIdentity
    segmenter: SegmenterInfo
    route: Route = "exact"
    checksum: Literal["verified", "as logged"] = "verified"
    structure: str = ""
    colour: str = "#ffffff"
    modality: str = ""
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """Frames per second of the three stages that have a pace of their own; they fall to 0 when frames stop."""

    capture_hz: float = 0.0
    inference_hz: float = 0.0
    display_hz: float = 0.0


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one stage takes, in milliseconds.

    Attributes
    ----------
    run, minute
        Percentiles over the whole run, and over the last minute.
    p50_by_second, p95_by_second
        For sparklines.
    """

    run: Spread = NO_SPREAD
    minute: Spread = NO_SPREAD
    p50_by_second: tuple[float, ...] = ()
    p95_by_second: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class MinuteHistory:
    """One value for each of the last seconds, for sparklines."""

    capture_hz: tuple[float, ...] = ()
    inference_hz: tuple[float, ...] = ()
    display_hz: tuple[float, ...] = ()
    drops: tuple[float, ...] = ()
    cpu_percent: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class GpuState:
    """The graphics card that runs the model, as its driver tells."""

    name: str
    load_percent: float
    memory_mib: float
    memory_total_mib: float


@dataclass(frozen=True, slots=True)
class Resources:
    """What this process takes, sampled once a second.

    Attributes
    ----------
    cpu_percent
        In per cent of one core: 150 is one and a half.
    memory_mib
        Resident memory.
    gpu
        None where no card runs the model, or nothing that could be asked is installed.
    """

    cpu_percent: float = 0.0
    memory_mib: float = 0.0
    gpu: GpuState | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where the frame on screen is.

    Attributes
    ----------
    index
        Of the frame in the stream; never repeats, and is what log and events name.
    media_index
        Of the frame in its file or stack, from 0: what `streamseg.watch.feed.Transport.seek` takes. None for a live
        source.
    frame_count
        Length of the file or stack, where known; None otherwise. A hint: a file may hold a few more or fewer.
    media_time_ns
        Time in the recording, where there is one.
    position_mm
        Of a slice: where it lies on the line at right angles to all, where the source knows it.
    speed
        Speed of playback against the recording's own: 1 is as recorded.
    is_paced
        Whether ``speed`` counts: a file may also be played as fast as it goes.
    """

    index: int = -1
    media_index: int | None = None
    frame_count: int | None = None
    media_time_ns: int | None = None
    position_mm: float | None = None
    speed: float = 1.0
    is_paced: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in the frame on screen: scores, areas and lengths; ``area_mm2`` is None without spacing."""

    mean: float
    maximum: float
    top_percent: float
    area: float
    area_px: int
    area_mm2: float | None
    threshold: float
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTrack:
    """Scores of many frames. All arrays are (N,), read-only, and belong together entry by entry.

    Attributes
    ----------
    index
        int64; index of the frame in the stream, -1 where no frame was seen.
    time_s
        float64; seconds from the start of the stream to the drawing of the frame, NaN where none was seen.
    mean, maximum, top_percent, area
        float32, 0 to 1, as `streamseg.frame.Scores`; NaN where no frame was seen.
    area_px, area_mm2
        float32; NaN where no frame was seen, ``area_mm2`` also without spacing.
    """

    index: NDArray[np.int64]
    time_s: NDArray[np.float64]
    mean: NDArray[np.float32]
    maximum: NDArray[np.float32]
    top_percent: NDArray[np.float32]
    area: NDArray[np.float32]
    area_px: NDArray[np.float32]
    area_mm2: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """What is worked out of one frame only because a view asked.

    Attributes
    ----------
    index
        Of the frame in the stream.
    histogram
        (`HISTOGRAM_BINS`,) float64: share of the pixels of the region of interest with a probability in each of equal
        bins from 0 to 1; they add up to 1.
    largest_px, largest_mm2
        Area of the largest connected part of the mask; the latter None without spacing.
    part_count
        Number of connected parts of the mask.
    """

    index: int
    histogram: NDArray[np.float64]
    largest_px: int
    largest_mm2: float | None
    part_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """How a stream is doing at one moment.

    Attributes
    ----------
    taken_ns
        When, on the monotonic clock (of the log, for a log).
    elapsed_s
        Since the stream began.
    age_ms
        How old what is on screen is: of a live source since its capture, of a file since it was drawn; None before the
        first frame.
    jitter_ms
        How unevenly frames are captured: the mean difference between neighbouring intervals, smoothed over about 16
        frames (RFC 3550, 6.4.1); None before the third frame.
    latency
        By stage, in the order of the line; ``capture_to_canvas`` is the whole of it. See
        `streamseg.watch.summary.STAGES`.
    queues
        The ring buffers: ``frames`` and ``results`` between the stages, then one by the name of each sink.
    drops
        Frames lost so far, by cause.
    live
        The settings in force that may change while it runs.
    can_undo, can_redo
        What `Controls.undo` would take back, and `Controls.redo` bring again, in words; empty where there is nothing.
    stack
        What was found over a stack of slices so far; None for other sources.
    scores
        Of the newest frames, bounded.
    file_scores
        Of a file or stack of known length, one entry for each of its frames; None for others.
    events
        What happened, bounded. `Event.index` is None for what takes effect with the next frame.
    latest
        The rendering on screen; None before the first frame, and for a log, which holds no pictures.
    message
        What the feed itself has to say, such as that a log does not exist yet; usually empty.
    """

    taken_ns: int
    state: State = "starting"
    error: str | None = None
    message: str = ""
    elapsed_s: float = 0.0
    identity: Identity | None = None
    rates: Rates = Rates()
    latency: Mapping[str, Latency] = field(default_factory=dict)
    history: MinuteHistory = MinuteHistory()
    age_ms: float | None = None
    jitter_ms: float | None = None
    frames_in: int = 0
    frames_out: int = 0
    queues: tuple[Queue, ...] = ()
    drops: Mapping[str, int] = field(default_factory=dict)
    resources: Resources = Resources()
    live: LiveSettings | None = None
    can_undo: str = ""
    can_redo: str = ""
    position: Position = Position()
    finding: Finding | None = None
    stack: StackVolume | None = None
    scores: ScoreTrack | None = None
    file_scores: ScoreTrack | None = None
    events: tuple[Event, ...] = ()
    latest: Rendering | None = None
