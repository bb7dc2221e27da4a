"""A checkpoint comes back as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.checkpoint import Checkpoint, EpochRecord, read_checkpoint, write_checkpoint
from training.errors import TrainingError


def test_everything_survives_the_file_in_its_order(tmp_path: Path) -> None:
    arrays = [np.full((2, index + 1), index, np.float32) for index in range(12)]
    record = EpochRecord(0, 0, 0.5, 0.9, 1e-3, 2.0)
    write_checkpoint(Checkpoint(arrays, [np.array(7, np.int64)], arrays[::-1], 3, (record,)), tmp_path / "c.npz")
    restored = read_checkpoint(tmp_path / "c.npz")
    for group, expected in ((restored.model, arrays), (restored.average, arrays[::-1])):
        assert len(group) == len(expected)
        for array, original in zip(group, expected, strict=True):
            np.testing.assert_array_equal(array, original)
    assert restored.optimizer[0] == 7
    assert (restored.updates, restored.history) == (3, (record,))


def test_a_partial_file_never_takes_the_checkpoints_place(tmp_path: Path) -> None:
    write_checkpoint(Checkpoint([], [], [], 0, ()), tmp_path / "c.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["c.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.npz").write_bytes(content)
    with pytest.raises(TrainingError, match=r"cannot read .*c\.npz"):
        read_checkpoint(tmp_path / "c.npz")
