"""Changing a stream while it runs."""

import threading

import numpy as np
import pytest

from streamseg.frame import Frame
from streamseg.settings import OverlaySettings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings

DEADLINE_S = 10


@pytest.fixture
def controls():
    return Controls(LiveSettings(threshold=0.5, overlay=OverlaySettings()))


def test_a_change_makes_new_settings_and_an_event(controls):
    before = controls.current
    controls.change(threshold=0.6)
    assert before.threshold == 0.5
    assert controls.current.threshold == 0.6
    (event,) = controls.take_events()
    assert (event.kind, event.message) == ("change", "threshold = 0.6")
    assert controls.take_events() == ()


def test_one_field_of_the_overlay_can_be_changed(controls):
    controls.change(overlay={"mode": "contour"})
    assert controls.current.overlay.mode == "contour"
    assert controls.current.overlay.colour_map == OverlaySettings().colour_map


@pytest.mark.parametrize(
    "change",
    [{"threshold": 1.1}, {"threshold": -0.1}, {"smoothing": 1.0}, {"smallest_area_px": -1}, {"overlay": {"mode": "x"}}],
)
def test_a_value_out_of_range_changes_nothing(controls, change):
    before = controls.current
    with pytest.raises(ValueError, match=r"must be|validation error"):
        controls.change(**change)
    assert controls.current is before
    assert controls.take_events() == ()


def test_a_held_stream_goes_on_frame_by_frame(controls):
    controls.pause()
    turns = []
    done = threading.Event()

    def play():
        while controls.wait_for_turn():
            turns.append(len(turns))
            if len(turns) == 2:
                done.set()

    player = threading.Thread(target=play, daemon=True)
    player.start()
    assert turns == []
    controls.step(2)
    assert done.wait(DEADLINE_S)
    assert controls.is_paused
    controls.stop()
    player.join(DEADLINE_S)
    assert not player.is_alive()
    assert turns == [0, 1]


def test_resume_forgets_steps_that_were_not_taken(controls):
    controls.pause()
    controls.step(5)
    controls.resume()
    controls.pause()
    controls.stop()
    assert controls.wait_for_turn() is False


def test_stop_ends_a_sleep_at_once(controls):
    outcome = []
    sleeper = threading.Thread(target=lambda: outcome.append(controls.sleep_until_stop(600)), daemon=True)
    sleeper.start()
    controls.stop()
    sleeper.join(DEADLINE_S)
    assert outcome == [False]


def test_a_sleep_without_a_stop_lets_the_stream_go_on(controls):
    assert controls.sleep_until_stop(0.001) is True


def test_a_mark_is_kept_for_the_log(controls):
    controls.mark("needle visible")
    assert [event.message for event in controls.take_events()] == ["needle visible"]


def test_every_change_can_be_taken_back_and_made_again_and_both_are_events(controls):
    controls.change(threshold=0.6)
    controls.change(overlay={"mode": "contour"})
    assert (controls.can_undo, controls.can_redo) == ("overlay.mode = both", "")
    assert controls.undo() == "overlay.mode = both"
    assert controls.undo() == "threshold = 0.5"
    assert (controls.undo(), controls.can_undo, controls.can_redo) == ("", "", "threshold = 0.6")
    assert controls.redo() == "threshold = 0.6"
    assert controls.current.threshold == 0.6
    assert [event.kind for event in controls.take_events()] == ["change", "change", "undo", "undo", "redo"]


def test_a_new_change_ends_what_could_be_made_again(controls):
    controls.change(threshold=0.6)
    controls.undo()
    controls.change(smoothing=0.3)
    assert (controls.can_redo, controls.redo()) == ("", "")


def test_a_slider_that_is_dragged_is_one_change_to_undo_and_every_value_is_logged(controls):
    for threshold in (0.51, 0.52, 0.53):
        controls.drag(threshold=threshold)
    controls.drag(smoothing=0.2)
    assert len(controls.take_events()) == 4
    controls.undo()
    assert (controls.current.smoothing, controls.current.threshold) == (0, 0.53)
    controls.undo()
    assert controls.current.threshold == 0.5


def test_a_drag_that_sets_nothing_new_is_not_the_begin_of_one(controls):
    controls.change(threshold=0.6)
    controls.drag(threshold=0.6)
    controls.drag(threshold=0.7)
    assert controls.can_undo == "threshold = 0.6"


def test_setting_what_is_set_already_is_no_change(controls):
    controls.change(threshold=0.5, overlay={"mode": "both"})
    assert (controls.take_events(), controls.can_undo) == ((), "")


def test_a_region_that_does_not_fit_into_the_frames_is_refused(controls):
    controls.change(region="0,0,480,640")
    controls.limit_regions((480, 640))
    with pytest.raises(ValueError, match="must fit into frames of 640x480"):
        controls.change(region="10,0,480,640")
    assert controls.current.region == "0,0,480,640"


def test_a_source_without_places_to_go_to_refuses_a_seek_and_a_step_back(controls):
    with pytest.raises(ValueError, match="no other place"):
        controls.seek(3)
    with pytest.raises(ValueError, match="no other place"):
        controls.step(-1)
    assert (controls.seeks, controls.take_events()) == (0, ())


def test_a_step_back_counts_from_the_frame_on_screen_or_from_the_one_that_is_sought(controls):
    controls.set_abilities(is_seekable=True, is_paced=True)
    controls.pause()
    controls.take_turn(_frame(media_index=20), "whole")
    controls.step(-1)
    controls.step(-2)
    assert controls.take_seek() == (17, 2)
    controls.take_turn(_frame(media_index=21), "whole")  # one that was on its way, of before the seeks
    controls.step(-1)
    assert controls.take_seek() == (16, 3)
    controls.step(-100)
    assert controls.take_seek() == (0, 4)


def test_a_held_stream_that_is_sought_gives_one_frame_and_is_held_again(controls):
    controls.set_abilities(is_seekable=True, is_paced=True)
    controls.pause()
    controls.step(5)
    controls.seek(8)
    assert controls.wait_for_turn()
    turns = []
    waiting = threading.Thread(target=lambda: turns.append(controls.wait_for_turn()), daemon=True)
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    controls.stop()
    waiting.join(DEADLINE_S)
    assert turns == [False]


def test_the_end_of_a_file_is_held_until_it_is_resumed_which_plays_it_again(controls):
    controls.set_abilities(is_seekable=True, is_paced=True)
    outcome = []
    waiting = threading.Thread(target=lambda: outcome.append(controls.wait_at_end(4)), daemon=True)
    waiting.start()
    while not controls.is_paused:
        waiting.join(0.001)
    controls.resume()
    waiting.join(DEADLINE_S)
    assert outcome == [True]
    assert controls.take_seek() == (4, 1)


@pytest.mark.parametrize("speed", [0.2, 5, float("nan")])
def test_a_speed_beyond_a_quarter_and_four_times_is_refused(controls, speed):
    with pytest.raises(ValueError, match=r"speed must be 0.25 to 4"):
        controls.set_speed(speed)
    controls.set_speed(0.25)
    assert controls.speed == 0.25


def test_events_tell_the_frame_with_which_they_took_effect(controls):
    controls.change(threshold=0.6)
    turn = controls.take_turn(_frame(index=7), "whole")
    controls.mark("here")
    assert turn.live.threshold == 0.6
    assert [(event.kind, event.index) for event in controls.events] == [("change", 7), ("mark", None)]
    assert all(event.at_ns > 0 for event in controls.events)


def test_a_region_set_together_with_a_threshold_takes_effect_by_itself(controls):
    controls.change(threshold=0.6, region="0,0,1,1")
    assert [event.message for event in controls.take_turn(_frame(index=1), "whole").events] == ["threshold = 0.6"]
    (event,) = controls.take_turn(_frame(index=2), "0,0,1,1").events
    assert (event.message, event.index) == ("region = 0,0,1,1", 2)


def _frame(*, index=0, media_index=None, seeks=0):
    return Frame(np.zeros((2, 2), np.uint8), index, 1, media_index=media_index, seeks=seeks)
