"""What ``streamseg doctor`` looks at: each check is a function that returns what it found."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import av
import onnxruntime

from streamseg.api import has_display
from streamseg.backends.choice import installed
from streamseg.cli._abilities import check_compressions, check_plugins
from streamseg.cli._check import Check
from streamseg.cli._samples import sample_video
from streamseg.devices import list_cameras
from streamseg.errors import StreamsegError, UnplayableError
from streamseg.machine import describe_machine, required_versions
from streamseg.model import bundled_models, load_model
from streamseg.model_card import Weights, read_card
from streamseg.settings import ModelSettings

LEAST_FREE_GIB = 1.0
OPENCV_WHEELS = frozenset(
    {"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"}
)
REINSTALL = "pip install --force-reinstall streamseg"
PYTHONS = ((3, 11), (3, 13))


def all_checks() -> Sequence[Callable[[], Sequence[Check]]]:
    """Return the checks, quick ones first."""
    return (
        check_python,
        check_packages,
        check_opencv,
        check_machine,
        check_disk,
        check_plugins,
        check_compressions,
        check_providers,
        check_display,
        check_cameras,
        check_encoder,
        check_clip,
        check_models,
    )


def check_python() -> Sequence[Check]:
    """Look at the version of Python."""
    first, last = PYTHONS
    version = tuple(int(part) for part in platform.python_version_tuple()[:2])
    if not first <= version <= last:
        remedy = f"use Python {first[0]}.{first[1]} to {last[0]}.{last[1]}"
        return [Check("Python", "broken", platform.python_version(), remedy)]
    return [Check("Python", "works", platform.python_version())]


def check_packages() -> Sequence[Check]:
    """Look for every package that streamseg requires."""
    try:
        versions = required_versions()
    except metadata.PackageNotFoundError:
        return [Check("packages", "broken", "streamseg itself is not installed", "pip install .")]
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        return [Check("packages", "broken", f"not installed: {', '.join(missing)}", f"pip install {' '.join(missing)}")]
    return [Check("packages", "works", ", ".join(f"{name} {version}" for name, version in versions.items()))]


def check_opencv() -> Sequence[Check]:
    """Look for several OpenCV wheels, which overwrite one another's files."""
    return [judge_opencv({dist.name.lower().replace("_", "-") for dist in metadata.distributions()})]


def judge_opencv(installed: set[str]) -> Check:
    """Return what to think of the distributions ``installed``."""
    found = sorted(installed & OPENCV_WHEELS)
    if len(found) > 1:
        remedy = f"pip uninstall -y {' '.join(found)} && pip install opencv-python-headless"
        return Check("OpenCV", "broken", f"{len(found)} wheels share one folder: {', '.join(found)}", remedy)
    return Check("OpenCV", "works", found[0] if found else "not from a wheel")


def check_machine() -> Sequence[Check]:
    """Say what the processor is."""
    machine = describe_machine()
    finding = f"{machine['cpu']}, {machine['cores_available']} of {machine['cores']} cores, {machine['memory_gib']} GiB"
    return [Check("machine", "works", finding)]


def check_disk() -> Sequence[Check]:
    """Look at the room for recordings in the current folder."""
    free_gib = shutil.disk_usage(Path.cwd()).free / 2**30
    if free_gib < LEAST_FREE_GIB:
        return [Check("disk", "missing", f"{free_gib:.1f} GiB free here", "record to another disk")]
    return [Check("disk", "works", f"{free_gib:.1f} GiB free here")]


def check_providers() -> Sequence[Check]:
    """Look at the execution providers of ONNX Runtime."""
    providers = [name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()]
    finding = f"{', '.join(providers)} (ONNX Runtime {onnxruntime.__version__})"
    if "CUDA" in providers or shutil.which("nvidia-smi") is None:
        return [Check("providers", "works", finding)]
    remedy = "pip uninstall -y onnxruntime && pip install onnxruntime-gpu"
    return [Check("providers", "missing", f"{finding}; the NVIDIA card of this machine is not used", remedy)]


def check_display() -> Sequence[Check]:
    """Look for a display to show a window on."""
    if has_display():
        return [Check("display", "works", "windows can be shown")]
    return [
        Check("display", "missing", "no window can be shown; recordings and logs can be made", "ssh -X, or a desktop")
    ]


def check_cameras() -> Sequence[Check]:
    """List the cameras."""
    cameras = list_cameras()
    if cameras:
        return [Check("cameras", "works", ", ".join(f"{camera.index} {camera.name}" for camera in cameras))]
    return [Check("cameras", "missing", "none is listed", "streamseg devices says what to try")]


def check_encoder() -> Sequence[Check]:
    """Look for the H.264 encoder."""
    if "libx264" in av.codecs_available:
        return [Check("H.264 encoder", "works", f"libx264 (PyAV {av.__version__})")]
    remedy = "pip install --force-reinstall --only-binary :all: av"
    return [Check("H.264 encoder", "missing", "recordings will be MPEG-4 part 2, which browsers do not play", remedy)]


def check_clip() -> Sequence[Check]:
    """Look for the clip of the demo."""
    try:
        return [Check("sample clip", "works", sample_video().name)]
    except StreamsegError as err:
        return [Check("sample clip", "broken", str(err), REINSTALL)]


def check_models() -> Sequence[Check]:
    """Load every bundled model in every precision and on every backend that ``auto`` may choose.

    That checks its file and runs its golden frame; TensorFlow would take seconds more.
    """
    found = [
        _check_model(name, path.with_name(weights.file), weights)
        for name, path in bundled_models().items()
        for weights in read_card(path).weights
        if weights.format == "onnx"
    ]
    return found or [Check("models", "broken", "none is bundled", REINSTALL)]


def _check_model(name: str, path: Path, weights: Weights) -> Check:
    usable = [plugin.name for plugin in installed() if not plugin.is_last_resort]
    backends = []
    for backend in (each for each in usable if each in (weights.backends or usable)):
        try:
            load_model(ModelSettings(name=str(path), backend=backend)).close()
        except UnplayableError:
            continue  # no fault of the file
        except StreamsegError as err:
            return Check(f"model {name}", "broken", str(err), REINSTALL)
        backends.append(backend)
    finding = f"{weights.file}: checksum is right, golden frame too on {', '.join(backends) or 'no backend here'}"
    return Check(f"model {name}", "works", finding)
