"""Reader of HC18: standard planes of the fetal head with the expert's ellipse.

The published layout is ``training_set/NNN_HC.png`` beside ``NNN_HC_Annotation.png``, the ellipse's outline, and
``training_set_pixel_size_and_HC.csv``. The other layout is ``images/NNN_HC.png``, ``masks/`` with the same names, the
ellipse filled, and ``pixel_size_and_hc.csv``. NNN numbers the examination, of which there may be several pictures.

References
----------
van den Heuvel, de Bruijn, de Korte, van Ginneken 2018, "Automated measurement of fetal head circumference using 2D
ultrasound images", PLoS ONE 13(8):e0200412, doi 10.1371/journal.pone.0200412; data doi 10.5281/zenodo.1322001.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data.case import Case
from training.data.pictures import check_pair, read_grey
from training.data.prepared import DatasetInfo
from training.datasets.tables import read_table
from training.errors import DatasetError

INFO = DatasetInfo(
    name="hc18",
    modality="US",
    unit="grey",
    licence="CC BY 4.0",
    citation="van den Heuvel et al. 2018, PLoS ONE 13(8):e0200412, doi 10.1371/journal.pone.0200412; "
    "data doi 10.5281/zenodo.1322001",
    subject_word="examination",
)
OUTLINE = "_Annotation"


class Layout(NamedTuple):
    """Where a layout keeps its pictures and its table, and what the table calls size in mm and circumference in mm."""

    pictures: str
    table: str
    spacing: str
    circumference: str


PUBLISHED = Layout("training_set", "training_set_pixel_size_and_HC.csv", "pixel size(mm)", "head circumference (mm)")
FILLED = Layout("images", "pixel_size_and_hc.csv", "pixel_size_mm", "head_circumference_mm")


def read_cases(folder: Path) -> Iterator[Case]:
    """Yield the cases in the order of their names.

    Raises
    ------
    DatasetError
        There is none, or a file is missing, broken, or does not fit its partner; the message names it.
    """
    layout = PUBLISHED if (folder / PUBLISHED.pictures).is_dir() else FILLED
    pictures = folder / layout.pictures
    files = [file for file in sorted(pictures.glob("[!.]*.png")) if not file.stem.endswith(OUTLINE)]
    if not files:
        raise DatasetError(
            f"no HC18 pictures in {pictures}; pass the folder that holds {PUBLISHED.pictures}/, or images/ and masks/"
        )
    table = read_table(folder / layout.table, key=("filename",), values=(layout.spacing, layout.circumference))
    for file in files:
        image, mask = read_grey(file), _read_mask(file, layout)
        check_pair(file, image, mask)
        if (file.name,) not in table:
            raise DatasetError(f"{file.name} is not in {folder / layout.table}; restore its line or remove the picture")
        spacing_mm, circumference_mm = _to_mm(table[file.name,], file)
        yield Case(file.stem, subject_of(file), image, mask, spacing_mm, circumference_mm=circumference_mm)


def subject_of(file: Path) -> str:
    """Return the three digits of the examination that ``file`` belongs to.

    Raises
    ------
    DatasetError
        The name does not begin with them.
    """
    subject = file.name[:3]
    if not (subject.isascii() and subject.isdigit()):
        raise DatasetError(f"{file.name} does not begin with the three digits of its examination; rename or remove it")
    return subject


def fill_outline(outline: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the ellipse (H, W) of which ``outline`` (H, W) shows the line, filled; the picture may cut it off.

    Raises
    ------
    ValueError
        There are fewer than five points, or they are of no ellipse.
    """
    points = np.argwhere(outline)[:, ::-1].astype(np.float32)
    if len(points) < 5:
        raise ValueError(f"an ellipse needs 5 points or more, got {len(points)}")
    ellipse = cv2.fitEllipseDirect(points)
    if not np.all(np.isfinite(np.concatenate([np.ravel(part) for part in ellipse]))):
        raise ValueError("the points are of no ellipse")
    filled = np.zeros(outline.shape, np.uint8)
    cv2.ellipse(filled, ellipse, 1, thickness=cv2.FILLED)
    return filled.astype(np.bool_) | outline


def _read_mask(file: Path, layout: Layout) -> NDArray[np.bool_]:
    if layout is FILLED:
        return read_grey(file.parent.parent / "masks" / file.name) > 127
    outline = file.with_stem(file.stem + OUTLINE)
    try:
        return fill_outline(read_grey(outline) > 127)
    except ValueError as err:
        raise DatasetError(f"{outline} shows no ellipse: {err}; restore the file") from err


def _to_mm(values: tuple[str, ...], file: Path) -> tuple[float, float]:
    try:
        spacing_mm, circumference_mm = map(float, values)
    except ValueError as err:
        raise DatasetError(f"the table says {values} of {file.name}, which are no millimetres; restore it") from err
    return spacing_mm, circumference_mm
