"""``streamseg run`` as a user runs it: every frame once, in order, and outputs that survive Ctrl-C."""

import json
import signal
import time

import pytest

from tests.support.command_line import DEADLINE_S
from tests.support.numbered_clip import FRAME_COUNT, grey_frames, read_number, write_picture

OUTPUTS = ("--record", "a.mp4", "--log", "a.jsonl", "--summary", "a.json")


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def frames_of(path):
    return [line for line in lines_of(path) if line["type"] == "frame"]


def test_the_recordings_of_a_file_hold_every_frame_once_and_in_order(streamseg, tiny, clip, tmp_path):
    recordings = ("--record", "a.mp4", "--record-raw", "raw.mp4", "--overlay", "raw")
    result = streamseg("run", clip, "--model", tiny, *recordings)
    assert result.returncode == 0, result.stderr
    for name in ("a.mp4", "raw.mp4"):
        assert [read_number(frame) for frame in grey_frames(tmp_path / name)] == list(range(FRAME_COUNT))


def test_log_and_summary_agree_with_the_recording(streamseg, tiny, clip, tmp_path):
    result = streamseg("run", clip, "--model", tiny, "--threshold", "0.3", *OUTPUTS)
    assert result.returncode == 0, result.stderr
    assert [frame["index"] for frame in frames_of(tmp_path / "a.jsonl")] == list(range(FRAME_COUNT))
    summary = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert summary["frames_in"] == summary["frames_out"] == FRAME_COUNT
    assert summary["drops"] == {}
    assert summary["threshold"] == 0.3
    assert summary["outputs"] == ["a.mp4", "a.jsonl", "a.json"]
    assert summary["model"]["name"] == "tiny"
    assert summary["error"] is None
    assert not summary["was_interrupted"]
    assert "Research use only" in summary["notice"]
    assert set(summary["latency_ms"]["inference"]) == {"count", "p50", "p95", "p99", "max"}


def test_a_terminal_gets_the_summary_and_a_pipe_no_progress(streamseg, tiny, clip):
    result = streamseg("run", clip, "--model", tiny, "--frames", "7")
    assert result.stderr == ""
    assert "7 in, 7 out" in result.stdout
    assert "Research use only" in result.stdout


def test_quiet_says_nothing(streamseg, tiny, clip):
    result = streamseg("run", clip, "--model", tiny, "--frames", "7", "--quiet")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_start_stop_and_every_choose_the_frames(streamseg, tiny, clip, tmp_path):
    chosen = ("--start", "10", "--stop", "30", "--every", "5")
    result = streamseg("run", clip, "--model", tiny, "--log", "a.jsonl", *chosen)
    assert result.returncode == 0, result.stderr
    assert [frame["index"] for frame in frames_of(tmp_path / "a.jsonl")] == [10, 15, 20, 25]


def test_a_warning_of_the_source_is_said_once_on_standard_error(streamseg, tiny, tmp_path):
    write_picture(tmp_path / "pictures" / "a.png", (48, 64))
    result = streamseg("run", "pictures", "--model", tiny, "--size", "640x480", "--quiet")
    assert result.returncode == 0
    assert result.stderr.startswith("streamseg: warning: pictures: ")
    assert result.stderr.count("\n") == 1


def test_the_summary_is_written_when_the_source_fails_on_the_way(streamseg, tiny, tmp_path):
    for number, size in enumerate([(48, 64), (48, 64), (64, 48)]):
        write_picture(tmp_path / "pictures" / f"{number}.png", size)
    result = streamseg("run", "pictures", "--model", tiny, *OUTPUTS)
    assert result.returncode == 4
    summary = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert summary["frames_in"] == 2
    assert "48x64" in summary["error"]
    assert lines_of(tmp_path / "a.jsonl")[-1]["type"] == "end"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_finishes_every_output(started, tiny, clip, tmp_path, number):
    process = started("run", clip, "--model", tiny, "--loop", "--keep-text", *OUTPUTS)
    wait_until_more_frames_than(FRAME_COUNT, tmp_path / "a.jsonl", process)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=DEADLINE_S)
    assert process.returncode == 130
    assert stderr == ""
    assert "interrupted; all outputs were finished" in stdout
    frames = frames_of(tmp_path / "a.jsonl")
    recorded = grey_frames(tmp_path / "a.mp4")
    summary = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [frame["index"] for frame in frames] == list(range(len(frames)))
    assert len(recorded) == len(frames) == summary["frames_out"]
    assert lines_of(tmp_path / "a.jsonl")[-1]["type"] == "end"
    assert summary["was_interrupted"]
    assert summary["error"] is None


def wait_until_more_frames_than(count, log, process):
    """Wait until the log holds more than ``count`` lines, so that the clip has begun again."""
    end = time.monotonic() + DEADLINE_S
    while process.poll() is None and time.monotonic() < end:
        if log.exists() and log.read_bytes().count(b"\n") > count + 1:
            return
        time.sleep(0.02)
    pytest.fail(f"the stream did not get past frame {count}")
