"""Watches a pipeline for those who view it: keeps its gauges, and makes snapshots of it when one is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from streamseg.engine import Engine
from streamseg.frame import Queue, Rendering, Segmentation, Vitals
from streamseg.outlet import Outlet
from streamseg.protocols import StreamInfo
from streamseg.stacks.book import StackBook, StackVolume
from streamseg.watch.drop_watch import DropWatch
from streamseg.watch.gauges import Gauges, finding_of
from streamseg.watch.inspection import Inspector
from streamseg.watch.resources import ResourceMeter
from streamseg.watch.score_book import ScoreRow
from streamseg.watch.snapshot import Identity, Inspection, Position, Resources, Snapshot, State
from streamseg.watch.summary import ModelIdentity

SAMPLE_NS = 1_000_000_000


class Observer:
    """Told by the pipeline what came out; told nothing by those who view, who own nothing of it."""

    def __init__(self, engine: Engine, stream: StreamInfo, outlets: Sequence[Outlet]) -> None:
        self._engine = engine
        self._stream = stream
        self._outlets = outlets
        source = stream.source
        self.gauges = Gauges(
            stages=engine.stages,
            capture=engine.capture_rate,
            inference=engine.inference_rate,
            length=source.length if source.length is not None else source.frame_count,
        )
        self._slices = StackBook(source.length if source.length is not None else source.frame_count)
        self.frames_out = 0
        self.latest: Rendering | None = None
        self._lock = threading.Lock()
        self._inspector = Inspector()
        self._meter = ResourceMeter(stream.segmenter.provider)
        self._resources = Resources()
        self._drop_watch = DropWatch()
        self._vitals: Vitals | None = None
        self._sampled_ns = 0
        self._began_ns = time.monotonic_ns()
        self._ended_ns: int | None = None

    # For the pipeline.

    def begin(self) -> None:
        """Take note that the stream begins."""
        self._began_ns = self._sampled_ns = time.monotonic_ns()
        for warning in self._stream.source.warnings:
            self._engine.controls.note("warning", warning)

    def end(self) -> None:
        """Take note that the stream is over: nothing decays any more."""
        self._ended_ns = time.monotonic_ns()

    def count(self, segmentation: Segmentation) -> None:
        """Count a frame that was drawn."""
        frame, stamps = segmentation.frame, segmentation.stamps
        gauges = self.gauges
        gauges.stages.add(stamps)
        gauges.display.tick(stamps.drawn_ns)
        gauges.scores.add(
            ScoreRow(
                index=frame.index,
                media_index=frame.media_index,
                time_s=(stamps.drawn_ns - self._began_ns) / 1e9,
                scores=segmentation.scores,
                area_px=segmentation.area_px,
                area_mm2=segmentation.area_mm2,
            )
        )
        if frame.position_mm is not None:
            self._slices.add(segmentation)  # which counts a slice's own mask alone
        self.frames_out += 1

    @property
    def stack(self) -> StackVolume | None:
        """What was found over a stack so far; None for a source that is none."""
        volume = self._slices.volume
        return volume if volume.slices_seen else None

    def show(self, rendering: Rendering) -> None:
        """Take note of what is on screen now."""
        with self._lock:
            self.latest = rendering

    def redraw(self, before: Rendering, after: Rendering) -> None:
        """Put ``after`` in the place of ``before``, unless a newer one is on screen already."""
        with self._lock:
            if self.latest is before:
                self.latest = after

    def take_vitals(self) -> Vitals | None:
        """Return how the stream does, once for each time that it was sampled."""
        vitals, self._vitals = self._vitals, None
        return vitals

    def sample(self) -> None:
        """Sample what is not counted frame by frame, once a second; called more often, it does nothing."""
        now_ns = time.monotonic_ns()
        if now_ns - self._sampled_ns < SAMPLE_NS:
            return
        self._sampled_ns = now_ns
        drops = self.drops
        # Whoever seeks knows that what was on its way is dropped.
        for message in self._drop_watch.compare({cause: count for cause, count in drops.items() if cause != "seek"}):
            self._engine.controls.note("drop", message)
        self.gauges.dropped.add(now_ns, self._drop_watch.newest)
        self._resources = self._meter.sample()
        self.gauges.cpu_percent.add(now_ns, self._resources.cpu_percent)
        self._vitals = Vitals(
            at_ns=now_ns,
            frames_in=self._engine.frames_in,
            capture_hz=self._engine.capture_rate.rate(now_ns),
            inference_hz=self._engine.inference_rate.rate(now_ns),
            display_hz=self.gauges.display.rate(now_ns),
            jitter_ms=self._engine.jitter.jitter_ms,
            cpu_percent=self._resources.cpu_percent,
            memory_mib=self._resources.memory_mib,
            queues=self._queues(),
        )

    @property
    def drops(self) -> dict[str, int]:
        """Frames lost so far by cause, without causes of none."""
        drops = self._engine.drops | {f"{outlet.sink.name}_busy": outlet.queue.dropped for outlet in self._outlets}
        return {cause: count for cause, count in drops.items() if count}

    # For those who view.

    def snapshot(self) -> Snapshot:
        """Return how the stream is doing now."""
        now_ns = self._ended_ns or time.monotonic_ns()
        latest, controls = self.latest, self._engine.controls
        reading = self.gauges.read(now_ns)
        error = self._engine.crew.error
        return Snapshot(
            taken_ns=now_ns,
            state=self._state(),
            error=None if error is None or isinstance(error, KeyboardInterrupt) else str(error),
            elapsed_s=(now_ns - self._began_ns) / 1e9,
            identity=identity_of(self._stream),
            rates=reading.rates,
            latency=reading.latency,
            history=reading.history,
            age_ms=None if latest is None else self._age_ms(latest.segmentation, now_ns),
            jitter_ms=self._engine.jitter.jitter_ms,
            frames_in=self._engine.frames_in,
            frames_out=self.frames_out,
            queues=self._queues(),
            drops=self.drops,
            resources=self._resources,
            live=controls.current,
            can_undo=controls.can_undo,
            can_redo=controls.can_redo,
            position=self._position(),
            finding=None if latest is None else finding_of(latest.segmentation),
            stack=self.stack,
            scores=reading.scores,
            file_scores=reading.file_scores,
            events=controls.events,
            latest=latest,
        )

    def inspect(self) -> Inspection | None:
        """Return what is worked out of the newest frame only because a view asks."""
        latest = self.latest
        return self._inspector.look(None if latest is None else latest.segmentation)

    def _state(self) -> State:
        if self._ended_ns is not None:
            error = self._engine.crew.error
            return "ended" if error is None or isinstance(error, KeyboardInterrupt) else "failed"
        if self._engine.controls.is_paused:
            return "held"
        return "running" if self.frames_out else "starting"

    def _age_ms(self, segmentation: Segmentation, now_ns: int) -> float:
        stamps = segmentation.stamps
        return (now_ns - (stamps.captured_ns if self._stream.source.is_live else stamps.drawn_ns)) / 1e6

    def _queues(self) -> tuple[Queue, ...]:
        between = (
            Queue(name, len(queue), queue.capacity, queue.dropped) for name, queue in self._engine.queues.items()
        )
        return (*between, *(outlet.state for outlet in self._outlets))

    def _position(self) -> Position:
        source, latest, controls = self._stream.source, self.latest, self._engine.controls
        frame = None if latest is None else latest.segmentation.frame
        return Position(
            index=-1 if frame is None else frame.index,
            media_index=None if frame is None else frame.media_index,
            frame_count=source.length if source.length is not None else source.frame_count,
            media_time_ns=None if frame is None else frame.media_time_ns,
            position_mm=None if frame is None else frame.position_mm,
            speed=controls.speed,
            is_paced=controls.is_paced,
        )


def identity_of(stream: StreamInfo) -> Identity:
    """Return what runs, on what."""
    card = stream.card
    return Identity(
        source=stream.source,
        model=ModelIdentity(card.name, card.version, stream.weights.sha256),
        segmenter=stream.segmenter,
        route=stream.route,
        structure=card.structure.name,
        colour=card.structure.colour,
        modality=card.modality,
        window=card.input.window,
    )
