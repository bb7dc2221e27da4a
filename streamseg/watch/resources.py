"""What this process takes of the machine."""

from __future__ import annotations

import psutil

from streamseg.watch.gpu import GpuMeter
from streamseg.watch.snapshot import Resources


class ResourceMeter:
    """Asks the system what this process takes; to be asked about once a second, off the line of frames.

    Parameters
    ----------
    provider
        What runs the model: a card is asked about only where one does.
    """

    def __init__(self, provider: str) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first answer covers no time, and is always 0
        self._gpu = GpuMeter(provider)

    def sample(self) -> Resources:
        """Return what was taken since the last call."""
        return Resources(
            cpu_percent=self._process.cpu_percent(),
            memory_mib=self._process.memory_info().rss / 2**20,
            gpu=self._gpu.sample(),
        )
