"""The state of an NVIDIA card, where one runs the model and ``nvidia-ml-py`` is installed; nothing elsewhere."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from typing import Any

from streamseg.watch.snapshot import GpuState

PROVIDERS = ("CUDA", "TENSORRT", "GPU")

logger = logging.getLogger(__name__)


class GpuMeter:
    """Asks the driver of the first NVIDIA card. Where there is nothing to ask, it says so once, in the log."""

    def __init__(self, provider: str) -> None:
        self._library: Any = None
        self._card: Any = None
        self._name = ""
        if not any(word in provider.upper() for word in PROVIDERS):
            return
        if importlib.util.find_spec("pynvml") is None:
            logger.info("the state of the graphics card is not shown; pip install nvidia-ml-py would add it")
            return
        self._open(importlib.import_module("pynvml"))

    def sample(self) -> GpuState | None:
        """Return the state of the card; None where there is none, or it cannot be asked."""
        if self._card is None:
            return None
        try:
            load = self._library.nvmlDeviceGetUtilizationRates(self._card)
            memory = self._library.nvmlDeviceGetMemoryInfo(self._card)
        except self._library.NVMLError as err:
            logger.info("the graphics card cannot be asked any more: %s", err)
            self._card = None
            return None
        return GpuState(self._name, float(load.gpu), memory.used / 2**20, memory.total / 2**20)

    def _open(self, library: Any) -> None:
        try:
            library.nvmlInit()
            self._card = library.nvmlDeviceGetHandleByIndex(0)
            self._name = str(library.nvmlDeviceGetName(self._card))
        except library.NVMLError as err:
            logger.info("the graphics card cannot be asked: %s", err)
            self._card = None
            return
        self._library = library
