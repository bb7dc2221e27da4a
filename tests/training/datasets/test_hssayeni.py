"""The study's data set is read in both published layouts, and what is wrong with it is named."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import nibabel
import numpy as np
import pytest

from tests.support.tiny_datasets import draw_pictures, write_hssayeni_jpeg, write_hssayeni_nifti
from training.data.case import Case
from training.data.prepared import Prepared, Row
from training.data.split import SplitRequest
from training.datasets import hssayeni
from training.datasets.hssayeni import read_cases, study_split
from training.errors import DatasetError, TrainingError


@pytest.fixture
def jpeg(tmp_path: Path) -> Path:
    """Make ten slices of four patients in the older layout."""
    write_hssayeni_jpeg(tmp_path)
    return tmp_path


@pytest.fixture
def nifti(tmp_path: Path) -> Path:
    """Make two patients in the newer layout: air, brain of 30 HU to the patient's right and front, blood, bone."""
    hu = np.full((8, 10, 3), -1000, np.int16)
    hu[:4, :5] = 30
    hu[1, 2, 1] = 70
    hu[7, 9, 2] = 1200
    write_hssayeni_nifti(tmp_path, {"049": hu, "050": hu})
    return tmp_path


def brain(folder: Path, name: str) -> Path:
    return folder / "Patients_CT" / "050" / "brain" / name


def slices(folder: Path) -> list[Case]:
    return list(read_cases(folder))


def test_jpeg_slices_come_with_their_masks_and_are_empty_where_there_is_none(jpeg: Path) -> None:
    cases = slices(jpeg)
    assert [case.name for case in cases[:5]] == ["049_01", "049_02", "049_03", "050_01", "050_02"]
    assert {case.subject for case in cases} == {"049", "050", "051", "052"}
    for case, (image, mask, _) in zip(cases, draw_pictures(10), strict=True):
        assert (case.unit, case.spacing_mm) == ("grey", None)
        assert np.abs(case.image.astype(int) - image).mean() < 8, "but for the compression"
        if case.name.endswith("02"):
            assert (case.mask ^ (mask > 0)).mean() < 0.01
        else:
            assert not case.mask.any()


def test_slices_are_ordered_by_number_and_not_by_letter(tmp_path: Path) -> None:
    write_hssayeni_jpeg(tmp_path, slices=(11,))
    assert [case.name for case in slices(tmp_path)] == [f"049_{number:02}" for number in range(1, 12)]


def test_a_slice_with_blood_but_no_mask_is_named(jpeg: Path) -> None:
    brain(jpeg, "2_HGE_Seg.jpg").unlink()
    with pytest.raises(DatasetError, match=r"2\.jpg has blood according to .*, but no mask 2_HGE_Seg\.jpg"):
        slices(jpeg)


def test_a_slice_of_another_size_is_named(jpeg: Path) -> None:
    cv2.imwrite(str(brain(jpeg, "1.jpg")), np.zeros((30, 48), np.uint8))
    with pytest.raises(DatasetError, match=r"2\.jpg is \(36, 48\) .*before it \(30, 48\)"):
        slices(jpeg)


def test_a_slice_that_is_not_in_the_table_is_named(jpeg: Path) -> None:
    cv2.imwrite(str(brain(jpeg, "3.jpg")), np.zeros((36, 48), np.uint8))
    with pytest.raises(DatasetError, match=r"3\.jpg is not in .*hemorrhage_diagnosis\.csv"):
        slices(jpeg)


def test_a_line_without_a_slice_is_told(jpeg: Path, caplog: pytest.LogCaptureFixture) -> None:
    brain(jpeg, "1.jpg").unlink()
    with caplog.at_level(logging.WARNING):
        assert len(slices(jpeg)) == 9
    assert "1 slices in hemorrhage_diagnosis.csv have no picture" in caplog.text


def test_a_patient_who_is_there_twice_is_refused(jpeg: Path) -> None:
    (jpeg / "Patients_CT" / "50").mkdir()
    with pytest.raises(DatasetError, match="a patient twice"):
        slices(jpeg)


def test_a_table_with_a_patient_without_a_number_is_refused(jpeg: Path) -> None:
    table = jpeg / "hemorrhage_diagnosis.csv"
    table.write_text(table.read_text().replace("\n49,", "\nforty-nine,"))
    with pytest.raises(DatasetError, match=r"without a number: .*'forty-nine'"):
        slices(jpeg)


def test_nifti_slices_are_windowed_and_lie_as_a_radiologist_sees_them(nifti: Path) -> None:
    cases = slices(nifti)
    assert [case.name for case in cases] == ["049_01", "049_02", "049_03", "050_01", "050_02", "050_03"]
    middle = cases[1]
    assert (middle.unit, middle.spacing_mm, middle.image.shape) == ("grey", 0.5, (10, 8))
    assert np.argwhere(middle.mask).tolist() == [[2, 1]], "the patient's right is on the left, the front at the top"
    assert middle.image[2, 1] == round((70 + 20) / 120 * 255)
    assert middle.image[0, 0] == round((30 + 20) / 120 * 255)
    assert (middle.image[9, 7], cases[2].image[9, 7]) == (0, 255)


def test_a_scan_stored_in_another_order_of_axes_looks_the_same(nifti: Path) -> None:
    upright = slices(nifti)[:3]
    for part in ("ct_scans", "masks"):
        stored = nibabel.load(nifti / part / "049.nii", mmap=False)
        turned = stored.as_reoriented([[1, -1], [2, 1], [0, -1]])
        nibabel.save(turned, nifti / part / "049.nii")
    for before, after in zip(upright, slices(nifti)[:3], strict=True):
        np.testing.assert_array_equal(before.image, after.image)
        np.testing.assert_array_equal(before.mask, after.mask)


def test_a_scan_without_a_mask_is_named(nifti: Path) -> None:
    (nifti / "masks" / "050.nii").unlink()
    with pytest.raises(DatasetError, match=r"050\.nii has no mask at .*masks"):
        slices(nifti)


def test_a_mask_with_fewer_slices_is_named(nifti: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.zeros((8, 10, 2), np.uint8), np.eye(4)), nifti / "masks" / "049.nii")
    with pytest.raises(DatasetError, match=r"mask of .*049\.nii is \(2, 10, 8\).*\(3, 10, 8\)"):
        slices(nifti)


@pytest.mark.parametrize("share", [0, 0.05, 0.9])
def test_a_scan_that_was_cut_short_is_named(nifti: Path, share: float) -> None:
    file = nifti / "ct_scans" / "049.nii"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DatasetError, match=r"049\.nii is not a volume that can be read"):
        slices(nifti)


def test_pixels_that_are_not_square_are_refused(nifti: Path) -> None:
    for part in ("ct_scans", "masks"):
        voxels = np.zeros((4, 4, 2), np.int16)
        nibabel.save(nibabel.Nifti1Image(voxels, np.diag([0.5, 0.6, 5, 1])), nifti / part / "049.nii")
    with pytest.raises(DatasetError, match="not square"):
        slices(nifti)


def test_a_folder_in_neither_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds neither Patients_CT/ nor ct_scans/"):
        slices(tmp_path)


def patients(counts: list[int]) -> Prepared:
    rows = tuple(
        Row(f"{patient:03}_{number}", f"{patient:03}", None, None)
        for patient, count in enumerate(counts)
        for number in range(count)
    )
    return Prepared(Path(), hssayeni.INFO, rows)


def test_the_studys_split_holds_out_four_patients_with_127_slices() -> None:
    counts = [20 + patient % 20 for patient in range(82)]
    split = study_split(patients(counts), SplitRequest(seed=4, validation=5))
    assert (len(split.test), len(split.validation), len(split.train)) == (4, 5, 73)
    assert sum(counts[int(subject)] for subject in split.test) == 127
    assert split == study_split(patients(counts), SplitRequest(seed=4, validation=5))


@pytest.mark.parametrize("counts", [[127], [30] * 10])
def test_where_no_four_patients_have_127_slices_the_way_out_is_named(counts: list[int]) -> None:
    with pytest.raises(TrainingError, match="use --test 4"):
        study_split(patients(counts), SplitRequest())
