"""Which frames of a file come out of it, at which times: all that are whole, and nothing that is made up."""

import itertools
import os
import socket

import av
import numpy as np
import pytest

from streamseg.errors import SourceLostError, SourceNotFoundError, SourceUnreadableError
from streamseg.video.reader import open_video
from tests.support.clips import CODED, SCENES, damage, grey_levels, write_clip


def read(path):
    """Return the time in ms and the pixels of every frame of a file."""
    reader = open_video(str(path))
    try:
        return {time_ns // 1_000_000: frame.to_ndarray(format="rgb24") for frame, time_ns in reader.frames()}
    finally:
        reader.close()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_variable_frame_rate_is_kept(tmp_path, suffix):
    times_ms = [0, 30, 100, 110, 400, 410, 1000]
    assert list(read(write_clip(tmp_path / f"clip{suffix}", grey_levels(7), times_ms=times_ms))) == times_ms


def test_a_stream_that_starts_late_starts_at_time_zero(tmp_path):
    path = write_clip(tmp_path / "clip.ts", grey_levels(10))
    with av.open(str(path)) as container:
        assert container.streams.video[0].start_time > 0
    assert list(read(path)) == [40 * index for index in range(10)]


def test_frames_without_a_time_get_one_a_frame_apart_and_that_is_said(tmp_path, caplog):
    path = write_clip(tmp_path / "bare.h264", grey_levels(6), bf=0).rename(tmp_path / "bare.mp4")
    assert list(read(path)) == [40 * index for index in range(6)]
    assert "bare.mp4: 6 frames had no time" in caplog.text


def test_the_length_is_the_one_that_the_file_promises(tmp_path):
    for name in CODED:
        reader = open_video(str(write_clip(tmp_path / name, SCENES[:50], **CODED[name])))
        assert reader.length_s == pytest.approx(2, abs=0.11)
        assert reader.rate_hz == 25
        reader.close()


# Of an MPEG-1 picture of which nothing is left, its decoder cannot know that it was there.
@pytest.mark.parametrize(
    ("name", "kept"), [("clip.mp4", 0), ("clip.mp4", 0.25), ("clip.avi", 0), ("clip.avi", 0.25), ("clip.mpg", 0.25)]
)
def test_what_is_damaged_is_left_out_and_counted_and_all_else_is_right(tmp_path, caplog, name, kept):
    path = write_clip(tmp_path / name, SCENES, **CODED[name])
    clean = read(path)
    damage(path, 20, kept)
    rest = read(path)
    assert 40 <= len(rest) < len(clean) == len(SCENES)
    for time_ms, picture in rest.items():
        np.testing.assert_array_equal(picture, clean[time_ms])
    assert f"{name}: " in caplog.text
    assert "were left out" in caplog.text


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi"])
def test_a_file_cut_short_gives_its_good_frames_and_then_is_lost(tmp_path, name):
    path = write_clip(tmp_path / name, SCENES, **CODED[name])
    clean = read(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    reader = open_video(str(path))
    frames = reader.frames()
    rest = {}
    with pytest.raises(SourceLostError, match=r"breaks off at .* of 2\.40 s"):
        rest.update((time_ns // 1_000_000, frame.to_ndarray(format="rgb24")) for frame, time_ns in frames)
    assert next(frames, None) is None
    reader.close()
    for time_ms, picture in rest.items():
        np.testing.assert_array_equal(picture, clean[time_ms])


def test_an_mp4_without_its_index_is_unreadable(tmp_path):
    path = write_clip(tmp_path / "clip.mov", grey_levels(5))
    coded = path.read_bytes()
    path.write_bytes(coded[: coded.index(b"moov") - 4])
    with pytest.raises(SourceUnreadableError, match="cannot be read as a video"):
        open_video(str(path))


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"just some notes\n" * 99, "cannot be read")])
def test_what_is_no_video_is_unreadable(tmp_path, content, reason):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceUnreadableError, match=reason):
        open_video(str(path))


def test_sound_alone_is_unreadable(tmp_path):
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(SourceUnreadableError, match="no video, only audio"):
        open_video(str(path))


@pytest.mark.parametrize("location", ["nowhere.mp4", "https://example.org/clip.mp4"])
def test_what_is_not_there_is_not_found(tmp_path, location):
    with pytest.raises(SourceNotFoundError):
        open_video(location if ":" in location else str(tmp_path / location))


def test_a_playlist_in_disguise_does_not_reach_the_network(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        path = tmp_path / "clip.mp4"
        path.write_text(
            "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n"
            f"http://127.0.0.1:{server.getsockname()[1]}/part.ts\n#EXT-X-ENDLIST\n"
        )
        with pytest.raises(SourceUnreadableError):
            open_video(str(path))
        with pytest.raises(TimeoutError):
            server.accept()


def test_half_the_cores_at_most_decode(tmp_path):
    reader = open_video(str(write_clip(tmp_path / "clip.mp4", grey_levels(2))))
    assert 1 <= reader.stream.thread_count <= max(1, (os.cpu_count() or 1) // 2)
    reader.close()


def test_real_clips_give_every_frame_at_growing_times(shared_data):
    for path in sorted((shared_data / "us" / "cine").glob("*.mp4")):
        reader = open_video(str(path))
        times = [time_ns for _, time_ns in reader.frames()]
        assert len(times) == reader.stream.frames
        assert times[0] == 0
        assert all(earlier < later for earlier, later in itertools.pairwise(times))
        reader.close()
