"""What this machine is: the cores that may be used, and names and versions for a measurement or a diagnosis."""

from __future__ import annotations

import os
import platform
import re
from importlib import metadata
from pathlib import Path

import psutil


def usable_cores() -> int:
    """Return how many cores this process may run on, which in a container or under taskset is fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def machine_line() -> str:
    """Return what a figure was measured on, on one line."""
    machine = describe_machine()
    libraries = ", ".join(f"{name} {_version(name)}" for name in ("streamseg", "onnxruntime", "numpy"))
    return (
        f"{machine['cpu']}, {machine['cores_available']} of {machine['cores']} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


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
