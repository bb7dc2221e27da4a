"""The same model on the same clip in streamseg and in what else there is, each in an environment of its own.

Usage: ``python benchmarks/peers/run.py [--rounds 5] [--frames 100] [--only NAME ...] [--environments DIR]``. Makes the
environments on first use (``requirements/*.txt``, pinned), then lets all contenders take turns, in processes of their
own, and prints medians over the rounds with their range, as ratios to ``bare`` in the same round. A contender that
cannot be installed or run here is named with the reason and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from rich.console import Console
from rich.progress import track
from rich.table import Table

from streamseg.cli._samples import sample_video
from streamseg.machine import machine_line
from streamseg.model import find_card

HERE = Path(__file__).parent
MODEL = "us-fetal-head"
PATIENCE_S = 900


@dataclass(frozen=True, slots=True)
class Contender:
    """A script with its environment (None: that of this process), and further options for it."""

    script: str
    environment: str | None = None
    options: tuple[str, ...] = ()
    records: bool = False


FLOAT32, INT8 = ("--precision", "float32"), ("--precision", "int8")
NCNN = (*FLOAT32, "--backend", "ncnn")

CONTENDERS = {
    "bare": Contender("bare.py"),
    "usual loop": Contender("usual_loop.py"),
    "usual loop, recorded": Contender("usual_loop.py", records=True),
    "FAST, nothing drawn": Contender("fast_framework.py", "fast"),
    "Roboflow InferencePipeline": Contender("roboflow_pipeline.py", "roboflow"),
    "streamseg, float32": Contender("streamseg_line.py", options=FLOAT32),
    "streamseg, float32, recorded": Contender("streamseg_line.py", options=FLOAT32, records=True),
    "streamseg, float32 on ncnn": Contender("streamseg_line.py", options=NCNN),
    "streamseg, float32 on ncnn, recorded": Contender("streamseg_line.py", options=NCNN, records=True),
    "streamseg, int8": Contender("streamseg_line.py", options=INT8),
    "streamseg, int8, recorded": Contender("streamseg_line.py", options=INT8, records=True),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contender said."""

    fps: float
    versions: dict[str, str]


class CannotRunError(Exception):
    """A contender that cannot be installed or run here, with the last line that it said."""


def main() -> None:
    """Make the environments, measure in turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--clip", default=str(sample_video()))
    parser.add_argument("--only", nargs="*", default=list(CONTENDERS), help="names from the table")
    parser.add_argument(
        "--environments", type=Path, default=Path(platformdirs.user_cache_dir("streamseg", appauthor=False), "peers")
    )
    arguments = parser.parse_args()
    console = Console(width=120)
    names = [name for name in CONTENDERS if name in {"bare", *arguments.only}]
    rounds: dict[str, list[Answer]] = {name: [] for name in names}
    turns = [name for number in range(arguments.rounds) for name in (names if number % 2 == 0 else names[::-1])]
    for name in track(turns, "measuring", console=console, transient=True):
        if name not in rounds:
            continue
        try:
            rounds[name].append(measure(CONTENDERS[name], arguments.clip, arguments.frames, arguments.environments))
        except CannotRunError as err:
            console.print(f"{name} is left out: {err}", style="yellow", soft_wrap=True)
            del rounds[name]
    console.print(table(rounds))
    console.print(
        f"{arguments.rounds} rounds of {arguments.frames} frames of {Path(arguments.clip).name}; medians, ranges"
    )
    console.print(versions_line(rounds))
    console.print(machine_line())


def measure(contender: Contender, clip: str, frames: int, environments: Path) -> Answer:
    """Run ``contender`` once.

    Raises
    ------
    CannotRunError
        It cannot be installed, fails, or takes for ever.
    """
    python = Path(sys.executable)
    if contender.environment is not None:
        python = environment(contender.environment, environments)
    card = find_card(MODEL)
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out.mp4") if contender.records else ""
        command = [
            *(str(python), str(HERE / contender.script), "--clip", clip, "--model", str(card.with_suffix(".onnx"))),
            *("--out", out, "--frames", str(frames), "--streamseg-model", MODEL, *contender.options),
        ]
        said = _said(command, os.environ | _libraries(python))
    answer = json.loads(said.strip().splitlines()[-1])
    return Answer(answer["frames"] / answer["seconds"], answer["versions"])


def environment(name: str, environments: Path) -> Path:
    """Return the interpreter of the environment ``name``, which is made if it is not there.

    Raises
    ------
    CannotRunError
        Its packages cannot be installed.
    """
    folder = environments / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "complete"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        _said([str(python), "-m", "pip", "install", "-q", "-r", str(HERE / "requirements" / f"{name}.txt")], os.environ)
        done.touch()
    return python


def _libraries(python: Path) -> dict[str, str]:
    """Return where the libraries lie that wheels bring along for FAST: libusb, and an OpenCL for the processor."""
    packages = next(python.parent.parent.glob("lib/python*/site-packages"), None)
    if packages is None or not (packages / "libusb_package").exists():
        return {}
    folder = python.parent.parent / "libraries"
    folder.mkdir(exist_ok=True)
    usb = folder / "libusb-1.0.so.0"  # the name by which it is asked for
    if not usb.exists():
        usb.symlink_to(packages / "libusb_package" / "libusb-1.0.so")
    for pocl in (packages / "pyopencl" / ".libs").glob("libpocl*"):
        (folder / "pocl.icd").write_text(f"{pocl}\n", encoding="utf-8")
    return {"LD_LIBRARY_PATH": str(folder), "OCL_ICD_VENDORS": str(folder)}


def _said(command: list[str], variables: dict[str, str] | os._Environ[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, env=variables, check=True)  # noqa: S603 - our own scripts
    except subprocess.TimeoutExpired as err:
        raise CannotRunError(f"it took longer than {PATIENCE_S} s") from err
    except subprocess.CalledProcessError as err:
        lines = (err.stderr or err.stdout or "").strip().splitlines()
        raise CannotRunError(lines[-1] if lines else f"it ended with code {err.returncode}") from err
    return done.stdout


def table(rounds: dict[str, list[Answer]]) -> Table:
    """Return the medians over the rounds, and the ratios to ``bare`` in the same round."""
    shown = Table("", "frames/s", "range", "of bare", "range")
    bare = [answer.fps for answer in rounds["bare"]]
    for name, answers in rounds.items():
        rates = [answer.fps for answer in answers]
        ratios = [rate / base for rate, base in zip(rates, bare, strict=True)]
        shown.add_row(name, *_spread(rates, 1), *_spread(ratios, 2))
    return shown


def _spread(values: list[float], digits: int) -> tuple[str, str]:
    return (
        f"{statistics.median(values):.{digits}f}",
        f"{min(values):.{digits}f} to {max(values):.{digits}f}",
    )


def versions_line(rounds: dict[str, list[Answer]]) -> str:
    """Return the versions of all packages that the contenders named."""
    every = {package: number for answers in rounds.values() for package, number in answers[0].versions.items()}
    return ", ".join(f"{package} {number}" for package, number in sorted(every.items()))


if __name__ == "__main__":
    main()
