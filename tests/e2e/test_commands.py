"""The other commands as a user runs them, and what holds for all of them."""

import csv
import json
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from tests.support.command_line import DEADLINE_S, command
from tests.support.numbered_clip import FRAME_COUNT, write_picture

HEAVY = ("cv2", "onnxruntime", "av", "numpy", "pydantic", "rich")


def test_help_imports_nothing_heavy(environment):
    arguments = [sys.executable, "-X", "importtime", "-m", "streamseg", "--help"]
    result = subprocess.run(arguments, env=environment, timeout=DEADLINE_S, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "click" in imported
    assert imported.isdisjoint(HEAVY)


def test_a_reader_that_leaves_early_is_no_error_message(environment):
    process = subprocess.Popen(
        command(["run", "--print-config"]), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    process.wait(DEADLINE_S)


FAULTY = """
import sys
import streamseg.cli as cli
cli.commands.invoke = lambda ctx: 1 / 0
sys.exit(cli.main())
"""


def test_what_nobody_foresaw_is_one_line_that_asks_for_a_report(environment):
    arguments = [sys.executable, "-c", FAULTY, "doctor"]
    result = subprocess.run(arguments, env=environment, timeout=DEADLINE_S, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == (
        "streamseg: error: unexpected ZeroDivisionError: division by zero; please report it, with what --verbose says\n"
    )


def test_verbose_and_the_log_file_show_the_traceback_of_an_error(streamseg, tiny, tmp_path):
    result = streamseg("run", "nothing.mp4", "--model", tiny, "--verbose", "--log-file", "run.log")
    assert result.returncode == 4
    assert "Traceback" in result.stderr
    assert "Traceback" in (tmp_path / "run.log").read_text(encoding="utf-8")
    assert result.stderr.splitlines()[-1].startswith("streamseg: error: ")


def test_segment_does_all_inputs_that_it_can_and_names_the_others(streamseg, tiny, clip, tmp_path):
    write_picture(tmp_path / "pictures" / "p2.png", (48, 64))
    write_picture(tmp_path / "pictures" / "p10.png", (90, 50))
    (tmp_path / "pictures" / "p3.png").write_bytes(b"junk")
    (tmp_path / "pictures" / "notes.txt").touch()
    result = streamseg("segment", "pictures", clip, "nothing.png", "--model", tiny, "--out", "out")
    assert result.returncode == 4
    errors = result.stderr.splitlines()
    assert len(errors) == 2
    assert "p3.png" in errors[0]
    assert "nothing.png" in errors[1]
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert names == ["p2", "p10", *(f"numbered_{number:06d}" for number in range(FRAME_COUNT))]
    for name, size in (("p2", (48, 64)), ("p10", (90, 50)), ("numbered_000059", (160, 320))):
        mask = cv2.imread(str(tmp_path / "out" / f"{name}_mask.png"), cv2.IMREAD_UNCHANGED)
        levels = cv2.imread(str(tmp_path / "out" / f"{name}_probability.png"), cv2.IMREAD_UNCHANGED)
        assert mask.shape == levels.shape == size
        assert (mask.dtype, levels.dtype) == (np.uint8, np.uint16)
        assert set(np.unique(mask)) <= {0, 255}


def test_segment_and_run_give_the_same_scores(streamseg, tiny, clip, tmp_path):
    assert streamseg("segment", clip, "--model", tiny, "--out", "out", "--format", "npy").returncode == 0
    assert streamseg("run", clip, "--model", tiny, "--log", "a.jsonl").returncode == 0
    with (tmp_path / "out" / "scores.jsonl").open(encoding="utf-8") as file:
        segmented = [json.loads(line)["mean"] for line in file]
    with (tmp_path / "a.jsonl").open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    np.testing.assert_allclose(
        segmented, [line["scores"]["mean"] for line in lines if line["type"] == "frame"], atol=1e-6
    )


def test_bench_measures_bare_inference_pipeline_and_recording_in_one_run(streamseg, tiny, clip, tmp_path):
    sizes = ("--frames", "20", "--rounds", "2")
    result = streamseg("bench", clip, "--model", tiny, "--record", "--json", "b.json", *sizes)
    assert result.returncode == 0, result.stderr
    assert "bare inference" in result.stdout
    measured = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    pairs = zip(measured["rounds"]["pipeline"], measured["rounds"]["bare"], strict=True)
    assert measured["ratio"] == pytest.approx(np.median([pipeline / bare for pipeline, bare in pairs]))
    assert measured["recorded_fps"] > 0
    assert measured["stages"]["inference"]["count"] == 40
    assert measured["bare_stages"]["inference"]["count"] == 40
    assert ("one at a time" in result.stdout) == ("single_fps" in measured) == (measured["lanes"] > 1)
    assert measured["model"]["name"] == "tiny"
    assert measured["machine"]["cores_available"] >= 1
    assert {"p50", "p95", "p99", "max"} <= set(measured["stages"]["capture_to_canvas"])
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]


def test_an_interrupted_bench_says_so_and_leaves_nothing(started, tiny, clip, tmp_path):
    process = started("bench", clip, "--model", tiny, "--json", "b.json", "--rounds", "1000", "--frames", "1000")
    end = time.monotonic() + DEADLINE_S
    while not list(tmp_path.iterdir()) and process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, stdout, stderr.strip()) == (130, "", "streamseg: interrupted")
    assert list(tmp_path.iterdir()) == []


def test_models_lists_the_default_model_and_its_card_can_be_read(streamseg):
    listed = json.loads(streamseg("models", "--json").stdout)
    assert "us-fetal-head" in [card["name"] for card in listed]
    assert "us-fetal-head" in streamseg("models").stdout
    card = streamseg("models", "us-fetal-head").stdout
    for part in ("fetal head", "intended use", "limits", "CC-BY-4.0", "checksum is right", "Research use only"):
        assert part in card


def test_the_card_of_a_damaged_model_says_so(streamseg, tiny, tmp_path):
    (tmp_path / "tiny.json").write_bytes(tiny.with_suffix(".json").read_bytes())
    (tmp_path / "tiny.onnx").write_bytes(b"damaged")
    result = streamseg("models", "tiny.json")
    assert result.returncode == 0
    assert "is not the file that its card describes" in " ".join(result.stdout.split())


def test_doctor_finds_the_bundled_models_whole_and_right(streamseg):
    result = streamseg("doctor")
    assert result.returncode == 0, result.stdout
    assert "streamseg works here." in result.stdout
    assert "us-fetal-head.onnx" in result.stdout
    assert "us-fetal-head.int8.onnx: checksum is right, golden frame too on onnx" in result.stdout


def test_the_demo_without_a_display_leaves_a_recording_a_log_and_a_summary(streamseg, tmp_path):
    for _ in range(2):  # again: those of an earlier demo are replaced
        result = streamseg("demo", "--out", "here", "--frames", "5")
        assert result.returncode == 0, result.stderr
        assert str(tmp_path / "here" / "streamseg-demo.mp4") in result.stderr
        assert "5 in, 5 out" in result.stdout
    names = {path.name for path in (tmp_path / "here").iterdir()}
    assert names == {"streamseg-demo.mp4", "streamseg-demo.jsonl", "streamseg-demo.json"}
