"""A table that comes with a data set is read as text, and what is wrong with it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.datasets.tables import read_table
from training.errors import DatasetError


def table(folder: Path, content: bytes) -> Path:
    file = folder / "table.csv"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    "content",
    [b"name,size,mm\na, 3 ,0.5\n", b"\xef\xbb\xbfname,size,mm\r\na,3,0.5\r\n", b'mm,"name", size\n0.5,a,3\n'],
    ids=["plain", "byte order mark", "other order"],
)
def test_columns_are_found_by_their_names(tmp_path: Path, content: bytes) -> None:
    assert read_table(table(tmp_path, content), key=("name",), values=("mm", "size")) == {("a",): ("0.5", "3")}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name\na\n", "has no column 'mm'"),
        (b"name,mm\na\n", "is not a whole table"),
        (b"name,mm\n\xff\xfe,1\n", "is not a whole table"),
        (b"name,mm\na,1\na,1\n", "lists a twice"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"table\.csv {message}"):
        read_table(table(tmp_path, content), key=("name",), values=("mm",))
