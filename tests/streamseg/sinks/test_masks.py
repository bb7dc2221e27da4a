"""Masks as a volume where that is true to them, else as a folder; nothing is lost and nothing is false."""

import csv
import importlib.util
import logging
from dataclasses import replace

import cv2
import numpy as np
import pytest

from streamseg.errors import MissingDependencyError, SinkError
from streamseg.frame import Rendering
from streamseg.settings import OutputSettings
from streamseg.sinks.masks import create
from streamseg.volumes.metaimage import read_metaimage
from tests.support.renderings import stream_of
from tests.support.slices import carried, disc, slice_of


def rendering(place, position_mm=None, **options):
    return Rendering(
        slice_of(disc(3 + place), place, position_mm=position_mm, **options), np.zeros((64, 64, 3), np.uint8)
    )


def record(path, renderings, length=None, **output):
    sink = create(str(path), OutputSettings(**output))
    stream = stream_of(path.parent)
    sink.open(replace(stream, source=replace(stream.source, frame_count=length)))
    for each in renderings:
        sink.write(each)
    sink.close()


def masks_in(folder):
    return {path.name: cv2.imread(str(path), cv2.IMREAD_UNCHANGED) > 0 for path in sorted(folder.glob("*.png"))}


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.WARNING, logger="streamseg")
    return lambda: [entry.getMessage() for entry in caplog.records]


def test_a_folder_holds_every_mask_and_a_table_with_its_place(tmp_path):
    record(tmp_path / "masks", [rendering(place, 5.0 * place) for place in range(3)])
    found = masks_in(tmp_path / "masks")
    assert list(found) == ["000000_mask.png", "000001_mask.png", "000002_mask.png"]
    for place, mask in enumerate(found.values()):
        np.testing.assert_array_equal(mask, disc(3 + place))
    with (tmp_path / "masks" / "scores.csv").open(encoding="utf-8", newline="") as file:
        assert [float(row["position_mm"]) for row in csv.DictReader(file)] == [0, 5, 10]


def test_a_volume_holds_every_slice_once_in_order(tmp_path, said):
    order = (0, 1, 2, 1, 0)
    record(tmp_path / "a.mha", [rendering(place, 5.0 * place) for place in order], length=3)
    stored = read_metaimage(tmp_path / "a.mha")
    assert stored.layout.shape == (64, 64, 3)
    np.testing.assert_allclose(stored.affine_mm @ (0, 0, 2, 1), (0, 0, 10, 1))
    assert said() == []


def test_nifti_is_read_by_nibabel_as_it_was(tmp_path):
    nibabel = pytest.importorskip("nibabel")
    record(tmp_path / "a.nii.gz", [rendering(place, 5.0 * place) for place in range(3)])
    voxels = np.asarray(nibabel.load(tmp_path / "a.nii.gz").dataobj)
    np.testing.assert_array_equal(voxels[:, :, 2].T, disc(5))


def test_slices_that_do_not_lie_evenly_become_a_folder_and_that_is_said(tmp_path, said):
    record(tmp_path / "a.nii.gz", [rendering(place, mm) for place, mm in enumerate((0.0, 4.0, 11.0))])
    assert [path.name for path in tmp_path.iterdir()] == ["a-masks"]
    assert len(masks_in(tmp_path / "a-masks")) == 3
    (line,) = said()
    assert "a.nii.gz was not written, since a volume lies evenly and the slices lie 4.00 to 7.00 mm apart" in line


def test_a_cine_is_a_volume_of_frames_and_that_is_said(tmp_path, said):
    record(tmp_path / "a.mha", [rendering(place) for place in range(2)])
    assert read_metaimage(tmp_path / "a.mha").spacing_mm == (0.5, 0.5, 1.0)
    assert said() == ["a.mha has no place in the patient: its third axis counts frames, one millimetre each"]


def test_an_interrupted_stack_keeps_what_there_is_and_says_what_is_missing(tmp_path, said):
    record(tmp_path / "a.mha", [rendering(place, 5.0 * place) for place in range(2)], length=5)
    assert read_metaimage(tmp_path / "a.mha").layout.shape == (64, 64, 2)
    assert said() == ["a.mha is incomplete: 2 of 5 slices"]


def test_without_a_frame_there_is_no_file_and_that_is_said(tmp_path, said):
    record(tmp_path / "a.mha", [])
    assert list(tmp_path.iterdir()) == []
    assert said() == ["a.mha was not written: no frame came"]


@pytest.mark.parametrize("name", ["a.mha", "masks"])
def test_masks_carried_over_from_other_frames_are_left_out(tmp_path, name):
    own = rendering(0, 0.0)
    other = rendering(1, 5.0)
    record(tmp_path / name, [own, replace(other, segmentation=carried(other.segmentation))])
    if name == "masks":
        assert list(masks_in(tmp_path / name)) == ["000000_mask.png"]
    else:
        assert read_metaimage(tmp_path / name).layout.shape == (64, 64, 1)


def test_a_live_source_has_no_volume(tmp_path):
    sink = create(str(tmp_path / "a.mha"), OutputSettings())
    with pytest.raises(SinkError, match=r"a live source has no end, and a\.mha is written at the end; give a folder"):
        sink.open(stream_of(tmp_path, is_live=True))


def test_an_ending_of_another_kind_is_refused(tmp_path):
    with pytest.raises(SinkError, match=r"not written as 'a\.tiff'; name a folder"):
        create(str(tmp_path / "a.tiff"), OutputSettings())


def test_nifti_without_its_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "nibabel" else name)
    with pytest.raises(MissingDependencyError, match=r"pip install 'streamseg\[volumes\]'; \.mha does not"):
        create(str(tmp_path / "a.nii.gz"), OutputSettings())


def test_a_folder_with_masks_is_refused(tmp_path):
    record(tmp_path / "masks", [rendering(0)])
    with pytest.raises(SinkError, match="exists already"):
        record(tmp_path / "masks", [rendering(0)])
