"""A recording goes on and off, into as many files as that takes, on a clock that only grows."""

import re
from dataclasses import replace

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.errors import SinkError
from streamseg.frame import Frame
from streamseg.geometry import Box
from streamseg.outline import Cover, Outline
from streamseg.recording import MediaClock, Recording
from streamseg.settings import OutputSettings
from streamseg.sinks.record_raw import create
from tests.support.renderings import grey_picture, rendering_of, stream_of

STEP_NS = 40_000_000


def frame_at(index, media_time_ns=None):
    return Frame(np.zeros((2, 2), np.uint8), index, 10**12 + index * STEP_NS, media_time_ns)


def record(recording, indices, *, size=(48, 64), is_recording=True):
    for index in indices:
        recording.write(grey_picture(size), frame_at(index, index * STEP_NS), is_recording=is_recording)


def frames_of(path):
    with av.open(str(path)) as container:
        return container.streams.video[0].frames


@pytest.fixture
def to_file(tmp_path):
    recording = Recording(str(tmp_path / "a.mp4"), OutputSettings(folder=tmp_path))
    recording.open(25)
    yield recording
    recording.close()


def test_switched_off_and_on_it_goes_on_in_another_file(to_file, tmp_path):
    record(to_file, range(3))
    record(to_file, range(3, 6), is_recording=False)
    assert frames_of(tmp_path / "a.mp4") == 3
    record(to_file, range(6, 10))
    record(to_file, [10], is_recording=False)
    record(to_file, [11, 12])
    to_file.close()
    assert {path.name: frames_of(path) for path in tmp_path.iterdir()} == {"a.mp4": 3, "a-2.mp4": 4, "a-3.mp4": 2}


def test_another_size_begins_another_file(to_file, tmp_path):
    record(to_file, range(3))
    record(to_file, range(3, 5), size=(48, 128))
    to_file.close()
    assert {path.name: frames_of(path) for path in tmp_path.iterdir()} == {"a.mp4": 3, "a-2.mp4": 2}


def test_a_later_file_never_replaces_one_that_is_there(tmp_path):
    (tmp_path / "a-2.mp4").write_bytes(b"precious")
    recording = Recording(str(tmp_path / "a.mp4"), OutputSettings(folder=tmp_path, overwrite=True))
    recording.open(25)
    record(recording, [0])
    record(recording, [1], size=(48, 128))
    recording.close()
    assert (tmp_path / "a-2.mp4").read_bytes() == b"precious"
    assert frames_of(tmp_path / "a-3.mp4") == 1


def test_a_target_is_claimed_before_recording_is_switched_on(to_file, tmp_path):
    assert (tmp_path / "a.mp4").exists()
    record(to_file, range(2), is_recording=False)
    record(to_file, range(2, 4))
    to_file.close()
    assert {path.name: frames_of(path) for path in tmp_path.iterdir()} == {"a.mp4": 2}


def test_without_target_nothing_is_written_until_somebody_switches_it_on(tmp_path):
    recording = Recording("", OutputSettings(folder=tmp_path), suffix="-raw")
    recording.open(None)
    record(recording, [0])
    record(recording, [1], is_recording=False)
    assert list(tmp_path.iterdir()) == []
    record(recording, [2, 3])
    record(recording, [4], is_recording=False)
    record(recording, [5])
    recording.close()
    first, second = sorted(tmp_path.iterdir(), key=frames_of, reverse=True)
    assert re.fullmatch(r"streamseg-\d{8}-\d{6}-raw\.mp4", first.name)
    assert re.fullmatch(r"streamseg-\d{8}-\d{6}-raw(-2)?\.mp4", second.name)


def test_a_folder_that_is_not_there_is_said_when_recording_is_switched_on(tmp_path):
    recording = Recording("", OutputSettings(folder=tmp_path / "missing"))
    recording.open(None)
    record(recording, [0], is_recording=False)
    with pytest.raises(SinkError, match="No such file or directory"):
        record(recording, [1])
    recording.close()


def test_a_looped_file_is_recorded_on_one_growing_clock():
    clock = MediaClock()
    times = [clock.time_ns(frame_at(index, index % 3 * STEP_NS)) for index in range(7)]
    assert times == [index * STEP_NS for index in range(7)]


def test_frames_without_media_time_go_by_when_they_were_captured():
    clock = MediaClock()
    assert [clock.time_ns(frame_at(index)) for index in (0, 1, 5)] == [10**12 + index * STEP_NS for index in (0, 1, 5)]


@given(st.lists(st.integers(0, 10**12), min_size=1))
def test_the_clock_never_runs_backwards(times_ns):
    clock = MediaClock()
    shown = [clock.time_ns(frame_at(index, time_ns)) for index, time_ns in enumerate(times_ns)]
    assert shown == sorted(shown)


def test_a_seek_is_a_step_like_any_other_and_no_gap():
    clock = MediaClock()
    times_ms = []
    for index, (media_ms, seeks) in enumerate([(0, 0), (40, 0), (80, 0), (4000, 1), (4040, 1), (40, 2), (80, 2)]):
        frame = Frame(np.zeros((2, 2), np.uint8), index, 1, media_ms * 1_000_000, seeks=seeks)
        times_ms.append(clock.time_ns(frame) / 1e6)
    assert times_ms == [0, 40, 80, 120, 160, 200, 240]


def test_a_seek_after_the_first_frame_is_a_step_too():
    clock = MediaClock()
    times_ns = [
        clock.time_ns(Frame(np.zeros((2, 2), np.uint8), seeks, 1, 5_000_000_000 * seeks, seeks=seeks))
        for seeks in range(3)
    ]
    assert times_ns == [0, STEP_NS, 2 * STEP_NS]


def recorded_whole(tmp_path, caplog, *, outline=None, modality=None, **output):
    """Return what is said at the end of a recording of one picture whose scan has that outline."""
    stream = stream_of(tmp_path, **output)
    rendering = rendering_of(0)
    frame = replace(rendering.segmentation.frame, modality=modality)
    rendering = replace(
        rendering, segmentation=replace(rendering.segmentation, frame=frame), cover=Cover(outline=outline)
    )
    recorder = create(str(tmp_path / "a.mp4"), stream.settings.output)
    recorder.open(stream)
    recorder.write(rendering)
    with caplog.at_level("WARNING"):
        recorder.close()
        recorder.close()
    return caplog.messages


def test_where_no_scan_was_told_from_what_is_around_it_that_is_said_once(tmp_path, caplog):
    (message,) = recorded_whole(tmp_path, caplog)
    assert "no scan stands out in the picture, so that nothing was blacked out" in message


@pytest.mark.parametrize(
    "more", [{"outline": Outline.of_box(Box(0, 0, 9, 9))}, {"keep_text": True}, {"modality": "CT"}]
)
def test_where_it_was_or_text_is_kept_or_it_is_no_ultrasound_nothing_is_said(tmp_path, caplog, more):
    assert recorded_whole(tmp_path, caplog, **more) == []
