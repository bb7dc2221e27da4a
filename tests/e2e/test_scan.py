"""The picture of a scanner through the whole line, as a user calls it: what is kept, what is said, what is measured."""

import json
import subprocess

import av
import numpy as np
import pytest

from streamseg.geometry import Box
from tests.support.clips import write_clip
from tests.support.command_line import DEADLINE_S, command
from tests.support.dicom_files import IDENTIFIERS, PATIENT, dataset, save
from tests.support.scanner_screens import decorations, screen

SIZE, BOX = (240, 320), Box(50, 70, 150, 170)
RUNNING, FROZEN = 12, 14


def run(source, model, folder, *options):
    outputs = ["--record", folder / "o.mp4", "--record-raw", folder / "raw.mp4", "--log", folder / "a.jsonl"]
    files = ["--summary", folder / "a.json", "--log-file", folder / "log.txt"]
    result = subprocess.run(
        command(
            ["run", source, "--view", "none", "--model", model, "--backend", "onnx", "-v", *outputs, *files, *options]
        ),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
        encoding="utf-8",
    )
    assert result.returncode == 0, result.stderr
    return result


def last_picture(path):
    with av.open(str(path)) as clip:
        return list(clip.decode(video=0))[-1].to_ndarray(format="gray")


def records(folder, kind):
    lines = (json.loads(line) for line in (folder / "a.jsonl").read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line["type"] == kind]


@pytest.fixture(scope="module")
def screens():
    moving = [screen(SIZE, BOX, seed) for seed in range(RUNNING)]
    return [*moving, *[moving[-1]] * FROZEN]


@pytest.fixture(scope="module")
def clip(screens, tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clips") / "scanner.mp4", screens, rate=10)


@pytest.fixture(scope="module")
def recorded(clip, tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recorded")
    return run(clip, tiny, folder, "--spacing", "0.2"), folder


@pytest.mark.parametrize("name", ["o.mp4", "raw.mp4"])
def test_recordings_hold_the_scan_and_no_text_around_it(recorded, name):
    picture = last_picture(recorded[1] / name)[: SIZE[0]]
    text = decorations(SIZE, BOX) > 100
    text[BOX.top - 6 : BOX.top + BOX.height + 6, BOX.left - 6 : BOX.left + BOX.width + 6] = False
    assert text.sum() > 300
    assert picture[text].max() < 30
    assert BOX.crop(picture).mean() > 40


def test_the_model_looks_at_the_scan_and_lengths_have_the_spacing_that_was_given(recorded):
    frames = records(recorded[1], "frame")
    assert len(frames) == RUNNING + FROZEN
    for frame in frames:
        assert frame["area_mm2"] == pytest.approx(frame["area_px"] * 0.04)


def test_a_frozen_picture_is_an_event(recorded):
    (event,) = (each for each in records(recorded[1], "event") if each["kind"] == "frozen")
    assert event["message"] == "the picture stands still"
    assert RUNNING + 9 <= event["index"] <= RUNNING + 12


def test_text_is_kept_on_request_but_for_masked_areas(clip, tiny, tmp_path):
    run(clip, tiny, tmp_path, "--keep-text", "--mask-areas", "0,0,20,40", "--frames", "5")
    picture = last_picture(tmp_path / "raw.mp4")
    text = decorations(SIZE, BOX) > 80
    text[:, :60] = False
    assert picture[:18, :38].max() < 30
    assert picture[: SIZE[0]][text].mean() > 60


@pytest.fixture(scope="module")
def cine(screens, tmp_path_factory):
    pixels = np.repeat(np.stack(screens[:8])[..., np.newaxis], 3, axis=3)
    return save(
        dataset(pixels, modality="US", FrameTime=40, StudyDate="20200229"),
        tmp_path_factory.mktemp("cine") / "us.dcm",
    )


def test_of_a_dicom_cine_nothing_that_is_said_or_written_names_the_patient(cine, tiny, tmp_path):
    result = run(cine, tiny, tmp_path)
    written = [
        path.read_text(encoding="utf-8") for path in tmp_path.iterdir() if path.suffix in (".jsonl", ".json", ".txt")
    ]
    said = result.stdout + result.stderr + "".join(path.name for path in tmp_path.iterdir()) + "".join(written)
    assert len(written) == 3
    assert not [identifier for identifier in IDENTIFIERS if identifier in said]
    assert last_picture(tmp_path / "raw.mp4")[:20].max() < 30


def test_on_request_the_patient_is_named(cine, tiny, tmp_path):
    assert PATIENT in run(cine, tiny, tmp_path, "--show-identifiers", "--frames", "2").stdout


def test_a_calibration_without_a_window_is_refused():
    result = subprocess.run(
        command(["run", "synthetic:head", "--calibrate", "--view", "none"]),
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
        encoding="utf-8",
    )
    assert result.returncode == 3
    assert result.stderr.count("\n") == 1
    assert "--calibrate needs a window" in result.stderr
