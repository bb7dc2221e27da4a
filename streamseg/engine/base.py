"""What both routes from a source to segmentations have in common."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.engine.capture import Capture
from streamseg.engine.crew import Crew
from streamseg.frame import Frame, Segmentation
from streamseg.model_card import InputSpec
from streamseg.protocols import Source
from streamseg.ring_buffer import BufferClosed, Policy, RingBuffer
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls, Turn
from streamseg.timing import Jitter, RateMeter
from streamseg.watch.summary import Stages

Infer = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A map (h, w) for a tensor (1, h, w, 1)."""


class Engine(ABC):
    """Runs capture and inference. Iterating over it yields segmentations; `stop` or `abandon` ends it.

    Attributes
    ----------
    turn
        What the segmentation yielded last was made with.
    """

    def __init__(
        self,
        source: Source,
        infer: Infer,
        spec: InputSpec,
        settings: StreamSettings,
        controls: Controls,
        *,
        frames: RingBuffer[Frame],
    ) -> None:
        self.controls = controls
        self.stages = Stages()
        self.inference_rate = RateMeter()
        self.turn = Turn(controls.current)
        self.crew = Crew(on_error=self.stop)
        self._source = source
        self._infer_map = infer
        self._spec = spec
        self._limit = settings.frames
        self._frames = frames
        # From a file no more is read than is wanted; which frames of a live source come out is not known beforehand.
        limit = settings.frames if frames.policy is Policy.BLOCK else None
        self._capture = Capture(source, controls, self.stages, limit=limit, every=settings.playback.every)

    @property
    @abstractmethod
    def drops(self) -> dict[str, int]:
        """Frames that are lost, by cause."""

    @property
    @abstractmethod
    def queues(self) -> dict[str, RingBuffer[Any]]:
        """The buffers between the stages, by name."""

    @abstractmethod
    def __iter__(self) -> Iterator[Segmentation]:
        """Yield segmentations, in the order of their frames, until the source ends or `stop`."""

    @abstractmethod
    def _infer(self) -> None:
        """Infer frames until there are no more: the work of the inference thread."""

    @property
    def frames_in(self) -> int:
        """Frames that the source gave."""
        return self._capture.frames_in

    @property
    def capture_rate(self) -> RateMeter:
        """Frames that the source gives, per second."""
        return self._capture.rate

    @property
    def jitter(self) -> Jitter:
        """How unevenly they come."""
        return self._capture.jitter

    @property
    def unshown(self) -> int:
        """How many of ``frames_in`` are lost."""
        drops = self.drops
        return sum(drops.values()) - drops["capture_busy"]

    def start(self) -> None:
        """Start the two threads."""
        self.crew.start("capture", self._take_frames)
        self.crew.start("inference", self._infer)

    def stop(self) -> None:
        """Ask for the end: no more frames are captured, those on their way are finished."""
        self.controls.stop()
        self._frames.close()
        self._source.close()

    def abandon(self) -> None:
        """End at once: frames on their way are dropped."""
        for queue in self.queues.values():
            queue.discard()
        self.stop()

    def _take_frames(self) -> None:
        try:
            with suppress(BufferClosed):
                for frame in self._capture.frames():
                    self._frames.put(frame)
        finally:
            self._frames.close()
            self._source.close()

    def _run_model(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        model_map = self._infer_map(tensor)
        self.inference_rate.tick(time.monotonic_ns())
        return model_map

    def _has_enough(self, count: int) -> bool:
        return self._limit is not None and count >= self._limit


def is_gated(settings: StreamSettings, source: Source) -> bool:
    """Whether an unchanged picture is not inferred again: of a live source, unless the settings say otherwise."""
    return source.info.is_live if settings.gate is None else settings.gate
