"""Recordings: true times, true colours, and a file that plays whatever happened to whoever wrote it."""

import signal
import struct
import subprocess
import sys
import textwrap

import av
import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.errors import SinkError
from streamseg.video.writer import TICK_HZ, VideoWriter, keep_whole_boxes
from tests.support.renderings import grey_picture

SECOND_NS = 1_000_000_000
DEADLINE_S = 60

# Writes noise, which does not compress, so that a limit is reached soon.
CHILD = textwrap.dedent("""
    import os, resource, signal, sys
    from pathlib import Path
    import numpy as np
    from streamseg.errors import SinkError
    from streamseg.video.writer import VideoWriter

    path, limit, ending = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    writer = VideoWriter(path, rate_hz=25)
    generator = np.random.default_rng(0)
    try:
        for index in range(100):
            writer.write(generator.integers(0, 255, (64, 96, 3), dtype=np.uint8), index * 40_000_000)
        if ending == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        writer.close()
    except SinkError as err:
        writer.close()
        print(writer.frame_count, err)
""")


def write_in_child(path, limit=0, ending="close"):
    command = [sys.executable, "-c", CHILD, str(path), str(limit), ending]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def played(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [(frame.pts * stream.time_base, frame.to_ndarray(format="rgb24")) for frame in container.decode(stream)]


def boxes(path):
    data, at, kinds = path.read_bytes(), 0, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        kinds.append(kind.decode())
        at += length
    assert at == len(data)
    return kinds


def test_every_picture_comes_back_with_its_own_time(tmp_path):
    times_ns = [0, 33_366_667, 100_000_000, 133_000_000, 5 * SECOND_NS, 5 * SECOND_NS + 16_683_333]
    with_offset = [time + 3_600 * SECOND_NS for time in times_ns]
    writer = VideoWriter(tmp_path / "a.mp4", rate_hz=29.97)
    for time_ns in with_offset:
        writer.write(grey_picture((48, 64)), time_ns)
    writer.close()
    shown = [float(time) * SECOND_NS for time, _ in played(tmp_path / "a.mp4")]
    assert shown == pytest.approx(times_ns, abs=SECOND_NS / TICK_HZ)
    assert (writer.frame_count, writer.nudged_count) == (6, 0)


def test_times_that_do_not_grow_are_moved_by_a_tick_and_counted(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4")
    for time_ns in (0, 0, 40_000_000, 20_000_000, 80_000_000):
        writer.write(grey_picture((48, 64)), time_ns)
    writer.close()
    ticks = [time * TICK_HZ for time, _ in played(tmp_path / "a.mp4")]
    assert ticks == [0, 1, 2400, 2401, 4800]
    assert writer.nudged_count == 2


@pytest.mark.parametrize(
    "colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (18, 20, 23), (255, 255, 255), (53, 224, 194)]
)
def test_colours_survive(tmp_path, colour):
    writer = VideoWriter(tmp_path / "a.mp4")
    writer.write(np.full((720, 1280, 3), colour, np.uint8), 0)
    writer.close()
    _, picture = played(tmp_path / "a.mp4")[0]
    assert np.abs(picture.astype(int) - colour).max() <= 4


def test_grey_pictures_are_taken_too_and_are_sharp(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4")
    writer.write(grey_picture((96, 128)), 0)
    writer.close()
    _, picture = played(tmp_path / "a.mp4")[0]
    assert np.abs(picture[..., 1].astype(int) - grey_picture((96, 128))).mean() < 1.5


def test_an_odd_picture_grows_by_a_copy_of_its_last_row_and_column(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4")
    writer.write(np.full((47, 63), 200, np.uint8), 0)
    writer.close()
    _, picture = played(tmp_path / "a.mp4")[0]
    assert picture.shape == (48, 64, 3)
    assert np.abs(picture.astype(int) - 200).max() <= 3


def test_a_closed_file_is_a_regular_mp4_in_h264_that_says_what_it_is_for(tmp_path):
    writer = VideoWriter(tmp_path / "a: b%d.mp4", rate_hz=25)
    for index in range(50):
        writer.write(grey_picture((48, 64), shift=index), index * 40_000_000)
    writer.close()
    writer.close()
    with av.open(str(tmp_path / "a: b%d.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt, stream.frames) == ("h264", "yuv420p", 50)
        assert "research use only" in container.metadata["comment"].lower()
        assert container.duration == pytest.approx(2_000_000, abs=1000)
    assert "moof" not in boxes(tmp_path / "a: b%d.mp4")


def test_a_killed_writer_leaves_a_file_that_plays_but_for_its_last_fifth_of_a_second(tmp_path):
    done = write_in_child(tmp_path / "a.mp4", ending="kill")
    assert done.returncode == -signal.SIGKILL
    assert "moof" in boxes(tmp_path / "a.mp4")
    assert len(played(tmp_path / "a.mp4")) >= 100 - 6


def test_a_full_disk_is_said_once_and_what_was_written_plays(tmp_path):
    done = write_in_child(tmp_path / "a.mp4", limit=300_000)
    count, message = done.stdout.split(" ", 1)
    assert (done.returncode, done.stderr) == (0, "")
    assert "cannot write the recording" in message
    assert "File too large" in message
    shown = played(tmp_path / "a.mp4")
    assert int(count) - 12 <= len(shown) <= int(count)


def test_a_disk_that_is_full_at_the_very_end_leaves_a_file_that_plays(tmp_path):
    """The conversion to a regular file at the end needs room of its own."""
    write_in_child(tmp_path / "whole.mp4")
    size = (tmp_path / "whole.mp4").stat().st_size
    for missing in (1, 200, 800, 2000):
        path = tmp_path / f"{missing}.mp4"
        done = write_in_child(path, limit=size - missing)
        assert "File too large" in done.stdout
        assert len(played(path)) >= 100 - 12


def test_an_existing_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"precious")
    with pytest.raises(SinkError, match="exists already; give another name or --overwrite"):
        VideoWriter(path)
    assert path.read_bytes() == b"precious"


def test_an_existing_file_is_replaced_on_request_but_not_before_the_first_picture(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"precious")
    VideoWriter(path, overwrite=True).close()
    assert path.read_bytes() == b"precious"
    writer = VideoWriter(path, overwrite=True)
    writer.write(grey_picture((48, 64)), 0)
    writer.close()
    assert len(played(path)) == 1


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path):
    with pytest.raises(SinkError, match="No such file or directory"):
        VideoWriter(tmp_path / "missing" / "a.mp4")


def test_another_ending_than_mp4_is_refused(tmp_path):
    with pytest.raises(SinkError, match=r"recordings are \.mp4 files, got 'a.avi'"):
        VideoWriter(tmp_path / "a.avi")


def test_without_a_picture_no_file_is_left(tmp_path):
    VideoWriter(tmp_path / "a.mp4").close()
    assert list(tmp_path.iterdir()) == []


def test_another_size_and_a_closed_writer_are_refused(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4")
    writer.write(grey_picture((48, 64)), 0)
    with pytest.raises(ValueError, match=r"expected a picture of \(48, 64\)"):
        writer.write(grey_picture((48, 66)), 1)
    writer.close()
    with pytest.raises(ValueError, match="is closed"):
        writer.write(grey_picture((48, 64)), 2)


def test_a_build_without_x264_records_in_mpeg4_and_says_so(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(av, "codecs_available", av.codecs_available - {"libx264"})
    writer = VideoWriter(tmp_path / "a.mp4")
    for index in range(3):
        writer.write(grey_picture((48, 64)), index * 40_000_000)
    writer.close()
    assert "no libx264" in caplog.text
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].codec_context.name == "mpeg4"
    assert len(played(tmp_path / "a.mp4")) == 3


def test_nothing_is_left_open(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4")
    writer.write(grey_picture((48, 64)), 0)
    writer.close()
    assert str(tmp_path / "a.mp4") not in {file.path for file in psutil.Process().open_files()}


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(0, 60))
def test_cutting_behind_the_last_whole_box_keeps_all_whole_ones(tmp_path_factory, bodies, cut):
    path = tmp_path_factory.mktemp("boxes") / "a.mp4"
    whole = [struct.pack(">I4s", 8 + len(body), b"free") + body for body in bodies]
    data = b"".join(whole)
    path.write_bytes(data[: max(0, len(data) - cut)])
    keep_whole_boxes(path)
    kept, expected = path.read_bytes(), b""
    for box in whole:
        if len(expected) + len(box) <= len(data) - cut:
            expected += box
        else:
            break
    assert kept == expected
    path.unlink()
