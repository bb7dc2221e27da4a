"""A stack of slices through the whole line, as a user calls it: report, masks and segmentation."""

import csv
import json
import math
import re
import signal
import sys
import time

import cv2
import numpy as np
import pydicom
import pytest

from tests.support.bright_model import write_bright_model
from tests.support.command_line import DEADLINE_S
from tests.support.slices import FINDING_HU, ct_stack

RADIUS_MM = 12.0
HEIGHTS_MM = tuple(range(-20, 21, 4))


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_bright_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def head(tmp_path_factory):
    """Write slices of a ball, 4 mm apart; they are stored with rows and columns turned."""
    folder = tmp_path_factory.mktemp("study") / "head"
    ct_stack(folder, HEIGHTS_MM, radius_mm=RADIUS_MM, orientation=(-1, 0, 0, 0, -1, 0))
    return folder


@pytest.fixture
def run(streamseg, head, model):
    def call(*arguments):
        return streamseg("run", head, "--model", model, "--view", "none", *arguments)

    return call


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_ball_played_forth_and_back_has_its_volume_everywhere(run, tmp_path):
    outputs = ["--stack-report", "a.json", "--log", "a.jsonl", "--summary", "s.json", "--masks", "m.mha"]
    result = run("--ping-pong", *outputs)
    assert result.returncode == 0, result.stderr
    report = read(tmp_path / "a.json")
    volume_ml = report["volume_ml"]
    assert volume_ml == pytest.approx(4 / 3 * math.pi * RADIUS_MM**3 / 1000, rel=0.05)
    assert report["is_complete"]
    assert report["first_with_finding"]["position_mm"] == -8
    assert read(tmp_path / "s.json")["stack"]["volume_ml"] == pytest.approx(volume_ml, abs=1e-3)
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    frames = [line for line in lines if line["type"] == "frame"]
    assert [line["media_index"] for line in frames] == [*range(11), *range(9, -1, -1)]
    assert frames[-1]["stack"]["volume_ml"] == pytest.approx(volume_ml, abs=1e-3)
    assert [line["position_mm"] for line in frames[:11]] == list(HEIGHTS_MM)
    assert re.search(rf"volume +{volume_ml:.2f} mL; a finding in 5 of 11 slices", result.stdout)
    assert f"{volume_ml:.2f} mL" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert cv2.imread(str(tmp_path / "a.png")) is not None


def test_the_segmentation_lies_on_the_pictures_as_they_are_stored(run, head, tmp_path):
    pytest.importorskip("highdicom", reason="DICOM segmentations need the extra 'seg'")
    result = run("--dicom-seg", "a.dcm")
    assert result.returncode == 0, result.stderr
    pictures = {data.SOPInstanceUID: data for data in map(pydicom.dcmread, head.iterdir())}
    found = pydicom.dcmread(tmp_path / "a.dcm")
    assert found.NumberOfFrames == len(HEIGHTS_MM)
    for mask, group in zip(found.pixel_array, found.PerFrameFunctionalGroupsSequence, strict=True):
        picture = pictures[group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID]
        assert group.PlanePositionSequence[0].ImagePositionPatient == picture.ImagePositionPatient
        expected = picture.pixel_array - 1024 >= FINDING_HU
        # The model sees 256 pixels for 128: its border may be off by one.
        assert np.count_nonzero(mask != expected) <= 0.1 * max(10, np.count_nonzero(expected))


def test_a_part_of_a_stack_is_called_incomplete(run, tmp_path):
    result = run("--stack-report", "a.json", "--masks", "m", "--start", "3", "--stop", "6")
    assert result.returncode == 0, result.stderr
    report = read(tmp_path / "a.json")
    assert (report["is_complete"], report["slices_seen"], report["slice_count"]) == (False, 3, 11)
    assert report["missing"][1] == "the run was asked for a part: --start 3, --stop 6"
    with (tmp_path / "m" / "scores.csv").open(encoding="utf-8", newline="") as file:
        assert [row["media_index"] for row in csv.DictReader(file)] == ["3", "4", "5"]
    assert "incomplete" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupted_stack_is_reported_as_far_as_it_came(started, head, model, tmp_path):
    outputs = ["--stack-report", "a.json", "--log", "a.jsonl", "--masks", "m.mha"]
    process = started("run", head, "--model", model, "--view", "none", "--pace", "source", "--fps", "2", *outputs)
    wait_for_frames(2, tmp_path / "a.jsonl", process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 130, stderr
    report = read(tmp_path / "a.json")
    assert 2 <= report["slices_seen"] < len(HEIGHTS_MM)
    assert report["missing"][1] == "the run ended before them, or they could not be read"
    assert f"m.mha is incomplete: {report['slices_seen']} of 11 slices" in stderr
    assert (tmp_path / "m.mha").stat().st_size > 0
    assert "incomplete" in stdout


def test_a_report_that_cannot_be_written_is_one_line_and_a_code(run):
    result = run("--stack-report", "missing/a.json")
    assert result.returncode == 6
    assert result.stderr.splitlines()[-1].startswith("streamseg: error: cannot write missing")


def test_ultrasound_gets_no_dicom_segmentation_and_is_told_what_to_use(streamseg, clip, tiny, tmp_path):
    result = streamseg("run", clip, "--model", tiny, "--view", "none", "--dicom-seg", "a.dcm")
    (line,) = result.stderr.splitlines()
    assert result.returncode == 6
    assert "the standard has no such object for it; use --masks" in line
    assert list(tmp_path.iterdir()) == []


def wait_for_frames(count, log, process):
    """Wait until the log holds more than ``count`` frames."""
    end = time.monotonic() + DEADLINE_S
    while process.poll() is None and time.monotonic() < end:
        if log.exists() and log.read_bytes().count(b'"type":"frame"') > count:
            return
        time.sleep(0.02)
    pytest.fail(f"the stream did not get past frame {count}")
