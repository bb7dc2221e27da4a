"""What the dashboard costs: the rate of the stream with it as a share of that without, and its idle processor time.

Usage: ``python benchmarks/dashboard.py [--rounds 7] [--frames 300] [--idle 10]``. Every run is ``streamseg run`` on the
bundled clip, as fast as it goes, in a pseudo-terminal of 120x40 that takes all that is drawn; the rate is that of its
summary. Runs with and without the dashboard take turns. Linux and macOS.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

from streamseg.cli._samples import sample_video
from streamseg.machine import machine_line

ROWS, COLUMNS = 40, 120
DEADLINE_S = 300
PLAYS_S = 5.0
SETTLES_S = 2.0


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="runs of each kind, taken in turns")
    parser.add_argument("--frames", type=int, default=300, help="frames of each run")
    parser.add_argument("--idle", type=float, default=10, help="seconds over which a held stream is watched")
    arguments = parser.parse_args()
    console = Console()
    kinds = {"without": (), "dashboard": ("--dashboard",), "no preview": ("--dashboard", "--preview", "none")}
    rates_hz: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in track(range(arguments.rounds), "measuring", console=console, transient=True):
        for kind, options in kinds.items():
            rates_hz[kind].append(rate_hz(arguments.frames, options))
    idle = {kind: idle_share(arguments.idle, options) for kind, options in kinds.items() if options}
    console.print(table(rates_hz, idle))
    console.print(f"{arguments.rounds} rounds of {arguments.frames} frames; {machine_line()}", soft_wrap=True)


def rate_hz(frames: int, options: Sequence[str]) -> float:
    """Return the frames per second of one run."""
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        with in_terminal("--pace", "max", "--frames", str(frames), "--summary", str(summary), *options) as (process, _):
            if process.wait(DEADLINE_S):
                raise RuntimeError(f"a run ended with exit code {process.returncode}")
        return float(json.loads(summary.read_text(encoding="utf-8"))["fps"])


def idle_share(seconds: float, options: Sequence[str]) -> float:
    """Return the share of one core that a held stream takes, picture and numbers on screen unchanged."""
    with in_terminal(*options) as (process, terminal):
        time.sleep(PLAYS_S)
        os.write(terminal, b" ")
        time.sleep(SETTLES_S)
        watched = psutil.Process(process.pid)
        before, begun_s = sum(watched.cpu_times()[:2]), time.perf_counter()
        time.sleep(seconds)
        share = (sum(watched.cpu_times()[:2]) - before) / (time.perf_counter() - begun_s)
        os.write(terminal, b"q")
        process.wait(DEADLINE_S)
    return share


@contextmanager
def in_terminal(*options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the clip in a pseudo-terminal that takes all that is drawn; give the process and our end of the terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "streamseg", "run", str(sample_video()), "--view", "none", "--loop", *options]
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(  # noqa: S603 - our own command, and no shell
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    reader = threading.Thread(target=swallow, args=(ours,), daemon=True)
    reader.start()
    try:
        yield process, ours
    finally:
        process.kill()
        process.wait(DEADLINE_S)
        reader.join(DEADLINE_S)
        os.close(ours)


def swallow(terminal: int) -> None:
    """Read until the other end is closed."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        return  # how Linux says that the other end is closed


def table(rates_hz: dict[str, list[float]], idle: dict[str, float]) -> Table:
    """Return medians and ranges; shares are of the run without in the same round."""
    shown = Table("", "frames/s", "range", "share", "range", "idle, of a core", box=None, header_style="dim")
    for kind, rates in rates_hz.items():
        shares = [rate / without for rate, without in zip(rates, rates_hz["without"], strict=True)]
        shown.add_row(
            kind,
            f"{median(rates):.1f}",
            f"{min(rates):.1f} to {max(rates):.1f}",
            f"{median(shares):.3f}",
            f"{min(shares):.2f} to {max(shares):.2f}",
            f"{idle[kind]:.1%}" if kind in idle else "",
        )
    return shown


if __name__ == "__main__":
    main()
