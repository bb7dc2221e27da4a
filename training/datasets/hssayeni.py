"""Reader of the study's data set: CT of heads with and without haemorrhage, in both published layouts.

JPEG: ``Patients_CT/PPP/brain/K.jpg`` with ``K_HGE_Seg.jpg`` where there is blood, already windowed, and
``hemorrhage_diagnosis.csv``. NIfTI: ``ct_scans/PPP.nii`` with ``masks/PPP.nii``, and
``hemorrhage_diagnosis_raw_ct.csv``, which adds nothing to the masks and is not read. PPP numbers the patient, K the
slice. ``docs/datasets.md`` says where to obtain it, and on what terms.

References
----------
Hssayeni, Croock, Salman, Al-khafaji, Yahya, Ghoraani 2020, "Intracranial Hemorrhage Segmentation Using a Deep
Convolutional Model", Data 5(1):14, doi 10.3390/data5010014; data doi 10.13026/w8q8-ky94.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from nibabel.filebasedimages import ImageFileError
from numpy.typing import NDArray

from streamseg.intensity import apply_window
from training.data.case import Case
from training.data.pictures import check_pair, read_grey
from training.data.prepared import DatasetInfo, Prepared
from training.data.split import Split, SplitRequest, draw_split
from training.datasets.tables import read_table
from training.errors import DatasetError, TrainingError

logger = logging.getLogger(__name__)

INFO = DatasetInfo(
    name="hssayeni",
    modality="CT",
    unit="grey",
    licence="restricted health data (version 1.3.1), CC BY 4.0 (earlier ones): nothing of it is shipped",
    citation="Hssayeni et al. 2020, Data 5(1):14, doi 10.3390/data5010014; data doi 10.13026/w8q8-ky94",
)
JPEG, SCANS, MASKS, TABLE = "Patients_CT", "ct_scans", "masks", "hemorrhage_diagnosis.csv"
CENTRE_HU, WIDTH_HU = 40.0, 120.0
"""The brain window of the JPEG layout and of the study."""

STUDY_PATIENTS, STUDY_SLICES, DRAWS = 4, 127, 10_000
SQUARE = 0.01
"""Share by which rows and columns of square pixels may differ."""


def read_cases(folder: Path) -> Iterator[Case]:
    """Yield the cases by patient and slice, as grey levels through the brain window.

    Raises
    ------
    DatasetError
        The folder has neither layout, or a file is missing, broken, or does not fit its partner.
    """
    if (folder / JPEG).is_dir():
        return _read_jpeg(folder)
    if (folder / SCANS).is_dir():
        return _read_nifti(folder)
    raise DatasetError(f"{folder} holds neither {JPEG}/ nor {SCANS}/; pass the folder of the unpacked data set")


def study_split(prepared: Prepared, request: SplitRequest) -> Split:
    """Return a split whose test part has as many patients and slices as the study's, which did not name its own.

    Raises
    ------
    TrainingError
        No four patients have 127 slices together.
    """
    slices = Counter(row.subject for row in prepared.rows)
    patients = sorted(slices)
    rng = np.random.default_rng(request.seed)
    for _ in range(DRAWS if len(patients) >= STUDY_PATIENTS else 0):
        held_out = {str(patient) for patient in rng.choice(patients, STUDY_PATIENTS, replace=False)}
        if sum(slices[patient] for patient in held_out) == STUDY_SLICES:
            rest = [patient for patient in patients if patient not in held_out]
            split = draw_split(INFO.name, rest, SplitRequest(request.seed, request.validation, 0))
            return split.model_copy(update={"test": tuple(sorted(held_out))})
    raise TrainingError(
        f"found no {STUDY_PATIENTS} of {len(patients)} patients with {STUDY_SLICES} slices together; "
        f"use --test {STUDY_PATIENTS} or another --seed"
    )


def _read_jpeg(folder: Path) -> Iterator[Case]:
    normal = _read_normal(folder / TABLE)
    patients = sorted(path for path in (folder / JPEG).iterdir() if path.is_dir() and path.name.isdigit())
    if len({int(patient.name) for patient in patients}) < len(patients):
        raise DatasetError(f"{folder / JPEG} holds a patient twice, under two spellings of one number; remove one")
    for patient in patients:
        files = [file for file in (patient / "brain").glob("*.jpg") if file.stem.isdigit()]
        size: tuple[int, ...] | None = None
        for file in sorted(files, key=lambda file: int(file.stem)):
            is_normal = normal.pop((int(patient.name), int(file.stem)), None)
            if is_normal is None:
                raise DatasetError(f"{file} is not in {folder / TABLE}; restore its line or remove the picture")
            case = _read_slice(file, f"{int(patient.name):03}", is_normal=is_normal)
            size = size or case.image.shape
            if case.image.shape != size:
                raise DatasetError(f"{file} is {case.image.shape} (height, width), slices before it {size}; restore it")
            yield case
    if normal:
        logger.warning("%d slices in %s have no picture in %s", len(normal), TABLE, folder / JPEG)


def _read_normal(file: Path) -> dict[tuple[int, int], bool]:
    """Return whether a slice is without blood, by patient and slice, as the table in ``file`` has it."""
    table = read_table(file, key=("PatientNumber", "SliceNumber"), values=("No_Hemorrhage",))
    try:
        return {(int(patient), int(number)): value == "1" for (patient, number), (value,) in table.items()}
    except ValueError as err:
        raise DatasetError(f"{file} has a patient or slice without a number: {err}; restore the file") from err


def _read_slice(file: Path, subject: str, *, is_normal: bool) -> Case:
    image = read_grey(file)
    mask_file = file.with_stem(f"{file.stem}_HGE_Seg")
    if not mask_file.is_file() and not is_normal:
        raise DatasetError(f"{file} has blood according to {TABLE}, but no mask {mask_file.name}; restore it")
    mask = read_grey(mask_file) > 127 if mask_file.is_file() else np.zeros(image.shape, np.bool_)
    check_pair(file, image, mask)
    return Case(f"{subject}_{int(file.stem):02}", subject, image, mask)


def _read_nifti(folder: Path) -> Iterator[Case]:
    files = sorted((folder / SCANS).glob("[!.]*.nii*"))
    if not files:
        raise DatasetError(f"no scans in {folder / SCANS}; restore them")
    for file in files:
        subject = file.name.split(".")[0]
        mask_file = folder / MASKS / file.name
        if not mask_file.is_file():
            raise DatasetError(f"{file} has no mask at {mask_file}; restore it or remove the scan")
        hu, spacing_mm = _read_volume(file)
        blood, _ = _read_volume(mask_file)
        check_pair(file, hu, blood)
        grey = np.rint(apply_window(hu, CENTRE_HU, WIDTH_HU) * 255).astype(np.uint8)
        for index in range(len(grey)):
            yield Case(f"{subject}_{index + 1:02}", subject, grey[index], blood[index] > 0, spacing_mm)


def _read_volume(file: Path) -> tuple[NDArray[Any], float]:
    """Return the slices (n, H, W) of the volume in ``file`` as a radiologist sees them, and the spacing of pixels.

    From the feet upwards, seen from there: the patient's right is on the left of the picture, the face at the top.
    """
    try:
        # Canonical axes run to the patient's right, face and head.
        volume: Any = nibabel.as_closest_canonical(nibabel.load(file))  # type: ignore[no-untyped-call]  # typed in part
        voxels = np.asarray(volume.dataobj, np.float32)
    except (ImageFileError, OSError, EOFError, ValueError) as err:
        raise DatasetError(f"{file} is not a volume that can be read: {err}; restore the file") from err
    if voxels.ndim != 3:
        raise DatasetError(f"{file} has {voxels.ndim} dimensions instead of 3; restore the file")
    slices = voxels[::-1, ::-1].transpose(2, 1, 0)
    column_mm, row_mm = map(float, volume.header.get_zooms()[:2])
    if abs(row_mm - column_mm) > SQUARE * column_mm:
        raise DatasetError(f"{file} has pixels of {row_mm} by {column_mm} mm, which are not square; resample it")
    return slices, column_mm
