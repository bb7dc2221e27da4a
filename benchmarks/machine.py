"""The machine and the versions that a figure was measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def describe() -> str:
    """Return processor, usable cores, system and versions on one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("streamseg", "onnxruntime", "numpy"))
    return f"{processor()}, {cores} cores, {platform.system()}, Python {platform.python_version()}, {libraries}"


def processor() -> str:
    """Return the processor's name as the system tells it."""
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        for line in listing.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
