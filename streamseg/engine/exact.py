"""The exact route: every segmentation waited for its own frame's inference.

``Source ──Frame──▶ RingBuffer ──▶ prepare ──▶ Segmenter ──▶ RingBuffer ──▶ postprocess``

A file is never dropped from: every stage waits for the next (`Policy.BLOCK`). From a live source inference always
takes the newest frame (`Policy.DROP_OLDEST`, one frame waits), and the frames that made room are counted.

Of a file several frames may be inferred at once, each by a thread of its own. They are taken and prepared one after
the other, and what comes of them waits for its turn: everything else sees the frames in order, one at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from streamseg.carry.stillness import Stillness
from streamseg.engine.base import Engine, Infer, is_gated
from streamseg.frame import Frame, Segmentation, Stamps
from streamseg.model_card import InputSpec
from streamseg.postprocess import Smoother, segment
from streamseg.prepare import Placement
from streamseg.protocols import Source
from streamseg.ring_buffer import BufferClosed, Policy, RingBuffer
from streamseg.scene import Prepared, SceneFollower
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls

# A live frame that has waited for more than this share of an inference is passed over for the next one, if that is
# due. At 30 Hz and 39 ms an inference this costs one mask in ten (19.5 a second, not 21.3), and takes the longest wait
# from a whole interval of the camera to 8 ms (benchmarks/live.py).
STALE_SHARE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """What inference hands over: the model's map (h, w) of a frame, not yet back in frame pixels.

    ``region`` is the region of interest as it was asked for; ``reused_from`` is that of the `Segmentation`.
    """

    frame: Frame
    region: str
    model_map: NDArray[np.float32]
    placement: Placement
    is_new_scene: bool
    stamps: Stamps
    reused_from: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A frame that was taken for inference, and its answer once that is there."""

    frame: Frame
    answer: Future[Inference] = field(default_factory=Future)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Let who waits for the answer know of an error too."""
        try:
            yield
        except BaseException as err:
            self.answer.set_exception(err)
            raise


class ExactEngine(Engine):
    """Yields every frame of a file, and of a live source the newest whenever inference is free, with its own mask.

    Parameters
    ----------
    lanes
        So many frames of a file are inferred at once; ``infer`` must stand that. Of a live source it is one, for a
        picture that is shown soon.
    """

    def __init__(
        self,
        source: Source,
        infer: Infer,
        spec: InputSpec,
        settings: StreamSettings,
        controls: Controls,
        *,
        lanes: int = 1,
    ) -> None:
        self._is_live = source.info.is_live
        policy = Policy.DROP_OLDEST if self._is_live else Policy.BLOCK
        frames: RingBuffer[Frame] = RingBuffer(1 if self._is_live else settings.buffer_frames, policy)
        super().__init__(source, infer, spec, settings, controls, frames=frames)
        self._lanes = 1 if self._is_live else lanes
        # Two wait at most, or one for every lane: a file must not run ahead of its drawing, and live must not age.
        self._tasks: RingBuffer[_Task] = RingBuffer(max(2, self._lanes), Policy.BLOCK)
        # Held by the lane that takes and prepares a frame, which must happen in order.
        self._taking = threading.Lock()
        self._taken = 0
        self._stale = 0
        # Each stage is counted by a thread of its own.
        self._sought_past = {"inference": 0, "postprocess": 0}
        self._passed_seeks = {"inference": 0, "postprocess": 0}
        self._usual_inference_ns = 0.0
        self._scene = SceneFollower(spec)
        self._stillness = Stillness() if is_gated(settings, source) else None
        self._reusable: _Task | None = None

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
            "capture_busy": self._capture.missed,
            "seek": sum(self._sought_past.values()),
        }

    @property
    def queues(self) -> dict[str, RingBuffer[Any]]:
        """The buffers between the stages, by name."""
        return {"frames": self._frames, "results": self._tasks}

    def start(self) -> None:
        """Start capture, and a thread for every lane."""
        super().start()
        for lane in range(2, self._lanes + 1):
            self.crew.start(f"inference-{lane}", self._infer)

    def __iter__(self) -> Iterator[Segmentation]:
        """Yield the segmentation of every frame inferred, in order, until the source ends or `stop`."""
        smoother = Smoother()
        for task in self._tasks:
            if self._is_sought_past(task.frame, "postprocess", len(self._tasks)):
                continue
            if task.answer.exception() is not None:
                return  # the lane hands the error over to the crew
            yield self._postprocess(task.answer.result(), smoother)

    def _postprocess(self, inference: Inference, smoother: Smoother) -> Segmentation:
        collected_ns = time.monotonic_ns()
        self.turn = self.controls.take_turn(inference.frame, inference.region)
        live = self.turn.live
        smoothed = smoother.smooth(inference.model_map, live.smoothing, is_new_scene=inference.is_new_scene)
        segmentation = segment(
            inference.frame, smoothed, inference.placement, live, is_new_scene=inference.is_new_scene
        )
        stamps = replace(inference.stamps, collected_ns=collected_ns, postprocessed_ns=time.monotonic_ns())
        return replace(segmentation, stamps=stamps, reused_from=inference.reused_from)

    def _infer(self) -> None:
        try:
            while not (self._is_live and self._has_enough(self._taken)):
                self._infer_next()
            self._frames.discard()
        except BufferClosed:
            return
        finally:
            self._frames.close()
            self._tasks.close()

    def _infer_next(self) -> None:
        with self._taking:
            task = self._take()
            with task.answering():
                inference = self._prepare(task)
        with task.answering():
            task.answer.set_result(inference())

    def _take(self) -> _Task:
        frame = self._frames.get()
        while self._is_sought_past(frame, "inference", len(self._frames)):
            frame = self._frames.get()
        task = _Task(self._freshest(frame) if self._is_live else frame)
        self._tasks.put(task)
        self._taken += 1
        return task

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

    def _prepare(self, task: _Task) -> Callable[[], Inference]:
        """Prepare the frame of ``task``, and return what is left to be done, which may be done beside other frames."""
        taken_ns = time.monotonic_ns()
        frame, region = task.frame, self.controls.current.region
        prepared = self._scene.prepare(frame, region)
        stamps = Stamps(frame.captured_ns, taken_ns, time.monotonic_ns())
        is_still = self._stillness is not None and self._stillness.update(prepared, frame.captured_ns)
        if is_still and self._reusable is not None:
            return partial(_reuse, self._reusable, frame, region, prepared, stamps)
        self._reusable = task
        return partial(self._inference, frame, region, prepared, stamps)

    def _inference(self, frame: Frame, region: str, prepared: Prepared, stamps: Stamps) -> Inference:
        model_map = self._run_model(prepared.tensor)
        inferred_ns = time.monotonic_ns()
        took_ns = inferred_ns - stamps.prepared_ns
        self._usual_inference_ns = 0.9 * (self._usual_inference_ns or took_ns) + 0.1 * took_ns
        stamps = replace(stamps, inferred_ns=inferred_ns)
        return Inference(frame, region, model_map, prepared.placement, prepared.is_new_scene, stamps)

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


def _reuse(original: _Task, frame: Frame, region: str, prepared: Prepared, stamps: Stamps) -> Inference:
    """Return the inference of an unchanged picture, whose map is that of ``original``."""
    model_map, index = original.answer.result().model_map, original.frame.index
    return Inference(frame, region, model_map, prepared.placement, prepared.is_new_scene, stamps, reused_from=index)
