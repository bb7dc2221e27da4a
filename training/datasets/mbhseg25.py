"""Reader of a sample of MBH-Seg25: slices of head CT with haemorrhage. For measuring only, never for training.

A folder holds ``images/PPPSSS.png``, 8-bit grey that is the density clipped to 0 to 255 HU, and ``masks/`` with the
same names, a colour for each kind of haemorrhage on black. PPP numbers the patient, SSS the slice. The clip made air as
dense as water, a grey background in the brain window that no scanner shows; `restore_air` undoes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data.case import Case
from training.data.pictures import check_pair, read_colour, read_grey
from training.data.prepared import DatasetInfo, Prepared
from training.data.split import Split, SplitRequest, make_split
from training.errors import DatasetError, TrainingError

INFO = DatasetInfo(
    name="mbhseg25",
    modality="CT",
    unit="hu",
    licence="said to be MIT, unconfirmed: for measuring only, nothing of it may be published",
    citation="sample of the MBH-Seg25 challenge",
)
PATIENT_DIGITS = 3
AIR_HU = -1000
NOISE_PX = 5
"""In a square of this side, noise leaves some pixel of water above 0 HU."""


def restore_air(clipped: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return densities (H, W) in HU of which ``clipped`` holds 0 to 255, with `AIR_HU` where whole areas are 0.

    Single pixels of 0 are noise in fluid and stay. Fat under the skin becomes air as well: both are below the window.
    """
    areas = cv2.morphologyEx((clipped == 0).astype(np.uint8), cv2.MORPH_OPEN, np.ones((NOISE_PX, NOISE_PX), np.uint8))
    return np.where(areas > 0, AIR_HU, clipped.astype(np.int16)).astype(np.int16)


def measuring_split(prepared: Prepared, request: SplitRequest) -> Split:
    """Return a split without a training part: half of the patients to choose by (validation), half for the test.

    Raises
    ------
    TrainingError
        ``request`` would leave a patient to train on.
    """
    patients = prepared.subjects()
    validation = len(patients) // 2 if request.validation is None else request.validation
    test = len(patients) - validation if request.test is None else request.test
    if validation + test < len(patients):
        raise TrainingError(
            f"{validation} for validation and {test} for test leave some of the {len(patients)} patients to train on; "
            "this data set is for measuring only"
        )
    return make_split(INFO.name, patients, seed=request.seed, validation=validation, test=test)


def read_cases(folder: Path) -> Iterator[Case]:
    """Yield the cases in the order of their names, in Hounsfield units, spacing unknown.

    Raises
    ------
    DatasetError
        There is none, or a file is missing, broken, or does not fit its partner; the message names it.
    """
    files = sorted((folder / "images").glob("[!.]*.png"))
    if not files:
        raise DatasetError(f"no pictures in {folder / 'images'}; pass the folder that holds images/ and masks/")
    for file in files:
        subject = file.stem[:PATIENT_DIGITS]
        if not (subject.isascii() and subject.isdigit()):
            raise DatasetError(f"{file.name} does not begin with the three digits of its patient; rename or remove it")
        image = restore_air(read_grey(file))
        mask = read_colour(folder / "masks" / file.name).max(axis=2) > 0
        check_pair(file, image, mask)
        yield Case(file.stem, subject, image, mask, unit="hu")
