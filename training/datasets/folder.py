"""Reader of any folder of pictures: ``images/`` and, under the same stems, ``masks/``, black where there is nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data.case import Case
from training.data.pictures import check_pair, read_grey
from training.data.prepared import DatasetInfo
from training.errors import DatasetError

logger = logging.getLogger(__name__)

INFO = DatasetInfo(
    name="folder", modality="US", unit="grey", licence="not stated", citation="not stated", subject_word="subject"
)
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff")


def read_cases(folder: Path, subject: re.Pattern[str] | None = None) -> Iterator[Case]:
    """Yield the cases in the order of their names.

    Parameters
    ----------
    folder
        Holds ``images/`` and ``masks/``.
    subject
        Finds in a file's name whose picture it is: its first group, or all that it matches. None takes every picture
        for a subject of its own.

    Raises
    ------
    DatasetError
        There is none, or a file is missing, broken, does not fit its partner, or its subject is not found.
    """
    pictures, masks = (_files_by_stem(folder / part) for part in ("images", "masks"))
    if not pictures:
        raise DatasetError(f"no pictures in {folder / 'images'}; pass the folder that holds images/ and masks/")
    if subject is None:
        logger.warning("every picture counts as a subject of its own; --subject tells which belong together")
    for stem, file in pictures.items():
        if stem not in masks:
            raise DatasetError(f"{file} has no mask in {folder / 'masks'}; restore it or remove the picture")
        image, mask = read_grey(file), binary(read_grey(masks[stem]), masks[stem])
        check_pair(file, image, mask)
        yield Case(stem, _find_subject(file, subject), image, mask)


def binary(levels: NDArray[np.uint8], file: Path) -> NDArray[np.bool_]:
    """Return the mask (H, W) that ``levels`` (H, W) of ``file`` mean: 0 and another level, or black to white.

    Raises
    ------
    DatasetError
        There are more levels than two, all of them dark: labels of several structures.
    """
    found = np.unique(levels)
    if len(found) <= 2 and found[0] == 0:
        return levels > 0
    if found[-1] < 128:
        raise DatasetError(f"the mask {file} holds the levels {found[0]} to {found[-1]}; make it black and white")
    return levels > 127


def _files_by_stem(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for file in sorted(folder.glob("[!.]*")):
        if file.suffix.lower() in SUFFIXES:
            if file.stem in files:
                raise DatasetError(f"{files[file.stem]} and {file.name} have one name; remove or rename one")
            files[file.stem] = file
    return files


def _find_subject(file: Path, subject: re.Pattern[str] | None) -> str:
    if subject is None:
        return file.stem
    match = subject.search(file.name)
    found = match and (match.group(1) if subject.groups else match.group())
    if not found:
        raise DatasetError(f"--subject {subject.pattern!r} finds nothing in {file.name}; change it or rename the file")
    return str(found)
