"""Tables that come with data sets: CSV files with a header."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from training.errors import DatasetError


def read_table(file: Path, *, key: Sequence[str], values: Sequence[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the columns ``values`` of the table in ``file`` by the columns ``key``, as text without outer blanks.

    Raises
    ------
    DatasetError
        The file is missing, a column is, a line is shorter than the header, or two lines have one key.
    """
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    try:
        # utf-8-sig: some programs begin a table with a byte order mark.
        with file.open(newline="", encoding="utf-8-sig") as lines:
            for line in csv.DictReader(lines, skipinitialspace=True):
                entry = tuple(line[column].strip() for column in key)
                if entry in table:
                    raise DatasetError(f"{file} lists {', '.join(entry)} twice; remove one line")
                table[entry] = tuple(line[column].strip() for column in values)
    except OSError as err:
        raise DatasetError(f"cannot read {file}: {err.strerror}; it belongs to the data set") from err
    except KeyError as err:
        raise DatasetError(f"{file} has no column {err}; restore the file") from err
    except (AttributeError, UnicodeDecodeError, csv.Error) as err:  # AttributeError: a short line's None
        raise DatasetError(f"{file} is not a whole table: {err}; restore the file") from err
    return table
