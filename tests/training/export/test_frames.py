"""Only pictures of the part that was asked for are read, spread evenly."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data.prepared import Prepared
from training.data.samples import prepare_samples
from training.export.frames import spread_samples
from training.fitting.run_folder import RunFolder


def test_all_pictures_of_the_part_where_there_are_few(ct_run: RunFolder, ct_data: Prepared) -> None:
    few = spread_samples(ct_run, ct_data, "validation", most=64)
    expected = prepare_samples(ct_data.cases(ct_run.split().validation), ct_run.input_spec())
    np.testing.assert_array_equal(few.images, expected.images)


def test_the_first_and_last_of_them_where_two_are_wanted(ct_run: RunFolder, ct_data: Prepared) -> None:
    few = spread_samples(ct_run, ct_data, "train", most=2)
    everything = prepare_samples(ct_data.cases(ct_run.split().train), ct_run.input_spec())
    assert len(everything) == 3
    np.testing.assert_array_equal(few.images, everything.images[[0, -1]])


def test_pictures_of_other_parts_are_not_even_opened(ct_run: RunFolder, ct_data: Prepared, tmp_path: Path) -> None:
    copy = tmp_path / "images"
    copy.mkdir()
    (tmp_path / "masks").symlink_to(ct_data.path / "masks")
    train = ct_run.split().train
    for row in ct_data.rows:
        if row.subject in train:
            name = f"{row.name}.png"
            (copy / name).write_bytes((ct_data.path / "images" / name).read_bytes())
    assert len(spread_samples(ct_run, Prepared(tmp_path, ct_data.info, ct_data.rows), "train", most=9)) == len(train)
