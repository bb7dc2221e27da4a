"""What this machine is: the cores that may be used, and names and versions for a measurement or a diagnosis."""

from __future__ import annotations

import logging
import os
import platform
import re
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import platformdirs
import psutil

logger = logging.getLogger(__name__)

# Of the 19 that Linux has. Of a core that another thread wants too, one that is so many steps lower gets a quarter.
STEPS_DOWN = 5


def usable_cores() -> int:
    """Return how many cores this process may run on, which in a container or under taskset is fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def give_way() -> None:
    """Let every other thread go before the calling one. Linux alone has priorities of threads for anybody to lower."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.nice(STEPS_DOWN)


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
    versions = {name: installed_version(name) for name in ("streamseg", "onnxruntime", "openvino", "ncnn", "numpy")}
    libraries = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    return (
        f"{machine['cpu']}, {machine['cores_available']} of {machine['cores']} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


def cache_folder(name: str) -> Path | None:
    """Return the folder ``name`` for what can be made again, in the user's cache; None where nothing can be kept."""
    folder = Path(platformdirs.user_cache_dir("streamseg", appauthor=False), name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        logger.info("nothing is kept in %s: %s", folder, err.strerror)
        return None
    return folder if os.access(folder, os.W_OK) else None


def required_versions() -> dict[str, str | None]:
    """Return the version of every package that streamseg requires, None where it is not installed.

    One that it requires on some systems only is left out where it is not installed.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        streamseg itself is not installed.
    """
    required = [line for line in metadata.requires("streamseg") or [] if "extra ==" not in line]
    versions = {}
    for line in required:
        name = re.split(r"[^A-Za-z0-9._-]", line)[0]
        is_conditional = ";" in line
        if (version := installed_version(name)) is not None or not is_conditional:
            versions[name] = version
    return versions


def installed_version(name: str) -> str | None:
    """Return the version of the distribution ``name``, None where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
