"""How far the head circumference of an expert's mask is from the circumference that the expert measured (HC18).

Usage: ``python benchmarks/circumference.py FOLDER`` with a folder as ``python -m training prepare hc18`` takes it. The
masks are exact, so all of the difference comes from the method: no model runs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from streamseg.geometry import Box
from streamseg.measure.ellipse import circumference
from streamseg.measure.part import box_of, reaches_edge
from training.datasets.hc18 import read_cases


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    whole, cut = differences(parser.parse_args().folder)
    table = Table("heads", "N", "mean %", "mean of absolute %", "p95 of absolute %", "largest absolute %", "within 1 %")
    for name, percent in (("whole", whole), ("cut by the edge", cut), ("all", np.concatenate((whole, cut)))):
        absolute = np.abs(percent)
        table.add_row(
            name,
            str(percent.size),
            f"{percent.mean():+.2f}",
            f"{absolute.mean():.2f}",
            f"{np.percentile(absolute, 95):.2f}",
            f"{absolute.max():.2f}",
            f"{(absolute <= 1).mean():.1%}",
        )
    Console().print(table)


def differences(folder: Path) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the differences in per cent of the expert's circumference, of heads in full view and of those cut off."""
    whole, cut = list[float](), list[float]()
    for case in read_cases(folder):
        box = box_of(case.mask)
        if case.spacing_mm is None or case.circumference_mm is None or box is None:
            continue
        found_mm = circumference(case.mask, (case.spacing_mm, case.spacing_mm))
        if found_mm is not None:
            is_cut = reaches_edge(box, Box.whole(case.mask.shape))
            (cut if is_cut else whole).append(100 * (found_mm / case.circumference_mm - 1))
    return np.array(whole), np.array(cut)


if __name__ == "__main__":
    main()
