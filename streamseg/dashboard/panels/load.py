"""What the stream takes of the machine, and how full its buffers are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psutil
from textual.widget import Widget

from streamseg.dashboard.panels.numbers import since_begin
from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.dashboard.widgets.level import Level, Reading
from streamseg.dashboard.widgets.timeline import Curve, Timeline
from streamseg.frame import Queue
from streamseg.machine import usable_cores
from streamseg.watch.snapshot import Resources


class LoadPanel(Panel):
    """Processor, memory, graphics card and buffers as bars."""

    HEADING = "load"
    EVERY = 5

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._levels = Level(is_ascii=self.is_ascii)
        self._course = Timeline(is_ascii=self.is_ascii)

    def compose(self) -> Iterator[Widget]:
        """Place the bars, and a curve for where there is room."""
        yield self._levels
        yield self._course

    def show(self, moment: Moment) -> None:
        """Show the load."""
        snapshot = moment.snapshot
        self._levels.show(*_machine(snapshot.resources), *map(_buffer, snapshot.queues))
        values = since_begin(snapshot.history.cpu_percent, snapshot.elapsed_s)
        self._course.show(Curve(values, "CPU, 100 is one core", "%"))


def _machine(resources: Resources) -> Iterator[Reading]:
    cores = usable_cores()
    yield Reading("CPU", resources.cpu_percent / 100 / cores, f"{resources.cpu_percent:.0f}% of {cores} cores")
    total_mib = psutil.virtual_memory().total / 2**20
    yield Reading("memory", resources.memory_mib / total_mib, f"{resources.memory_mib:.0f} MiB")
    gpu = resources.gpu
    if gpu is not None:
        yield Reading("GPU", gpu.load_percent / 100, f"{gpu.load_percent:.0f}% {gpu.name}")
        yield Reading("GPU memory", gpu.memory_mib / gpu.memory_total_mib, f"{gpu.memory_mib:.0f} MiB")


def _buffer(queue: Queue) -> Reading:
    return Reading(queue.name.replace("_", " "), queue.waiting / queue.capacity, f"{queue.waiting} of {queue.capacity}")
