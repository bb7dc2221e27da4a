"""Reader of HC18: standard planes of the fetal head with the expert's ellipse.

A folder holds ``images/NNN_*.png``, ``masks/`` with the same names, and ``pixel_size_and_hc.csv``. NNN numbers the
examination, of which there may be several pictures.

References
----------
van den Heuvel, de Bruijn, de Korte, van Ginneken 2018, "Automated measurement of fetal head circumference using 2D
ultrasound images", PLoS ONE 13(8):e0200412, doi 10.1371/journal.pone.0200412; data doi 10.5281/zenodo.1322001.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.case import Case
from training.errors import DatasetError

TABLE = "pixel_size_and_hc.csv"


def list_files(folder: Path) -> tuple[Path, ...]:
    """Return the pictures of the data set in ``folder``, by name.

    Raises
    ------
    DatasetError
        There are none.
    """
    files = tuple(sorted((folder / "images").glob("*.png")))
    if not files:
        raise DatasetError(f"no HC18 pictures in {folder / 'images'}; pass the folder that holds images/ and masks/")
    return files


def subject_of(file: Path) -> str:
    """Return the three digits of the examination that ``file`` belongs to.

    Raises
    ------
    DatasetError
        The name does not begin with them.
    """
    subject = file.name[:3]
    if not subject.isdigit():
        raise DatasetError(f"{file.name} does not begin with the three digits of its examination; rename or remove it")
    return subject


def list_subjects(folder: Path) -> tuple[str, ...]:
    """Return the examinations of the data set in ``folder``, each once, in order."""
    return tuple(sorted({subject_of(file) for file in list_files(folder)}))


def read_cases(folder: Path, subjects: Collection[str]) -> Iterator[Case]:
    """Yield the cases of ``subjects`` in the order of their names.

    Raises
    ------
    DatasetError
        A file is missing, broken, or does not fit its partner; the message names it.
    """
    table = _read_table(folder / TABLE)
    for file in list_files(folder):
        if subject_of(file) in subjects:
            yield _read_case(file, folder / "masks" / file.name, table)


def _read_case(file: Path, mask_file: Path, table: dict[str, tuple[float, float]]) -> Case:
    if not mask_file.is_file():
        raise DatasetError(f"{file.name} has no mask at {mask_file}; restore it or remove the picture")
    if file.name not in table:
        raise DatasetError(f"{file.name} is not in {TABLE}; restore its line or remove the picture")
    image, mask = _read_grey(file), _read_grey(mask_file)
    if image.shape != mask.shape:
        raise DatasetError(
            f"the mask of {file.name} is {mask.shape} (height, width), the picture {image.shape}; restore both files"
        )
    spacing_mm, circumference_mm = table[file.name]
    return Case(file.name, subject_of(file), image, mask > 127, spacing_mm, circumference_mm=circumference_mm)


def _read_grey(file: Path) -> NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(file.read_bytes() or b"\0", np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise DatasetError(f"{file} is not a picture that can be read; restore the file")
    return image.astype(np.uint8)


def _read_table(file: Path) -> dict[str, tuple[float, float]]:
    """Return pixel size in mm and head circumference in mm by file name."""
    try:
        with file.open(newline="") as lines:
            return {
                row["filename"]: (float(row["pixel_size_mm"]), float(row["head_circumference_mm"]))
                for row in csv.DictReader(lines)
            }
    except OSError as err:
        raise DatasetError(f"cannot read {file}: {err.strerror}; it belongs to the data set") from err
    except (KeyError, TypeError, ValueError) as err:
        raise DatasetError(f"{file} is not HC18's table: {err!r}; restore the file") from err
