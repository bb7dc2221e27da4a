"""Real subprocesses of streamseg, each under a deadline, and what they work on."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from tests.support.command_line import DEADLINE_S, command
from tests.support.numbered_clip import write_clip
from tests.support.tiny_models import golden_of, listed, make_card, onnx_unet

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment() -> dict[str, str]:
    """Return the environment of a user with no display and no settings of their own."""
    hidden = ("STREAMSEG_", "DISPLAY", "WAYLAND_DISPLAY", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | {
        "COLUMNS": "200",
        "STREAMSEG_MODEL__BACKEND": "onnx",  # measuring all at every start would take most of the time of the tests
    }


@pytest.fixture
def streamseg(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run streamseg to its end in the folder of the test."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(arguments),
            cwd=tmp_path,
            env=environment,
            timeout=DEADLINE_S,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def started(tmp_path: Path, environment: dict[str, str]):
    """Start streamseg in the folder of the test; it is killed at the end if it still runs."""
    processes: list[subprocess.Popen[str]] = []
    # A shell that runs the tests in the background has SIGINT ignored, and its children would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command(arguments),
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    signal.signal(signal.SIGINT, before)
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=DEADLINE_S)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small model with its card."""
    path = tmp_path_factory.mktemp("model") / "tiny.onnx"
    model = onnx_unet()
    onnx.save(model, path)
    make_card(path.parent, [listed(path)], {"float32": golden_of(model)})
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clip whose frames carry their number; see `numbered_clip`."""
    path = tmp_path_factory.mktemp("clip") / "numbered.mp4"
    write_clip(path)
    return path
