"""What this machine is, for a measurement or a diagnosis."""

from __future__ import annotations

import platform
import re
from importlib import metadata
from pathlib import Path

import psutil

from streamseg.segmenters._shared import usable_cores


def cpu_model() -> str:
    """Return the name of the processor."""
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        found = re.search(r"^model name\s*:\s*(.+)$", listing.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            return found.group(1).strip()
    return platform.processor() or platform.machine()


def describe_machine() -> dict[str, str | int | float]:
    """Return processor, cores, memory in GiB and operating system."""
    return {
        "cpu": cpu_model(),
        "cores": psutil.cpu_count(logical=True) or 1,
        "cores_available": usable_cores(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
    }


def required_versions() -> dict[str, str | None]:
    """Return the version of every package that streamseg requires, None where it is not installed.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        streamseg itself is not installed.
    """
    required = [line for line in metadata.requires("streamseg") or [] if "extra ==" not in line]
    names = [found.group() for line in required if (found := re.match(r"[A-Za-z0-9._-]+", line))]
    return {name: _version(name) for name in names}


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
