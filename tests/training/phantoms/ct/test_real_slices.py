"""Real normal slices, and a tiny series of drawn ones in a tilted gantry."""

import math
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from training.errors import DatasetError
from training.phantoms.ct.real_slices import read_normal_slices
from training.phantoms.ct.slice import FAR_MM, Slice

SIZE, PIXEL_MM, TILT_RAD, TURN_RAD = 96, 2.2, 0.32, 0.15


def head_picture(scale: float) -> np.ndarray:
    """Return a turned head with a bright falx, two ventricles in its middle, and a skull; without room at scale 0."""
    axis = (np.arange(SIZE) - SIZE / 2 + 0.5) * PIXEL_MM
    down, across = np.meshgrid(axis, axis, indexing="ij")
    x = across * math.cos(TURN_RAD) - down * math.sin(TURN_RAD)
    y = down * math.cos(TURN_RAD) + across * math.sin(TURN_RAD)
    reach = np.hypot(x / 66, y / 82)
    hu = np.select([reach > 1.1, reach > scale], [-1000.0, 1100.0], 32.0)
    hu[(np.hypot((np.abs(x) - 15) / 7, y / 25) < 1) & (scale > 0.9)] = 5
    hu[(np.abs(x) < 1.6) & (reach < scale)] = 60
    return hu.astype(np.int16)


def write_slice(file: Path, picture: np.ndarray, table_mm: float) -> None:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, generate_uid()
    dataset = FileDataset(str(file), {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.Rows, dataset.Columns = picture.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.RescaleSlope, dataset.RescaleIntercept = "1", "-1024"
    dataset.PixelSpacing = [str(PIXEL_MM)] * 2
    start = -SIZE / 2 * PIXEL_MM
    dataset.ImagePositionPatient = [start, start * math.cos(TILT_RAD), table_mm - start * math.sin(TILT_RAD)]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, round(math.cos(TILT_RAD), 9), round(-math.sin(TILT_RAD), 9)]
    dataset.PixelData = (picture + 1024).tobytes()
    dataset.save_as(file, enforce_file_format=True)


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of six slices, in another order than they lie in the head; the topmost shows bone only."""
    folder = tmp_path_factory.mktemp("series")
    for index, scale in enumerate((0.95, 0.95, 0.95, 0.8, 0.6, 0.0)):
        write_slice(folder / f"{9 - index}.dcm", head_picture(scale), 20.0 * index)
    return folder


def test_slices_come_from_the_base_upwards_and_are_as_far_apart_as_their_planes(series: Path):
    slices = read_normal_slices(series)
    heights = [float(anatomy.z_mm[0, 0]) for anatomy in slices]
    np.testing.assert_allclose(np.diff(heights), 20 * math.cos(TILT_RAD), rtol=1e-4)
    assert heights[0] == pytest.approx(0, abs=1e-4)
    assert all(anatomy.is_scanned and anatomy.pixel_mm == pytest.approx(PIXEL_MM) for anatomy in slices)
    assert slices[0].height_mm == pytest.approx(80 * math.cos(TILT_RAD) + 4)


def test_densities_are_as_stored(series: Path):
    np.testing.assert_array_equal(read_normal_slices(series)[3].hu, head_picture(0.8))


def test_the_room_is_found_and_a_slice_of_bone_has_none(series: Path):
    *rooms, topmost = read_normal_slices(series)
    for anatomy, scale in zip(rooms, (0.95, 0.95, 0.95, 0.8, 0.6), strict=True):
        area_mm2 = (anatomy.inner_mm > 0).sum() * PIXEL_MM**2
        assert area_mm2 == pytest.approx(math.pi * 66 * 82 * scale**2, rel=0.12)
        assert anatomy.inner_mm.max() == pytest.approx(66 * scale, abs=6)
    assert topmost.inner_mm.max() < 0


def test_the_midline_is_the_falx_however_the_head_is_turned(series: Path):
    anatomy = read_normal_slices(series)[3]
    is_falx = (anatomy.hu == 60) & (anatomy.inner_mm > 5)
    assert np.abs(anatomy.x_mm[is_falx]).mean() < 1.5
    assert anatomy.falx_mm[is_falx].min() < FAR_MM


def test_ventricles_are_told_from_other_fluid(series: Path):
    anatomy = read_normal_slices(series)[2]
    is_fluid = anatomy.hu == 5
    assert anatomy.ventricles[is_fluid].mean() > 0.7
    assert anatomy.ventricles[anatomy.hu > 1000].max() == 0
    assert anatomy.fluid[anatomy.inner_mm > 8].mean() < 0.1


def test_a_folder_without_slices_is_named(tmp_path: Path):
    with pytest.raises(DatasetError, match="no DICOM slice"):
        read_normal_slices(tmp_path)


def test_a_broken_file_is_named(tmp_path: Path):
    (tmp_path / "broken.dcm").write_bytes(b"no slice")
    with pytest.raises(DatasetError, match=r"broken\.dcm"):
        read_normal_slices(tmp_path)


def test_a_file_without_a_position_is_named(series: Path, tmp_path: Path):
    dataset = pydicom.dcmread(series / "9.dcm")
    del dataset.ImagePositionPatient
    dataset.save_as(tmp_path / "adrift.dcm")
    with pytest.raises(DatasetError, match=r"adrift\.dcm"):
        read_normal_slices(tmp_path)


def test_slices_without_brain_are_refused(tmp_path: Path):
    write_slice(tmp_path / "bone.dcm", head_picture(0.0), 0.0)
    with pytest.raises(DatasetError, match="shows brain"):
        read_normal_slices(tmp_path)


@pytest.fixture(scope="module")
def real(shared_data: Path) -> tuple[Slice, ...]:
    return read_normal_slices(shared_data / "ct" / "ge_head")


def test_the_real_head_has_the_size_of_one(real: tuple[Slice, ...]):
    areas_mm2 = np.array([(anatomy.inner_mm > 0).sum() * anatomy.pixel_mm**2 for anatomy in real])
    heights_mm = np.array([float(anatomy.z_mm[0, 0]) for anatomy in real])
    assert len(real) == 28
    assert 110 < real[0].height_mm < 150
    assert 1.1e6 < np.trapezoid(areas_mm2, heights_mm) < 1.7e6  # mm3: 1.1 to 1.7 litres


def test_ventricles_of_the_real_head_are_dark_and_deep(real: tuple[Slice, ...]):
    for anatomy in real:
        is_ventricle = anatomy.ventricles > 0.5
        if is_ventricle.any():
            assert np.median(anatomy.hu[is_ventricle]) < 15
            assert np.abs(anatomy.x_mm[is_ventricle]).max() < 50
    assert sum((anatomy.ventricles > 0.5).sum() * anatomy.pixel_mm**2 > 300 for anatomy in real) >= 4
