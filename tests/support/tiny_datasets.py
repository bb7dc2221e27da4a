"""Small data sets in the layouts in which they are published, drawn here: bright ellipses on noise."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import nibabel
import numpy as np
from numpy.typing import NDArray

SIZE = (36, 48)
SPACING_MM = 2.0
EXAMINATIONS = 12
FIRST_PATIENT = 49

Picture = tuple[NDArray[np.uint8], NDArray[np.uint8], tuple[int, int]]


def draw_pictures(count: int, *, seed: int = 7) -> Iterator[Picture]:
    """Yield pictures (H, W), masks of 0 and 255 (H, W), and half axes of their ellipses in pixels."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        axes = (int(rng.integers(9, 15)), int(rng.integers(7, 11)))
        mask = np.zeros(SIZE, np.uint8)
        cv2.ellipse(mask, (24, 18), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
        yield rng.integers(0, 60, SIZE).astype(np.uint8) + mask // 2, mask, axes


def write_hc18(folder: Path) -> None:
    """Write two pictures of each of `EXAMINATIONS` examinations, with filled masks."""
    names = [f"{number:03}_{picture}.png" for number in range(EXAMINATIONS) for picture in ("HC", "2HC")]
    rows = []
    for name, (image, mask, axes) in zip(names, draw_pictures(len(names)), strict=True):
        _write(folder / "images" / name, image)
        _write(folder / "masks" / name, mask)
        rows.append([name, SPACING_MM, np.pi * sum(axes) * SPACING_MM])
    write_table(folder / "pixel_size_and_hc.csv", ["filename", "pixel_size_mm", "head_circumference_mm"], rows)


def write_hc18_as_published(folder: Path) -> None:
    """Write one picture of each of three examinations, beside the outline of its ellipse."""
    rows = []
    for number, (image, mask, axes) in enumerate(draw_pictures(3)):
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        outline = cv2.drawContours(np.zeros_like(mask), contours, -1, 255, 1)
        _write(folder / "training_set" / f"{number:03}_HC.png", image)
        _write(folder / "training_set" / f"{number:03}_HC_Annotation.png", outline)
        rows.append([f"{number:03}_HC.png", SPACING_MM, np.pi * sum(axes) * SPACING_MM])
    header = ["filename", "pixel size(mm)", "head circumference (mm)"]
    write_table(folder / "training_set_pixel_size_and_HC.csv", header, rows)


def write_plain(folder: Path, *, subjects: int = 5, pictures: int = 2) -> None:
    """Write ``images/pS_K.png`` with masks."""
    names = [f"p{subject}_{picture}.png" for subject in range(subjects) for picture in range(pictures)]
    for name, (image, mask, _) in zip(names, draw_pictures(len(names)), strict=True):
        _write(folder / "images" / name, image)
        _write(folder / "masks" / name, mask)


def write_mbhseg25(folder: Path) -> None:
    """Write two slices of each of four patients, the masks in the colours of two kinds."""
    names = [f"{patient}{number:03}.png" for patient in range(158, 162) for number in (7, 9)]
    for index, (name, (image, mask, _)) in enumerate(zip(names, draw_pictures(len(names)), strict=True)):
        coloured = np.zeros((*SIZE, 3), np.uint8)
        coloured[:, :, index % 3] = mask
        _write(folder / "images" / name, image)
        _write(folder / "masks" / name, coloured)


def write_hssayeni_jpeg(folder: Path, slices: Sequence[int] = (3, 2, 2, 3)) -> None:
    """Write so many slices of each patient as JPEG; the second one of each shows blood."""
    rows = []
    pictures = draw_pictures(sum(slices))
    for patient, count in enumerate(slices, start=FIRST_PATIENT):
        for number in range(1, count + 1):
            image, mask, _ = next(pictures)
            brain = folder / "Patients_CT" / f"{patient:03}" / "brain"
            _write(brain / f"{number}.jpg", image)
            if number == 2:
                _write(brain / f"{number}_HGE_Seg.jpg", mask)
            rows.append([patient, number, 0, int(number == 2), 0, 0, 0, int(number != 2), 0])
    kinds = ["Intraventricular", "Intraparenchymal", "Subarachnoid", "Epidural", "Subdural"]
    header = ["PatientNumber", "SliceNumber", *kinds, "No_Hemorrhage", "Fracture_Yes_No"]
    write_table(folder / "hemorrhage_diagnosis.csv", header, rows)


def write_hssayeni_nifti(folder: Path, volumes: Mapping[str, NDArray[np.int16]], *, spacing_mm: float = 0.5) -> None:
    """Write each patient's densities (x, y, z) in HU, axes to the left, back and head as scanners write them.

    What is above 50 HU and below 100 HU is marked as blood.
    """
    affine = np.diag([-spacing_mm, -spacing_mm, 5.0, 1.0])
    for part in ("ct_scans", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for patient, hu in volumes.items():
        blood = ((hu > 50) & (hu < 100)).astype(np.uint8) * 255
        nibabel.save(nibabel.Nifti1Image(hu, affine), folder / "ct_scans" / f"{patient}.nii")
        nibabel.save(nibabel.Nifti1Image(blood, affine), folder / "masks" / f"{patient}.nii")


def write_table(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV file."""
    with file.open("w", newline="") as lines:
        csv.writer(lines).writerows([header, *rows])


def _write(file: Path, image: NDArray[np.uint8]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(file), image)
