"""DICOM through the whole line, as a user calls it."""

import json
import subprocess

import av
import numpy as np
import pytest

from tests.support.command_line import DEADLINE_S, command
from tests.support.dicom_files import IDENTIFIERS, ct_slice


def call(*arguments):
    return subprocess.run(
        command([*arguments]), capture_output=True, text=True, check=False, timeout=DEADLINE_S, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def slices(tmp_path_factory):
    """Write a folder of six slices, one of them at the place of another and one damaged."""
    folder = tmp_path_factory.mktemp("study")
    for number, z_mm in enumerate((0, 5, 10, 10, 15, 20), start=1):
        ct_slice(folder / f"{number}.dcm", z_mm=z_mm, number=number, level=40, size=(96, 128))
    broken = folder / "5.dcm"
    broken.write_bytes(broken.read_bytes()[:-500])
    return folder


@pytest.fixture(scope="module")
def run(slices, tmp_path_factory):
    """Segment that folder with all outputs; return what was said, and their folder."""
    folder = tmp_path_factory.mktemp("outputs")
    outputs = ["--record", folder / "a.mp4", "--record-raw", folder / "raw.mp4", "--log", folder / "a.jsonl"]
    files = ["--summary", folder / "a.json", "--log-file", folder / "log.txt"]
    return call("run", slices, "--window", "40/80", "--view", "none", "-v", *outputs, *files), folder


def test_a_folder_of_slices_is_recorded_and_what_is_odd_is_said(run):
    result, folder = run
    assert result.returncode == 0, result.stderr
    assert "slices that lie where another one does are left out: 1" in result.stderr
    assert "picture 3 is left out" in result.stderr
    lines = [json.loads(line) for line in (folder / "a.jsonl").read_text().splitlines()]
    assert [line["media_index"] for line in lines if line["type"] == "frame"] == [0, 1, 2, 4]


def test_the_chosen_window_is_what_is_shown(run):
    with av.open(str(run[1] / "raw.mp4")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray")
    # 40 HU in the middle of the window, away from the brighter first pixel.
    assert abs(float(np.median(picture)) - 127.5) < 6


def test_no_output_names_a_patient(run):
    result, folder = run
    said = result.stdout + result.stderr + "".join(path.name for path in folder.iterdir())
    written = "".join((folder / name).read_text() for name in ("a.jsonl", "a.json", "log.txt"))
    streamed = b"".join(path.read_bytes() for path in folder.glob("*.mp4"))
    for identifier in (*IDENTIFIERS, "1.2.3"):
        assert identifier not in said + written
        assert identifier.encode() not in streamed


def test_densities_without_a_window_are_refused_by_a_model_for_grey_levels(slices, tmp_path):
    result = call("run", slices, "--view", "none", "--record", tmp_path / "a.mp4")
    assert result.returncode == 5
    assert "choose a CT model, or a --window" in result.stderr
