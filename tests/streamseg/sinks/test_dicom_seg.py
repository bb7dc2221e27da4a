"""A DICOM segmentation of what was seen, for slices only."""

import logging
from dataclasses import replace

import numpy as np
import pydicom
import pytest

from streamseg.errors import SinkError
from streamseg.frame import Origin, Rendering
from streamseg.settings import OutputSettings
from streamseg.sinks.dicom_seg import create
from tests.support.renderings import stream_of
from tests.support.slices import ct_stack, disc, slice_of

pytest.importorskip("highdicom", reason="DICOM segmentations need the extra 'seg'")


def rendering(place, path, **options):
    segmentation = slice_of(disc(9), place, **options)
    frame = replace(segmentation.frame, origin=None if path is None else Origin(path))
    return Rendering(replace(segmentation, frame=frame), np.zeros((64, 64, 3), np.uint8))


@pytest.fixture
def paths(tmp_path):
    return ct_stack(tmp_path / "slices", (0, 5, 10), size=(64, 64))


@pytest.fixture
def sink(tmp_path):
    made = create(str(tmp_path / "a.dcm"), OutputSettings())
    stream = stream_of(tmp_path)
    made.open(replace(stream, source=replace(stream.source, kind="dicom", frame_count=3)))
    yield made
    made.close()


def test_a_slice_that_comes_again_is_in_it_once(sink, paths, tmp_path, caplog):
    for place in (0, 1, 2, 1, 0):
        sink.write(rendering(place, paths[place], position_mm=5.0 * place))
    sink.close()
    assert pydicom.dcmread(tmp_path / "a.dcm").NumberOfFrames == 3
    assert caplog.records == []


def test_an_interrupted_stack_keeps_what_there_is_and_says_what_is_missing(sink, paths, tmp_path, caplog):
    caplog.set_level(logging.WARNING, logger="streamseg")
    sink.write(rendering(1, paths[1], position_mm=5.0))
    sink.close()
    assert pydicom.dcmread(tmp_path / "a.dcm").NumberOfFrames == 1
    assert [entry.getMessage() for entry in caplog.records] == ["a.dcm is incomplete: 1 of 3 slices"]


def test_without_a_slice_there_is_no_file_and_that_is_said(sink, tmp_path, caplog):
    caplog.set_level(logging.WARNING, logger="streamseg")
    sink.close()
    assert list(tmp_path.glob("*.dcm*")) == []
    assert [entry.getMessage() for entry in caplog.records] == ["a.dcm was not written: no slice came"]


def test_a_picture_without_a_place_is_refused_with_what_to_do_instead(sink, paths, caplog):
    with pytest.raises(SinkError, match=r"the standard has no such object for it; use --masks") as caught:
        sink.write(rendering(0, paths[0]))
    sink.close()
    assert "\n" not in str(caught.value)
    assert caplog.records == []


def test_a_source_that_is_no_dicom_is_refused_before_the_first_frame(tmp_path):
    with pytest.raises(SinkError, match=r"'scripted' does not.*use --masks"):
        create(str(tmp_path / "a.dcm"), OutputSettings()).open(stream_of(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_made_leaves_no_half_of_a_file(sink, paths, tmp_path):
    sink.write(rendering(0, paths[0], position_mm=0.0))
    paths[0].unlink()
    with pytest.raises(SinkError, match="cannot be read any more"):
        sink.close()
    assert list(tmp_path.glob("*.dcm*")) == []
