"""Logs as the sink writes them, of streams that never ran."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from streamseg.frame import Event, Queue, Stamps, Vitals
from streamseg.measurement import Measurement
from streamseg.protocols import SourceInfo
from streamseg.settings import OutputSettings
from streamseg.sinks.log import create
from tests.support.renderings import rendering_of, stream_of

FRAME_NS = 40_000_000
"""Between two frames."""
MEASUREMENTS = Measurement("hc", 176.3, "mm"), Measurement("bpd", None, "mm", is_cut=True)
"""On every frame of such a stream."""
LENGTH = 100
"""Number of frames that the file of such a stream is said to have."""


class LoggedStream:
    """A stream at 25 Hz of which only the log is written; the first frame is captured when it is opened."""

    def __init__(self, path: Path) -> None:
        source = SourceInfo("video", "clip.mp4", is_live=False, size=(48, 64), rate_hz=25.0, frame_count=LENGTH)
        self._log = create(str(path), OutputSettings(overwrite=True))
        self._log.open(replace(stream_of(path.parent), source=source))
        self._begin_ns = time.monotonic_ns()

    def write(self, index: int, events: Sequence[Event] = (), *, carried_from: int | None = None) -> None:
        """Write a frame that is where its index says; every 25th one brings vitals.

        A mask that was carried from another frame was not waited for.
        """
        rendering = rendering_of(index, events=tuple(events))
        segmentation = rendering.segmentation
        if carried_from is not None:
            unstamped = replace(segmentation.stamps, inferred_ns=0, carried_ns=segmentation.stamps.collected_ns)
            segmentation = replace(segmentation, carried_from=carried_from, stamps=unstamped)
        shift_ns = self._begin_ns + index * FRAME_NS - segmentation.stamps.captured_ns
        passed = {name: stamp_ns for name, stamp_ns in asdict(segmentation.stamps).items() if stamp_ns}
        stamps = Stamps(**{name: stamp_ns + shift_ns for name, stamp_ns in passed.items()})
        frame = replace(segmentation.frame, media_index=index, captured_ns=stamps.captured_ns)
        queues = (Queue("frames", 2, 4),)
        vitals = Vitals(stamps.drawn_ns - 1, index + 1, 25.5, 24.0, 24.0, 1.5, 130.0, 210.0, queues)
        self._log.write(
            replace(
                rendering,
                segmentation=replace(segmentation, frame=frame, stamps=stamps, measurements=MEASUREMENTS),
                vitals=vitals if index % 25 == 0 else None,
            )
        )

    def close(self) -> None:
        """Write the last line."""
        self._log.close()


def write_log(path: Path, count: int, *, has_end: bool = True) -> Path:
    """Write the log of ``count`` frames; without its end it is that of a stream that was killed."""
    stream = LoggedStream(path)
    for index in range(count):
        stream.write(index)
    stream.close()
    if not has_end:
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:-1]))
    return path
