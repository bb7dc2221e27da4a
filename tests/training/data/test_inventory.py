"""An inventory counts each picture once, in the part that its subject belongs to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.data.case import Case
from training.data.inventory import LEFT_OUT, take_inventory
from training.data.prepared import DatasetInfo, write_prepared
from training.data.split import Split

INFO = DatasetInfo(name="heads", modality="US", unit="grey", licence="MIT", citation="none")


def case_of(name: str, size: tuple[int, int], share: float, **changes: object) -> Case:
    image = np.random.default_rng(sum(map(ord, name))).integers(0, 256, size, np.uint8)
    mask = np.zeros(size, bool)
    mask[: round(size[0] * share)] = True
    return Case(name, name[0], image, mask, **changes)


def test_pictures_subjects_and_shares_are_counted_by_part(tmp_path: Path) -> None:
    cases = [
        case_of("a1", (20, 30), 0.5, spacing_mm=0.3),
        case_of("a2", (20, 30), 0.1, spacing_mm=0.1, circumference_mm=90.0),
        case_of("a3", (20, 30), 0.0),
        case_of("b1", (10, 30), 0.2),
        case_of("c1", (20, 30), 0.0),
    ]
    split = Split(dataset="heads", seed=0, train=("a",), validation=(), test=("b",))
    inventory = take_inventory(write_prepared(tmp_path, INFO, cases, split))
    by_part = {count.part: (count.subjects, count.pictures, count.positive) for count in inventory.parts}
    assert by_part == {"train": (1, 3, 2), "validation": (0, 0, 0), "test": (1, 1, 1), LEFT_OUT: (1, 1, 0)}
    assert inventory.parts[0].share == pytest.approx(0.3), "over the positive ones"
    assert inventory.sizes == (((20, 30), 4), ((10, 30), 1))
    assert (inventory.spacing_mm, inventory.with_circumference) == ((0.1, 0.3), 1)
    assert inventory.near_duplicates == ()
