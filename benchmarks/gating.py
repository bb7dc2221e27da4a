"""How much pictures change from one to the next, which of them are not inferred again, and what that costs in truth.

Usage: ``python benchmarks/gating.py [CLIP ...] [--precision int8]``, of the same clips as ``live_route.py``. No clock
is involved: what it prints does not depend on the machine.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from live_route import iou, pictures_of
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import streamseg
from streamseg.carry.stillness import Stillness, largest_change
from streamseg.frame import Frame
from streamseg.model import Model
from streamseg.scene import SceneTracker


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="*", type=Path, help="files instead of the usual ones")
    parser.add_argument("--precision", default="int8")
    arguments = parser.parse_args()
    titles = ("least", "5 %", "median", "not inferred again", "IoU with the own mask: mean", "least")
    table = Table("clip", *titles, caption="largest change of a block between neighbours, grey levels; gated frames")
    with streamseg.load_model(precision=arguments.precision) as model:
        for name, pictures in pictures_of(arguments.clips):
            table.add_row(name, *row(pictures, model))
    Console(width=150).print(table)


def row(pictures: list[NDArray[np.uint8]], model: Model) -> tuple[str, ...]:
    """Return the cells of one clip."""
    tracker, stillness = SceneTracker("auto", model.card.input), Stillness()
    tensors, overlaps, reused = [], [], np.empty(0, np.uint8)
    for index, picture in enumerate(pictures):
        prepared = tracker.prepare(Frame(picture, index, 0))
        tensors.append(prepared.tensor[0, :, :, 0])
        own = np.packbits(model.infer(prepared.tensor) >= model.card.threshold)
        if stillness.update(prepared, index):
            overlaps.append(iou(reused, own))
        else:
            reused = own
    changes = [largest_change(before, after) for before, after in pairwise(tensors)]
    least, low, middle = np.percentile(changes, (0, 5, 50))
    shares = (f"{np.mean(overlaps):.3f}", f"{min(overlaps):.3f}") if overlaps else ("", "")
    return f"{least:.2f}", f"{low:.2f}", f"{middle:.2f}", f"{len(overlaps)} of {len(pictures)}", *shares


if __name__ == "__main__":
    main()
