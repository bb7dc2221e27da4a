"""The live route: every frame is segmented as it comes, with the newest map carried to it by optical flow.

``Source ──Frame──▶ RingBuffer ──▶ prepare ──▶ carry ──▶ postprocess``, and beside it
``prepare ──▶ RingBuffer ──▶ Segmenter ──▶ RingBuffer ──▶ carry``

Nothing waits for inference: it takes the newest frame whenever it is free, and its map is carried from that frame to
the one that is newest by then.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.carry.carrier import Carried, Carrier
from streamseg.carry.stillness import Stillness
from streamseg.engine.base import Engine, Infer, is_gated
from streamseg.frame import Frame, Segmentation, Stamps
from streamseg.machine import give_way
from streamseg.model_card import InputSpec
from streamseg.postprocess import segment, unsegmented
from streamseg.protocols import Source
from streamseg.ring_buffer import BufferClosed, Policy, RingBuffer
from streamseg.scene import Prepared, SceneFollower
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls

# So many frames wait while drawing is held up for a moment; it catches up with them faster than they come.
WAITING_FRAMES = 3
# Who steps through a held file sees the frame's own mask, unless inference takes longer than this.
OWN_MASK_DEADLINE_NS = 5_000_000_000
OWN_MASK_LOOK_S = 0.05
SLOW_IN_A_ROW = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A frame for inference: its index and its tensor (1, h, w, 1)."""

    index: int
    tensor: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    """The map (h, w) that was inferred from the frame of ``index``."""

    index: int
    model_map: NDArray[np.float32]


class LiveEngine(Engine):
    """Yields every frame when it arrives; what its mask was inferred from and how old that is, it says.

    A mask is dropped at a cut, a seek, a new region, the end of a freeze, where the flow disagrees with itself, and
    once it is too old: a frame without a mask is better than one with a wrong one.
    """

    def __init__(
        self, source: Source, infer: Infer, spec: InputSpec, settings: StreamSettings, controls: Controls
    ) -> None:
        super().__init__(source, infer, spec, settings, controls, frames=RingBuffer(WAITING_FRAMES, Policy.DROP_OLDEST))
        self._tasks: RingBuffer[_Task] = RingBuffer(1, Policy.DROP_OLDEST)
        self._results: RingBuffer[_Result] = RingBuffer(2, Policy.DROP_OLDEST)
        self._scene = SceneFollower(spec, looks_later=True)
        self._stillness = Stillness()
        self._is_gated = is_gated(settings, source)
        self._oldest_ms = settings.oldest_mask_ms
        self._carrier = Carrier(spec.size, oldest_ns=round(settings.oldest_mask_ms * 1e6))
        self._is_file = not source.info.is_live
        # The frames that inference was asked for, and that the newest map is of.
        self._asked = self._answered = -1

    @property
    def drops(self) -> dict[str, int]:
        """Frames that are lost, by cause; one that is not inferred is not lost.

        ``drawing_busy``: captured, and made room for a newer one. ``capture_busy``: never taken from the driver in
        time, as the gaps in the indices tell; these are not among ``frames_in``.
        """
        return {"drawing_busy": self._frames.dropped, "capture_busy": self._capture.missed}

    @property
    def queues(self) -> dict[str, RingBuffer[Any]]:
        """The buffers between the stages, by name; ``inference`` drops what it does not come to."""
        return {"frames": self._frames, "inference": self._tasks, "results": self._results}

    def __iter__(self) -> Iterator[Segmentation]:
        """Yield the segmentation of every frame that was captured, in order, until the source ends or `stop`."""
        try:
            for done, frame in enumerate(self._frames, start=1):
                yield self._segment(frame)
                # It is drawn by now: that need not wait for what takes 0.7 to 1.9 ms of every third frame, at times 4.
                self._scene.look(frame)
                if self._has_enough(done):
                    self.stop()
                    self._frames.discard()
        finally:
            self._tasks.close()

    def _infer(self) -> None:
        give_way()  # a frame that has come is drawn first
        slow, has_warned = 0, False
        try:
            for task in self._tasks:
                begin_ns = time.monotonic_ns()
                model_map = self._run_model(task.tensor)
                now_ns = time.monotonic_ns()
                self.stages.add_inference(now_ns - begin_ns, now_ns)
                took_ms = (now_ns - begin_ns) / 1e6
                slow = slow + 1 if took_ms > self._oldest_ms else 0
                if slow >= SLOW_IN_A_ROW and not has_warned:
                    has_warned = True
                    self.controls.note("warning", _slowness(took_ms, self._oldest_ms))
                with suppress(BufferClosed):
                    self._results.put(_Result(task.index, model_map))
        finally:
            self._results.close()

    def _segment(self, frame: Frame) -> Segmentation:
        taken_ns = time.monotonic_ns()
        region = self.controls.current.region
        prepared = self._scene.prepare(frame, region)
        prepared_ns = time.monotonic_ns()
        is_new_scene = self._follow(frame, prepared)
        self._collect()
        self._await_own(frame)
        carried = self._carrier.carry(frame.captured_ns)
        carried_ns = time.monotonic_ns()
        self.turn = self.controls.take_turn(frame, region)
        if carried is None:
            segmentation = unsegmented(frame, prepared.placement, self.turn.live)
        else:
            segmentation = _marked(segment(frame, carried.model_map, prepared.placement, self.turn.live), carried)
        stamps = Stamps(
            captured_ns=frame.captured_ns,
            taken_ns=taken_ns,
            prepared_ns=prepared_ns,
            collected_ns=carried_ns,
            carried_ns=carried_ns,
            postprocessed_ns=time.monotonic_ns(),
        )
        return replace(segmentation, is_new_scene=is_new_scene, stamps=stamps)

    def _follow(self, frame: Frame, prepared: Prepared) -> bool:
        """Ask for inference and follow the flow, where the picture has changed. Return whether a new scene begins."""
        is_still = self._stillness.update(prepared, frame.captured_ns)
        is_new_scene = prepared.is_new_scene or self._stillness.has_thawed
        if is_new_scene:
            self._carrier.drop()
        if not (is_still and self._is_gated):
            # A result is nothing that the user would miss once the stream ends.
            with suppress(BufferClosed):
                self._tasks.put(_Task(frame.index, prepared.tensor))
                self._asked = frame.index
            self._carrier.advance(prepared.tensor[0, :, :, 0], frame.index, frame.captured_ns)
        return is_new_scene

    def _collect(self, timeout_s: float = 0.0) -> None:
        """Take in the maps that were inferred meanwhile, waiting so long for the first."""
        with suppress(TimeoutError, BufferClosed):
            while True:
                result = self._results.get(timeout_s)
                timeout_s = 0.0
                self._answered = result.index
                smoothing = self.controls.current.smoothing
                self._carrier.accept(result.index, result.model_map, smoothing=smoothing)

    def _await_own(self, frame: Frame) -> None:
        """Wait for the frame's own mask where a file is held: who steps through it is in no hurry."""
        deadline_ns = time.monotonic_ns() + OWN_MASK_DEADLINE_NS
        while (
            self._is_file
            and self.controls.is_paused
            and not self.controls.is_stopping
            and self.controls.seeks == frame.seeks
            and self._answered < self._asked
            and time.monotonic_ns() < deadline_ns
        ):
            self._collect(OWN_MASK_LOOK_S)


def _marked(segmentation: Segmentation, carried: Carried) -> Segmentation:
    """Return ``segmentation`` with what its mask was inferred from."""
    if carried.source_index == segmentation.frame.index:
        return segmentation
    if carried.age_ns == 0:
        return replace(segmentation, reused_from=carried.source_index)
    return replace(segmentation, carried_from=carried.source_index, mask_age_ms=carried.age_ns / 1e6)


def _slowness(took_ms: float, oldest_ms: float) -> str:
    return (
        f"inference takes {took_ms:.0f} ms, and no mask is carried for more than {oldest_ms:g} ms: hardly any will be "
        "seen; choose --route exact, a faster model or a larger --oldest-mask-ms"
    )
