"""Which frames of a source are played, and when."""

import threading
from itertools import islice

import pytest

from streamseg.errors import SettingsError, SourceUnreadableError
from streamseg.playback import Playback
from streamseg.settings import PlaybackSettings

DEADLINE_S = 10


@pytest.fixture
def play(scripted, controls):
    def make(count=10, *, is_paced=False, rate_hz=10, is_live=False, **settings):
        return Playback(
            lambda: scripted(count, rate_hz=rate_hz, is_live=is_live),
            PlaybackSettings(**settings),
            controls,
            is_paced=is_paced,
        )

    return make


def indices(playback):
    return [frame.index for frame in playback]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, list(range(10))),
        ({"start": "3"}, [3, 4, 5, 6, 7, 8, 9]),
        ({"stop": "3"}, [0, 1, 2]),
        ({"start": "2", "stop": "9", "every": 3}, [2, 5, 8]),
        ({"start": "0.2s", "stop": "0.5s"}, [2, 3, 4]),
    ],
)
def test_start_stop_and_every_choose_frames(play, settings, expected):
    playback = play(**settings)
    assert playback.info.frame_count in (len(expected), None)
    assert indices(playback) == expected


def test_a_loop_goes_on_counting_and_repeats_the_pictures(play):
    frames = list(islice(play(3, loop=True), 8))
    assert [frame.index for frame in frames] == list(range(8))
    assert [int(frame.image[0, 0]) for frame in frames] == [0, 1, 2, 0, 1, 2, 0, 1]


def test_a_loop_of_a_part_has_growing_indices(play):
    frames = list(islice(play(10, loop=True, start="4", stop="6"), 5))
    found = [frame.index for frame in frames]
    assert found == sorted(set(found))
    assert [int(frame.image[0, 0]) for frame in frames] == [4, 5, 4, 5, 4]


def test_a_loop_over_nothing_is_refused_instead_of_spinning(play):
    with pytest.raises(SourceUnreadableError, match="no frame between"):
        next(play(3, loop=True, start="7"))


def test_a_part_that_holds_no_frame_is_an_error_and_not_a_silent_end(play):
    with pytest.raises(SourceUnreadableError, match="no frame between start 20 and stop its end"):
        next(play(start="20"))


def test_a_live_source_cannot_be_looped(play):
    with pytest.raises(SettingsError, match="no end to loop"):
        play(is_live=True, loop=True)


def test_a_time_needs_media_time(scripted, controls):
    source = scripted(3, has_media_time=False)
    playback = Playback(lambda: source, PlaybackSettings(start="0.1s"), controls, is_paced=False)
    with pytest.raises(SettingsError, match="no media time"):
        next(playback)


def test_paced_frames_are_let_go_at_their_media_times(play):
    frames = list(play(4, is_paced=True, rate_hz=50))
    gaps_ms = [(later.captured_ns - frames[0].captured_ns) / 1e6 for later in frames]
    for index, gap_ms in enumerate(gaps_ms):  # never early; how late depends on the machine
        assert gap_ms >= index * 20 - 1


def test_a_held_stream_lets_no_frame_through_until_it_is_stepped(play, controls):
    controls.pause()
    playback = play(3)
    received, came = [], threading.Semaphore(0)

    def read():
        for frame in playback:
            received.append(frame.index)
            came.release()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    controls.step()
    assert came.acquire(timeout=DEADLINE_S)
    assert not came.acquire(timeout=0.1)
    assert received == [0]
    controls.resume()
    reader.join(DEADLINE_S)
    assert received == [0, 1, 2]


def test_stop_ends_a_long_wait_for_the_next_frame(play, controls):
    playback = play(3, is_paced=True, rate_hz=0.001)
    next(playback)
    reader = threading.Thread(target=lambda: list(playback), daemon=True)
    reader.start()
    controls.stop()
    reader.join(DEADLINE_S)
    assert not reader.is_alive()


def test_close_closes_the_source(scripted, controls):
    source = scripted(3)
    with Playback(lambda: source, PlaybackSettings(), controls, is_paced=False) as playback:
        next(playback)
    assert source.closes >= 1
    assert list(playback) == []


def test_frames_of_a_file_say_their_place_in_it_and_those_of_a_live_source_do_not(play):
    assert [(frame.index, frame.media_index) for frame in islice(play(3, loop=True), 5)] == [
        (0, 0), (1, 1), (2, 2), (3, 0), (4, 1)
    ]  # fmt: skip
    assert {frame.media_index for frame in play(3, is_live=True)} == {None}


def test_what_is_played_and_what_there_is_are_told_apart(play):
    info = play(10, start="2", every=3).info
    assert (info.frame_count, info.length) == (3, 10)
    assert play(10, is_live=True).info.length is None


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
    assert indices_in_file(playback) == [5]


def test_every_nth_frame_counts_from_the_one_that_was_sought(play, controls):
    playback = play(10, every=3)
    next(playback)
    controls.seek(4)
    assert indices_in_file(playback) == [4, 7]


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


@pytest.mark.parametrize("speed", [0.5, 4])
def test_the_speed_of_playback_stretches_the_waits(play, controls, speed):
    controls.set_speed(speed)
    frames = list(play(4, is_paced=True, rate_hz=50))
    for index, frame in enumerate(frames):  # never early; how late depends on the machine
        assert (frame.captured_ns - frames[0].captured_ns) / 1e6 >= index * 20 / speed - 1


def indices_in_file(playback):
    return [frame.media_index for frame in playback]


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


def places(frames):
    return [frame.media_index for frame in frames]


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
