"""A checkpoint comes back as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.errors import TrainingError
from training.fitting.checkpoint import Checkpoint, EpochRecord, LearnerState, read_checkpoint, write_checkpoint

RECORD = EpochRecord(
    epoch=0, stage=0, loss=0.5, validation_loss=0.6, mean_dice=0.9, pooled_dice=0.8, learning_rate=1e-3, seconds=2.0
)
EMPTY = Checkpoint(LearnerState([], [], [], 0), ())


def test_everything_survives_the_file_in_its_order(tmp_path: Path) -> None:
    arrays = [np.full((2, index + 1), index, np.float32) for index in range(12)]
    state = LearnerState(arrays, [np.array(7, np.int64)], arrays[::-1], 3)
    write_checkpoint(Checkpoint(state, (RECORD,)), tmp_path / "c.npz")
    restored = read_checkpoint(tmp_path / "c.npz")
    for group, expected in ((restored.state.model, arrays), (restored.state.average, arrays[::-1])):
        assert len(group) == len(expected)
        for array, original in zip(group, expected, strict=True):
            np.testing.assert_array_equal(array, original)
    assert restored.state.optimizer[0] == 7
    assert (restored.state.updates, restored.history) == (3, (RECORD,))


def test_a_partial_file_never_takes_the_checkpoints_place(tmp_path: Path) -> None:
    write_checkpoint(EMPTY, tmp_path / "c.npz")
    assert [file.name for file in tmp_path.iterdir()] == ["c.npz"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full, a disk that is always full")
def test_a_full_disk_leaves_the_former_checkpoint_whole_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "c.npz"
    write_checkpoint(Checkpoint(LearnerState([], [], [], 5), (RECORD,)), file)
    (tmp_path / "c.npz.partial").symlink_to("/dev/full")
    large = [np.zeros(100_000, np.float32)]
    with pytest.raises(TrainingError, match=r"cannot write .*c\.npz: No space left on device; what it held before"):
        write_checkpoint(Checkpoint(LearnerState(large, [], large, 6), ()), file)
    assert read_checkpoint(file).state.updates == 5
    assert [file.name for file in tmp_path.iterdir()] == ["c.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "c.npz").write_bytes(content)
    with pytest.raises(TrainingError, match=r"cannot read .*c\.npz"):
        read_checkpoint(tmp_path / "c.npz")
