"""The whole line under one roof: engine, drawing and sinks. The one place that owns start and shutdown.

``Engine ──Segmentation──▶ Overlay ──Rendering──▶ Sinks``

Drawing has a thread, and so has every sink; windows are served by the thread that called `Pipeline.run`. A sink that
is slow is queued for. For a file, one that needs every frame holds the line up rather than lose one; everything else
is skipped for it and counted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import cv2

from streamseg.engine import JOIN_DEADLINE_S, Engine
from streamseg.errors import StreamsegError
from streamseg.frame import Frame, Rendering, Segmentation
from streamseg.observer import Observer
from streamseg.outlet import Outlet
from streamseg.overlay.artist import Artist
from streamseg.postprocess import change_threshold
from streamseg.protocols import MainThreadSink, Sink, StreamInfo
from streamseg.ring_buffer import BufferClosed
from streamseg.scan.freeze import FreezeDetector
from streamseg.steering.live_settings import LiveSettings
from streamseg.watch.snapshot import Inspection, Snapshot
from streamseg.watch.summary import ModelIdentity, Summary
from streamseg.window_desk import WindowDesk

logger = logging.getLogger(__name__)

PUMP_INTERVAL_S = 1 / 30


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stream is, for one line on a terminal; rates in Hz, 0 when frames have stopped."""

    frames_in: int
    frames_out: int
    drops: Mapping[str, int]
    capture_hz: float
    inference_hz: float
    display_hz: float
    latest: Rendering | None


class Pipeline:
    """One stream from source to screen. Run it once."""

    def __init__(self, engine: Engine, stream: StreamInfo, sinks: Sequence[Sink]) -> None:
        self._engine = engine
        self._stream = stream
        self._controls = engine.controls
        queue_frames = stream.settings.buffer_frames
        # On the live route no picture waits for anything, not even that of a file for a recorder.
        is_live = stream.source.is_live or stream.route == "live"
        outlets = [Outlet(sink, is_live=is_live, queue_frames=queue_frames) for sink in sinks]
        self._workers = [outlet for outlet in outlets if not outlet.sink.needs_main_thread]
        self._windows = [outlet for outlet in outlets if outlet.sink.needs_main_thread]
        self._views = tuple(self._windows)
        self._artist = Artist(stream)
        self._observer = Observer(engine, stream, (*self._workers, *self._windows))
        self._freeze, self._is_frozen = FreezeDetector(), False
        self._first_ns = self._last_ns = 0
        self._drawn_with: LiveSettings | None = None
        self._was_interrupted = False

    def run(self, on_tick: Callable[[Progress], None] | None = None) -> Summary:
        """Run to the end of the source, to `Controls.stop`, or to Ctrl-C, and return what is known then.

        Parameters
        ----------
        on_tick
            Called about thirty times a second on this thread, for a progress display.

        Raises
        ------
        StreamsegError
            What went wrong first; all outputs were finished before. `summary` is still to be had.
        """
        crew = self._engine.crew
        opencv_threads = cv2.getNumThreads()
        # OpenCV's own threads wake up for a fraction of a millisecond of work and take the cores from inference:
        # drawing at 1280x960 in turns with inference takes 4.0 ms with two of them, 2.7 ms with one
        # (benchmarks/overlay.py).
        cv2.setNumThreads(1)
        try:
            self._open()
            self._observer.begin()
            self._engine.start()
            for outlet in self._workers:
                crew.start(outlet.sink.name, outlet.serve)
            crew.start("render", self._render)
            self._attend(on_tick)
        except BaseException as err:
            self._was_interrupted |= isinstance(err, KeyboardInterrupt)
            crew.fail(err)
            raise
        finally:
            self._shut_down()
            cv2.setNumThreads(opencv_threads)
            self._observer.end()
        if crew.error is not None:
            raise crew.error
        return self.summary

    def hand_windows_to(self, desk: WindowDesk) -> None:
        """Have windows served by whoever serves ``desk``, and not by the thread that runs the stream."""
        for outlet in self._windows:
            outlet.sink = desk.place(outlet.sink)
        self._workers, self._windows = [*self._workers, *self._windows], []

    def stop(self) -> None:
        """Ask for the end; everything that is on its way is still finished."""
        self._engine.stop()

    @property
    def stream(self) -> StreamInfo:
        """What runs, and the controls that a view may turn."""
        return self._stream

    @property
    def progress(self) -> Progress:
        """How far the stream is."""
        now_ns = time.monotonic_ns()
        return Progress(
            frames_in=self._engine.frames_in,
            frames_out=self._observer.frames_out,
            drops=self._observer.drops,
            capture_hz=self._engine.capture_rate.rate(now_ns),
            inference_hz=self._engine.inference_rate.rate(now_ns),
            display_hz=self._observer.gauges.display.rate(now_ns),
            latest=self._observer.latest,
        )

    def snapshot(self) -> Snapshot:
        """Return how the stream is doing now, in full; from any one thread, about ten times a second."""
        return self._observer.snapshot()

    def inspect(self) -> Inspection | None:
        """Return what is worked out of the newest frame only because a view asks."""
        return self._observer.inspect()

    @property
    def summary(self) -> Summary:
        """What is known of the run so far, or at its end."""
        card, error = self._stream.card, self._engine.crew.error
        span_ns = self._last_ns - self._first_ns
        drops, frames_out = self._observer.drops, self._observer.frames_out
        unfinished = self._engine.frames_in - frames_out - self._engine.unshown
        return Summary(
            frames_in=self._engine.frames_in,
            frames_out=frames_out,
            drops=drops | {"unfinished": unfinished} if unfinished else drops,
            fps=(frames_out - 1) * 1e9 / span_ns if span_ns else 0.0,
            latency_ms=self._engine.stages.spreads,
            model=ModelIdentity(card.name, card.version, self._stream.weights.sha256),
            segmenter=self._stream.segmenter,
            source=self._stream.source,
            threshold=self._controls.current.threshold,
            route=self._stream.route,
            stack=self._observer.stack,
            was_interrupted=self._was_interrupted,
            error=None if error is None or isinstance(error, KeyboardInterrupt) else str(error),
        )

    def _open(self) -> None:
        for outlet in (*self._workers, *self._windows):
            outlet.sink.open(self._stream)

    def _render(self) -> None:
        outlets = (*self._workers, *self._windows)
        try:
            for segmentation in self._engine:
                rendering = self._draw(segmentation)
                for outlet in outlets:
                    outlet.put(rendering)
                self._observer.show(rendering)
        finally:
            for outlet in outlets:
                outlet.queue.close()

    def _draw(self, segmentation: Segmentation) -> Rendering:
        turn = self._engine.turn
        fps = self._observer.gauges.display.rate(time.monotonic_ns())
        self._watch_for_freeze(segmentation.frame)
        rendering = self._painted(segmentation, turn.live, fps)
        drawn_ns = time.monotonic_ns()
        segmentation = replace(segmentation, stamps=replace(segmentation.stamps, drawn_ns=drawn_ns))
        self._observer.count(segmentation)
        if not self._first_ns:
            self._first_ns = drawn_ns
            self._check_modality(segmentation.frame)
        self._last_ns = drawn_ns
        drops, vitals = self._observer.drops, self._observer.take_vitals()
        return replace(rendering, segmentation=segmentation, drops=drops, events=turn.events, vitals=vitals)

    def _watch_for_freeze(self, frame: Frame) -> None:
        is_frozen = self._freeze.update(frame)
        if is_frozen != self._is_frozen:
            self._is_frozen = is_frozen
            self._controls.note("frozen", "the picture stands still" if is_frozen else "the picture moves again")

    def _check_modality(self, frame: Frame) -> None:
        """Say so where the model was made for pictures of another kind: it finds its structure in those too."""
        card = self._stream.card
        if frame.modality is not None and frame.modality != card.modality:
            logger.warning(
                "%s is a model for %s, but this source is %s: what it marks means nothing; choose another --model",
                *(card.name, card.modality, frame.modality),
            )

    def _painted(self, segmentation: Segmentation, live: LiveSettings, fps: float) -> Rendering:
        self._drawn_with = live
        rates_hz = fps, self._engine.inference_rate.rate(time.monotonic_ns())
        is_paused, is_frozen = self._controls.is_paused, self._is_frozen
        return self._artist.render(segmentation, live, rates_hz=rates_hz, is_paused=is_paused, is_frozen=is_frozen)

    def _redraw_where_held(self) -> None:
        """Show a changed setting at once while a file is held, in the views alone: no frame passes the line.

        Another region of interest needs another inference: the frame is sought again.
        """
        live, latest, before = self._controls.current, self._observer.latest, self._drawn_with
        is_held = self._controls.is_paused and not self._stream.source.is_live
        if not is_held or latest is None or before is None or live is before:
            return
        segmentation = change_threshold(latest.segmentation, live)
        painted = self._painted(segmentation, live, latest.fps)
        rendering = replace(painted, drops=latest.drops, events=latest.events, vitals=latest.vitals)
        self._observer.redraw(latest, rendering)
        for outlet in self._views:
            outlet.put(rendering)
        media_index = segmentation.frame.media_index
        if live.region != before.region and media_index is not None and self._controls.is_seekable:
            self._controls.seek(media_index)

    def _attend(self, on_tick: Callable[[Progress], None] | None) -> None:
        """Serve the windows and the progress display until all threads have ended and the last frame is shown."""
        stopping_since = 0.0
        while self._engine.crew.is_alive() or any(len(outlet.queue) for outlet in self._windows):
            if self._controls.is_stopping:
                stopping_since = stopping_since or time.monotonic()
                if time.monotonic() - stopping_since > JOIN_DEADLINE_S:
                    return  # a driver may never return; joining will name the thread
            try:
                self._attend_once()
                self._redraw_where_held()
                self._observer.sample()
                if on_tick is not None:
                    on_tick(self.progress)
            except KeyboardInterrupt:
                if self._was_interrupted:
                    raise
                self._was_interrupted = True
                logger.info("interrupted; finishing the outputs")
                self._engine.stop()

    def _attend_once(self) -> None:
        if not self._windows:
            time.sleep(PUMP_INTERVAL_S)
        for outlet in self._windows:
            sink = cast("MainThreadSink", outlet.sink)
            try:
                sink.write(outlet.get(PUMP_INTERVAL_S))
            except TimeoutError:
                sink.pump()
            except BufferClosed:
                time.sleep(PUMP_INTERVAL_S)

    def _shut_down(self) -> None:
        self._engine.stop()
        if self._engine.crew.error is not None and self._was_interrupted:
            self._engine.abandon()
        self._engine.crew.join(JOIN_DEADLINE_S)
        for outlet in (*self._workers, *self._windows):
            try:
                outlet.sink.close()
            except StreamsegError as err:
                self._engine.crew.fail(err)
