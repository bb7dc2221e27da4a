"""What is lost where a head fills little of a picture of CT, and how much of that the model's region brings back.

Usage: ``python benchmarks/small_heads.py PREPARED [--part validation] [--model ct-haemorrhage]``. PREPARED is a data
set of slices as `python -m training prepare` writes it. Every slice is made smaller and laid into the middle of a
picture of air, as large as it was; Dice is at the model's own threshold, in float32 on ONNX Runtime.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

import streamseg
from streamseg.model import Model
from streamseg.settings import OverlaySettings
from streamseg.steering.live_settings import LiveSettings
from training.data.case import Case
from training.data.prepared import Prepared
from training.evaluation.measured import answer
from training.metrics import Overlap

SHARES = (1.0, 0.75, 0.5, 0.4, 0.3)
AIR_HU = -1000


def main() -> None:
    """Measure a model with slices as they are and smaller, seen whole and as its card says, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=("train", "validation", "test"), default="validation")
    parser.add_argument("--model", default="ct-haemorrhage")
    arguments = parser.parse_args()
    data = Prepared.open(arguments.data)
    cases = list(data.cases(frozenset(data.split().subjects(arguments.part))))
    table = Table(
        "side of the slice, share of the picture's", "the whole picture: pooled", "mean", "skull: pooled", "mean"
    )
    with streamseg.load_model(arguments.model, backend="onnx") as model:
        for share in SHARES:
            smaller = [shrunk(case, share) for case in cases]
            figures = [dice(model, smaller, region) for region in ("whole", "skull")]
            table.add_row(f"{share:g}", *(f"{figure:.3f}" for pair in figures for figure in pair))
        console = Console(width=120)
        console.print(table)
        card, name = model.card, data.info.name
        console.print(f"{card.name} {card.version} on {len(cases)} slices of {name}, {arguments.part} part")


def shrunk(case: Case, share: float) -> Case:
    """Return ``case`` with its slice at ``share`` of its width and height, in air."""
    if share == 1:
        return case
    height, width = (round(share * side) for side in case.image.shape)
    image, mask = np.full_like(case.image, AIR_HU), np.zeros_like(case.mask)
    top, left = ((whole - part) // 2 for whole, part in zip(image.shape, (height, width), strict=True))
    inside = slice(top, top + height), slice(left, left + width)
    image[inside] = cv2.resize(case.image.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    mask[inside] = cv2.resize(case.mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) >= 0.5
    spacing_mm = None if case.spacing_mm is None else case.spacing_mm / share
    return replace(case, image=image, mask=mask, spacing_mm=spacing_mm)


def dice(model: Model, cases: Sequence[Case], region: str) -> tuple[float, float]:
    """Return Dice pooled, and its mean over the slices, of ``model`` where it looks at ``region``."""
    spec = model.card.input.model_copy(update={"region": region})
    live = LiveSettings(threshold=model.card.threshold, overlay=OverlaySettings()).with_rule(model.card.mask)
    overlaps = [Overlap.of(case.mask, answer(case, model.infer, spec, live).mask) for case in cases]
    return Overlap.pool(overlaps).dice, fmean(overlap.dice for overlap in overlaps)


if __name__ == "__main__":
    main()
