"""What every contender is asked to do, and the one line in which it answers. Standard library only."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version


@dataclass(frozen=True)
class Task:
    """What to run.

    Attributes
    ----------
    model, streamseg_model
        ONNX file of the study's U-Net, and the name by which streamseg knows it.
    out
        Where to record; empty for nowhere.
    warm_up
        Frames before the clock is started.
    precision, backend
        For streamseg alone.
    """

    clip: str
    model: str
    out: str
    frames: int
    warm_up: int
    streamseg_model: str
    precision: str
    backend: str

    @classmethod
    def from_command_line(cls) -> Task:
        """Read the task that ``run.py`` gives."""
        parser = argparse.ArgumentParser()
        for name in ("clip", "model", "out", "streamseg-model", "precision", "backend"):
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--frames", type=int, default=100)
        parser.add_argument("--warm-up", type=int, default=10)
        return cls(**vars(parser.parse_args()))


def finish(frames: int, seconds: float, *packages: str, **more: str) -> None:
    """Say how many frames took how long, with which versions."""
    versions = {}
    for package in packages:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed as a distribution"
    answer = {"frames": frames, "seconds": seconds, "versions": versions} | more
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
