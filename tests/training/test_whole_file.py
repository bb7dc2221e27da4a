"""A file is whole, or what it was before."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pytest

from training.errors import TrainingError
from training.whole_file import write_text, write_whole


def test_text_arrives_and_nothing_else_stays(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "grün\n")
    assert (tmp_path / "a.txt").read_bytes() == "grün\n".encode()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_writer_that_is_interrupted_leaves_the_former_file(tmp_path: Path) -> None:
    def write_half(stream: BinaryIO) -> None:
        stream.write(b"half")
        raise KeyboardInterrupt

    write_text(tmp_path / "a.txt", "former")
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "a.txt", write_half)
    assert (tmp_path / "a.txt").read_text() == "former"


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"cannot write .*a\.txt: No such file or directory"):
        write_text(tmp_path / "none" / "a.txt", "")
