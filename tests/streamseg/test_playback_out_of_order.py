"""Frames of a file out of their order: sought, and played forth and back."""

import threading
from itertools import islice

import pytest

from streamseg.errors import SettingsError
from streamseg.playback import Playback
from streamseg.settings import PlaybackSettings

DEADLINE_S = 10


def places(frames):
    return [frame.media_index for frame in frames]


@pytest.mark.parametrize("is_seekable", [False, True])
def test_a_seek_goes_on_from_there_and_indices_go_on_growing(scripted, controls, is_seekable):
    """Forwards and back, in a source that follows seeks and in one that has to be read again from its start."""

    class Seekable(scripted):
        def seek(self, index):
            self._next = index
            return is_seekable

    playback = Playback(lambda: Seekable(10), PlaybackSettings(), controls, is_paced=False)
    frames = list(islice(playback, 3))
    for target in (7, 2, 2):
        controls.seek(target)
        frames += islice(playback, 2)
    assert [frame.index for frame in frames] == list(range(9))
    assert [frame.media_index for frame in frames] == [0, 1, 2, 7, 8, 2, 3, 2, 3]
    assert [int(frame.image[0, 0]) for frame in frames] == [0, 1, 2, 7, 8, 2, 3, 2, 3]
    assert [frame.seeks for frame in frames] == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_a_source_without_seek_is_read_again_from_its_start(play, controls):
    playback = play(10)
    frames = list(islice(playback, 5))
    controls.seek(1)
    frames += islice(playback, 2)
    assert [int(frame.image[0, 0]) for frame in frames] == [0, 1, 2, 3, 4, 1, 2]


def test_a_seek_stays_within_what_is_played(play, controls):
    playback = play(10, start="2", stop="6")
    next(playback)
    controls.seek(0)
    assert next(playback).media_index == 2
    controls.seek(400)
    assert places(playback) == [5]


def test_every_nth_frame_counts_from_the_one_that_was_sought(play, controls):
    playback = play(10, every=3)
    next(playback)
    controls.seek(4)
    assert places(playback) == [4, 7]


def test_a_held_stream_shows_the_frame_that_is_sought_and_steps_on_from_it(play, controls):
    playback = play(10)
    next(playback)
    controls.pause()
    controls.seek(5)
    assert next(playback).media_index == 5
    controls.step()
    assert next(playback).media_index == 6


def test_a_seek_ends_the_wait_for_a_frame_that_is_not_wanted_any_more(play, controls):
    playback = play(10, is_paced=True, rate_hz=0.001)
    next(playback)
    received = []
    reader = threading.Thread(target=lambda: received.append(next(playback).media_index), daemon=True)
    reader.start()
    controls.seek(6)
    reader.join(DEADLINE_S)
    assert received == [6]


def test_a_file_that_is_held_at_its_end_can_be_sought_back(scripted, controls):
    playback = Playback(lambda: scripted(3), PlaybackSettings(), controls, is_paced=False, holds_at_end=True)
    received, came = [], threading.Semaphore(0)

    def read():
        for frame in playback:
            received.append(frame.media_index)
            came.release()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for _ in range(3):
        assert came.acquire(timeout=DEADLINE_S)
    while not controls.is_paused:
        reader.join(0.001)
    controls.seek(1)
    assert came.acquire(timeout=DEADLINE_S)
    controls.stop()
    reader.join(DEADLINE_S)
    assert not reader.is_alive()
    assert received == [0, 1, 2, 1]


class Swinging:
    """What a scripted source lacks to be played backwards."""

    def seek(self, index):
        self._next = index
        return True


@pytest.fixture
def swing(scripted, controls):
    class Source(Swinging, scripted):
        pass

    def make(count=10, *, is_paced=False, rate_hz=10, **settings):
        playback = PlaybackSettings(ping_pong=True, **settings)
        return Playback(lambda: Source(count, rate_hz=rate_hz), playback, controls, is_paced=is_paced)

    return make


@pytest.mark.parametrize(
    ("count", "settings", "expected"),
    [
        (4, {}, [0, 1, 2, 3, 2, 1, 0]),
        (1, {}, [0]),
        (9, {"start": "2", "stop": "6"}, [2, 3, 4, 5, 4, 3, 2]),
        (9, {"start": "0.2s", "stop": "0.6s"}, [2, 3, 4, 5, 4, 3, 2]),
        (9, {"start": "1", "every": 3}, [1, 4, 7, 4, 1]),
    ],
)
def test_ping_pong_goes_forth_and_back_once_over_the_frames_that_were_chosen(swing, count, settings, expected):
    playback = swing(count, **settings)
    assert playback.info.frame_count in (len(expected), None)
    frames = list(playback)
    assert places(frames) == expected
    assert [int(frame.image[0, 0]) for frame in frames] == expected
    assert [frame.index for frame in frames] == sorted({frame.index for frame in frames})


@pytest.mark.parametrize(
    ("count", "settings", "expected"),
    [
        (3, {}, [0, 1, 2, 1, 0, 1, 2, 1, 0, 1]),
        (2, {}, [0, 1, 0, 1, 0, 1]),
        (1, {}, [0, 0, 0, 0]),
        (9, {"every": 4}, [0, 4, 8, 4, 0, 4, 8]),
    ],
)
def test_looped_ping_pong_never_ends_and_plays_no_turning_point_twice_running(swing, count, settings, expected):
    assert places(islice(swing(count, loop=True, **settings), len(expected))) == expected


def test_after_a_seek_ping_pong_plays_forth_from_there(swing, controls):
    playback = swing(5)
    found = places(islice(playback, 7))
    controls.seek(3)
    assert found == [0, 1, 2, 3, 4, 3, 2]
    assert places(playback) == [3, 4, 3, 2, 1, 0]


def test_the_way_back_has_the_pace_of_the_way_forth(swing):
    frames = list(swing(3, is_paced=True, rate_hz=50))
    gaps_ms = [(later.captured_ns - frames[0].captured_ns) / 1e6 for later in frames]
    for place, gap_ms in enumerate(gaps_ms):  # never early; how late depends on the machine
        assert gap_ms >= place * 20 - 1


@pytest.mark.parametrize("is_live", [True, False])
def test_what_cannot_be_played_backwards_is_refused(play, is_live):
    with pytest.raises(SettingsError, match="cannot be played backwards; leave out --ping-pong"):
        play(ping_pong=True, is_live=is_live)


def test_a_damaged_picture_is_left_out_on_the_way_back_too(scripted, controls):
    class Damaged(Swinging, scripted):
        def __next__(self):
            self._next += self._next == 2
            return super().__next__()

    playback = Playback(lambda: Damaged(5), PlaybackSettings(ping_pong=True), controls, is_paced=False)
    assert places(playback) == [0, 1, 3, 4, 3, 1, 0]
