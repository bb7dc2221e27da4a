"""The one form of a data set that training, evaluation and export read: a folder of PNG files and three tables.

::

    FOLDER/dataset.json     what it is, and on what terms
    FOLDER/cases.csv        a line per picture: name, subject, spacing_mm, circumference_mm
    FOLDER/split.json       which subjects are for training, validation and test (`training.data.split`)
    FOLDER/images/NAME.png  8-bit grey as displayed, or 16-bit: Hounsfield units plus 1024
    FOLDER/masks/NAME.png   0 and 255

``dataset.json`` is written last: a folder without it is one that was left half-written.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streamseg.frame import Modality, Unit
from training.data.case import Case
from training.data.pictures import check_pair, read_grey, read_hu, write_bytes, write_grey, write_hu
from training.data.split import Split, read_split, write_split
from training.errors import DatasetError, TrainingError

INFO, TABLE, SPLIT, IMAGES, MASKS = "dataset.json", "cases.csv", "split.json", "images", "masks"
SAFE_NAME = re.compile(r"[\w-]([\w. -]*[\w-])?")
"""What can be a file name on every system."""

Text = Annotated[str, Field(min_length=1)]


class DatasetInfo(BaseModel):
    """What a data set is, and on what terms.

    Attributes
    ----------
    unit
        Of the pictures' pixels: display grey levels, or Hounsfield units.
    subject_word
        What a subject is called in a report: "examination", "patient".
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    modality: Modality
    unit: Unit
    licence: Text
    citation: Text
    subject_word: Text = "patient"


class Row(NamedTuple):
    """A line of the table: one picture."""

    name: str
    subject: str
    spacing_mm: float | None
    circumference_mm: float | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared folder; pictures are read when they are asked for."""

    path: Path
    info: DatasetInfo
    rows: tuple[Row, ...]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read the tables in ``folder``.

        Raises
        ------
        DatasetError
            It is no prepared folder, or one that was left half-written, or a table is broken.
        """
        return cls(folder, _read_info(folder), _read_rows(folder / TABLE))

    def subjects(self) -> tuple[str, ...]:
        """Return all subjects, each once, in order."""
        return tuple(sorted({row.subject for row in self.rows}))

    def cases(self, subjects: Collection[str] | None = None) -> Iterator[Case]:
        """Yield the cases of ``subjects``, or of all, in the table's order.

        Raises
        ------
        DatasetError
            A picture or mask is missing, broken, or does not fit its partner.
        """
        wanted = None if subjects is None else frozenset(subjects)
        for row in self.rows:
            if wanted is None or row.subject in wanted:
                yield self._read_case(row)

    def split(self) -> Split:
        """Return the split that belongs to the folder.

        Raises
        ------
        TrainingError
            There is none, or it is wrong.
        """
        return read_split(self.path / SPLIT)

    def keep_split(self, split: Split) -> None:
        """Write ``split`` into the folder, in the place of any other.

        Raises
        ------
        DatasetError
            It is the split of another data set, or names a subject that is not in this one.
        """
        if split.dataset != self.info.name:
            raise DatasetError(
                f"the split is of {split.dataset}, {self.path} holds {self.info.name}; use its own split"
            )
        unknown = split.all_subjects() - set(self.subjects())
        if unknown:
            raise DatasetError(
                f"the split names {len(unknown)} subjects that {self.path} does not hold, {min(unknown)} for one; "
                "is the data set complete?"
            )
        write_split(split, self.path / SPLIT)

    def _read_case(self, row: Row) -> Case:
        image_file, mask_file = (self.path / part / f"{row.name}.png" for part in (IMAGES, MASKS))
        image = read_hu(image_file) if self.info.unit == "hu" else read_grey(image_file)
        mask = read_grey(mask_file) > 127
        check_pair(image_file, image, mask)
        return Case(row.name, row.subject, image, mask, row.spacing_mm, self.info.unit, row.circumference_mm)


def write_prepared(folder: Path, info: DatasetInfo, cases: Iterable[Case], split: Split | None = None) -> Prepared:
    """Write ``cases`` one by one as a prepared folder, and return it.

    Raises
    ------
    TrainingError
        The folder holds something already, or cannot be written.
    DatasetError
        A case does not fit the data set, two have one name, there is none, or the split names an unknown subject.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TrainingError(f"{folder} is not an empty folder; remove it or choose another --out")
    _make_folders(folder)
    rows: dict[str, Row] = {}
    for case in cases:
        _check(case, info, rows)
        write_image = write_hu if info.unit == "hu" else write_grey
        write_image(case.image, folder / IMAGES / f"{case.name}.png")
        write_grey(case.mask.astype(np.uint8) * np.uint8(255), folder / MASKS / f"{case.name}.png")
        # A file system may take names that differ only in capitals for one.
        rows[case.name.casefold()] = Row(case.name, case.subject, case.spacing_mm, case.circumference_mm)
    if not rows:
        raise DatasetError(f"no picture for {folder}: the data set {info.name} is empty")
    prepared = Prepared(folder, info, tuple(rows.values()))
    _write_rows(prepared.rows, folder / TABLE)
    if split is not None:
        prepared.keep_split(split)
    write_bytes((info.model_dump_json(indent=1) + "\n").encode(), folder / INFO)
    return prepared


def _make_folders(folder: Path) -> None:
    try:
        for part in (IMAGES, MASKS):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise TrainingError(f"cannot make the folder {folder}: {err.strerror}; choose another --out") from err


def _check(case: Case, info: DatasetInfo, rows: Collection[str]) -> None:
    """Refuse a case that could not be read back as it is."""
    if not SAFE_NAME.fullmatch(case.name):
        raise DatasetError(f"{case.name!r} cannot be a file name everywhere; use letters, digits, '_', '-'")
    if case.name.casefold() in rows:
        raise DatasetError(f"two pictures of {info.name} are called {case.name}; rename or remove one")
    if case.spacing_mm is not None and not 0 < case.spacing_mm < math.inf:
        raise DatasetError(f"pixels of {case.name} cannot be {case.spacing_mm} mm apart; correct the data set's table")
    if case.unit != info.unit:
        raise DatasetError(f"{case.name} is in unit {case.unit}, the data set {info.name} in {info.unit}")
    if case.image.shape != case.mask.shape or case.image.ndim != 2:
        raise DatasetError(
            f"the mask of {case.name} is {case.mask.shape} (height, width), the picture {case.image.shape}; "
            "they must be one size"
        )


def _read_info(folder: Path) -> DatasetInfo:
    file = folder / INFO
    if not file.exists():
        half = "it was left half-written, remove it and " if (folder / IMAGES).exists() else ""
        raise DatasetError(f"{folder} has no {INFO}: {half}make it with `python -m training prepare`")
    try:
        return DatasetInfo.model_validate_json(file.read_bytes())
    except OSError as err:
        raise DatasetError(f"cannot read {file}: {err.strerror}") from err
    except ValidationError as err:
        raise DatasetError(f"{file} is wrong: {err.errors()[0]['msg']}; prepare the data set again") from err


def _read_rows(file: Path) -> tuple[Row, ...]:
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            rows = tuple(
                Row(
                    line["name"],
                    line["subject"],
                    float(line["spacing_mm"]) if line["spacing_mm"] else None,
                    float(line["circumference_mm"]) if line["circumference_mm"] else None,
                )
                for line in csv.DictReader(lines)
            )
    except OSError as err:
        raise DatasetError(f"cannot read {file}: {err.strerror}; prepare the data set again") from err
    except (KeyError, TypeError, ValueError) as err:
        raise DatasetError(f"{file} is not the table of a prepared data set: {err!r}; prepare it again") from err
    if len({row.name for row in rows}) < len(rows):
        raise DatasetError(f"{file} lists a picture twice; prepare the data set again")
    return rows


def _write_rows(rows: Iterable[Row], file: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Row._fields)
    writer.writerows(rows)
    write_bytes(text.getvalue().encode(), file)
