"""Which frames of a source are played, and when."""

import threading
from itertools import islice

import pytest

from streamseg.errors import SettingsError, SourceUnreadableError
from streamseg.playback import Playback
from streamseg.settings import PlaybackSettings

DEADLINE_S = 10


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


@pytest.mark.parametrize("speed", [0.5, 4])
def test_the_speed_of_playback_stretches_the_waits(play, controls, speed):
    controls.set_speed(speed)
    frames = list(play(4, is_paced=True, rate_hz=50))
    for index, frame in enumerate(frames):  # never early; how late depends on the machine
        assert (frame.captured_ns - frames[0].captured_ns) / 1e6 >= index * 20 / speed - 1
