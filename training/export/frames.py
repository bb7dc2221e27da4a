"""A few pictures of one part of a run's data, spread evenly over it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from streamseg.model_card import InputSpec
from training.data.prepared import Prepared
from training.data.samples import Samples, prepare_samples
from training.data.split import Part
from training.errors import TrainingError
from training.fitting.run_folder import RunFolder


def spread_samples(run: RunFolder, data: Prepared, part: Part, *, most: int) -> Samples:
    """Return at most ``most`` pictures of ``part`` of the split of ``run``; only they are read.

    Raises
    ------
    TrainingError
        ``data`` is not what the run learnt from, or holds none of them.
    """
    split = run.split()
    if split.dataset != data.info.name:
        raise TrainingError(
            f"the run in {run.path} learnt from {split.dataset}, {data.path} holds "
            f"{data.info.name}; pass the --data that it learnt from"
        )
    return spread_over(data, frozenset(split.subjects(part)), run.input_spec(), most=most)


def spread_over(data: Prepared, subjects: Collection[str], spec: InputSpec, *, most: int) -> Samples:
    """Return at most ``most`` pictures of ``subjects``; only they are read.

    Raises
    ------
    TrainingError
        ``data`` holds none of them.
    """
    rows = [row for row in data.rows if row.subject in subjects]
    chosen = np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(int)
    return prepare_samples(replace(data, rows=tuple(rows[index] for index in chosen)).cases(), spec)
