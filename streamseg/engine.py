"""Capture and inference: the two threads that turn a source into segmentations, one after the other in order.

``Source ──Frame──▶ RingBuffer ──▶ prepare ──▶ Segmenter ──▶ RingBuffer ──▶ postprocess``

A file is never dropped from: every stage waits for the next (`Policy.BLOCK`). From a live source inference always
takes the newest frame (`Policy.DROP_OLDEST`, one frame waits), and the frames that made room are counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import FrameSizeError, ShutdownError, SourceUnreadableError
from streamseg.frame import Frame, Segmentation, Stamps
from streamseg.model_card import InputSpec
from streamseg.postprocess import Smoother, segment
from streamseg.prepare import Placement
from streamseg.protocols import Source
from streamseg.ring_buffer import BufferClosed, Policy, RingBuffer
from streamseg.scene import SceneTracker
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls, Turn
from streamseg.timing import Jitter, RateMeter
from streamseg.watch.summary import Stages

JOIN_DEADLINE_S = 15.0
# A live frame that has waited for more than this share of an inference is passed over for the next one, if that is
# due. At 30 Hz and 39 ms an inference this costs one mask in ten (19.5 a second, not 21.3), and takes the longest wait
# from a whole interval of the camera to 8 ms (benchmarks/live.py).
STALE_SHARE = 0.2


Infer = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A map (h, w) for a tensor (1, h, w, 1)."""


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """What inference hands over: the model's map (h, w) of a frame, not yet back in frame pixels.

    ``region`` is the region of interest as it was asked for.
    """

    frame: Frame
    region: str
    model_map: NDArray[np.float32]
    placement: Placement
    is_new_scene: bool
    stamps: Stamps


class Crew:
    """The threads of a stream. The one place where a thread hands its error over, and where all are joined."""

    def __init__(self, on_error: Callable[[], None]) -> None:
        self._on_error = on_error
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.error: BaseException | None = None

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run ``work`` in a thread of its own. What it raises ends the stream; the first error is kept."""

        def run() -> None:
            try:
                work()
            except BaseException as err:  # noqa: BLE001 - handed over to the thread that joins
                self.fail(err)

        # Daemons, so that a driver that never returns cannot keep the process from ending after the deadline.
        thread = threading.Thread(target=run, name=f"streamseg-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def fail(self, error: BaseException) -> None:
        """Keep the first error, and end the stream."""
        with self._lock:
            self.error = self.error or error
        self._on_error()

    def is_alive(self) -> bool:
        """Whether any thread still runs."""
        return any(thread.is_alive() for thread in self._threads)

    def join(self, deadline_s: float) -> None:
        """Wait for all threads. One that does not end in time is a `ShutdownError`, unless something failed before."""
        end = time.monotonic() + deadline_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late and self.error is None:
            self.error = ShutdownError(f"{', '.join(late)} did not stop within {deadline_s:g} s")


class Engine:
    """Runs capture and inference. Iterating over it yields segmentations; `stop` or `abandon` ends it."""

    def __init__(
        self, source: Source, infer: Infer, spec: InputSpec, settings: StreamSettings, controls: Controls
    ) -> None:
        self.controls = controls
        self.stages = Stages()
        self.frames_in = 0
        self.capture_rate = RateMeter()
        self.inference_rate = RateMeter()
        self.jitter = Jitter()
        self.turn = Turn(controls.current)
        self._source = source
        self._infer_map = infer
        self._limit = settings.frames
        self._every = settings.playback.every
        self._missed = 0
        self._stale = 0
        # Each stage is counted by a thread of its own.
        self._sought_past = {"inference": 0, "postprocess": 0}
        self._passed_seeks = {"inference": 0, "postprocess": 0}
        self._usual_inference_ns = 0.0
        self._is_live = source.info.is_live
        policy = Policy.DROP_OLDEST if self._is_live else Policy.BLOCK
        self._frames: RingBuffer[Frame] = RingBuffer(1 if self._is_live else settings.buffer_frames, policy)
        # Two results wait at most: a file must not run ahead of its drawing, and live must not age.
        self._inferences: RingBuffer[Inference] = RingBuffer(2, Policy.BLOCK)
        self._spec = spec
        self._region = controls.current.region
        self._scene = SceneTracker(self._region, spec)
        self._captured_at = 0, 0
        self._inferred_seeks = 0
        self.crew = Crew(on_error=self.stop)

    @property
    def drops(self) -> dict[str, int]:
        """Frames that are lost, by cause; of a file only by ``seek``.

        ``inference_busy``: captured, and made room for a newer one. ``stale``: passed over for the next one, which was
        about to come. ``capture_busy``: never taken from the driver in time, as the gaps in its indices tell; these
        are not among ``frames_in``. ``seek``: on their way when the user went elsewhere in the file.
        """
        return {
            "inference_busy": self._frames.dropped,
            "stale": self._stale,
            "capture_busy": self._missed,
            "seek": sum(self._sought_past.values()),
        }

    @property
    def unshown(self) -> int:
        """How many of ``frames_in`` are lost."""
        drops = self.drops
        return sum(drops.values()) - drops["capture_busy"]

    @property
    def queues(self) -> dict[str, RingBuffer[Any]]:
        """The buffers between the stages, by name."""
        return {"frames": self._frames, "results": self._inferences}

    def start(self) -> None:
        """Start the two threads."""
        self.crew.start("capture", self._capture)
        self.crew.start("inference", self._infer)

    def stop(self) -> None:
        """Ask for the end: no more frames are captured, those on their way are finished."""
        self.controls.stop()
        self._frames.close()
        self._source.close()

    def abandon(self) -> None:
        """End at once: frames on their way are dropped."""
        self._frames.discard()
        self._inferences.discard()
        self.stop()

    def __iter__(self) -> Iterator[Segmentation]:
        """Yield the segmentation of every frame inferred, in order, until the source ends or `stop`.

        ``turn`` holds what the one yielded last was made with.
        """
        smoother = Smoother()
        for inference in self._inferences:
            if not self._is_sought_past(inference.frame, "postprocess", len(self._inferences)):
                yield self._postprocess(inference, smoother)

    def _postprocess(self, inference: Inference, smoother: Smoother) -> Segmentation:
        collected_ns = time.monotonic_ns()
        self.turn = self.controls.take_turn(inference.frame, inference.region)
        live = self.turn.live
        smoothed = smoother.smooth(inference.model_map, live.smoothing, is_new_scene=inference.is_new_scene)
        segmentation = segment(
            inference.frame, smoothed, inference.placement, live, is_new_scene=inference.is_new_scene
        )
        stamps = replace(inference.stamps, collected_ns=collected_ns, postprocessed_ns=time.monotonic_ns())
        return replace(segmentation, stamps=stamps)

    def _capture(self) -> None:
        try:
            self._capture_frames()
        finally:
            self._frames.close()
            self._source.close()
        if self.frames_in == 0 and not self.controls.is_stopping:
            raise SourceUnreadableError(f"source {self._source.info.name!r} ended before its first frame")

    def _capture_frames(self) -> None:
        size, last_index = None, -1
        while not self.controls.is_stopping and not (self._has_enough(self.frames_in) and not self._is_live):
            begin_ns = time.monotonic_ns()
            frame = next(self._source, None)
            if frame is None:
                return
            if size is None:
                size = frame.size
                self.controls.limit_regions(size)
            if frame.size != size:
                raise FrameSizeError(
                    f"frame {frame.index} of {self._source.info.name!r} is {_wxh(frame.size)}, those before were "
                    f"{_wxh(size)}; use `streamseg segment` for pictures of several sizes"
                )
            self.stages.add_capture(max(0, frame.captured_ns - begin_ns), frame.captured_ns)
            self.capture_rate.tick(frame.captured_ns)
            self._count_interval(frame)
            try:
                self._frames.put(frame)
            except BufferClosed:
                return
            self.frames_in += 1
            if self._is_live and self._every == 1:
                self._missed += frame.index - last_index - 1
            last_index = frame.index

    def _count_interval(self, frame: Frame) -> None:
        # The interval over a hold or a seek is the user's doing. A held live source goes on.
        place = frame.seeks, 0 if self._is_live else self.controls.holds
        if place != self._captured_at:
            self._captured_at = place
            self.jitter.interrupt()
        self.jitter.add(frame.captured_ns)

    def _infer(self) -> None:
        try:
            wanted = (
                frame for frame in self._frames if not self._is_sought_past(frame, "inference", len(self._frames))
            )
            for done, frame in enumerate(wanted, start=1):
                self._inferences.put(self._inference(self._freshest(frame) if self._is_live else frame))
                if self._has_enough(done) and self._is_live:
                    self._frames.discard()
                    return
        except BufferClosed:
            return
        finally:
            self._frames.close()
            self._inferences.close()

    def _freshest(self, frame: Frame) -> Frame:
        """Return ``frame``, or the next one where that makes the picture newer and is about to come."""
        now_ns = time.monotonic_ns()
        rate_hz = self.capture_rate.rate(now_ns)
        age_ns = now_ns - frame.captured_ns
        due_ns = 1e9 / rate_hz - age_ns if rate_hz else 0
        if age_ns <= STALE_SHARE * self._usual_inference_ns or due_ns <= 0:
            return frame
        try:
            newer = self._frames.get(timeout_s=1.5 * due_ns / 1e9)
        except (TimeoutError, BufferClosed):
            return frame
        self._stale += 1
        return newer

    def _inference(self, frame: Frame) -> Inference:
        taken_ns = time.monotonic_ns()
        region = self.controls.current.region
        if region != self._region:
            self._scene, self._region = SceneTracker(region, self._spec), region
        prepared = self._scene.prepare(frame)
        is_elsewhere, self._inferred_seeks = frame.seeks != self._inferred_seeks, frame.seeks
        prepared_ns = time.monotonic_ns()
        model_map = self._infer_map(prepared.tensor)
        stamps = Stamps(frame.captured_ns, taken_ns, prepared_ns, time.monotonic_ns())
        self.inference_rate.tick(stamps.inferred_ns)
        took_ns = stamps.inferred_ns - stamps.prepared_ns
        self._usual_inference_ns = 0.9 * (self._usual_inference_ns or took_ns) + 0.1 * took_ns
        return Inference(frame, region, model_map, prepared.placement, prepared.is_new_scene or is_elsewhere, stamps)

    def _is_sought_past(self, frame: Frame, stage: Literal["inference", "postprocess"], waiting: int) -> bool:
        """Whether the user has gone elsewhere in the file since ``frame`` was captured; counted, if so.

        The first frame of each seek is let through unless others wait behind it: who drags a scrubber seeks faster than
        frames can be inferred, and would see nothing until the mouse rests.
        """
        is_first = frame.seeks > self._passed_seeks[stage]
        is_past = frame.seeks < self.controls.seeks and (waiting > 0 or not is_first)
        self._passed_seeks[stage] = frame.seeks
        self._sought_past[stage] += is_past
        return is_past

    def _has_enough(self, count: int) -> bool:
        return self._limit is not None and count >= self._limit


def _wxh(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"
