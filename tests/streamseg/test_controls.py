"""Changing a stream while it runs."""

import threading

import pytest

from streamseg.controls import Controls, LiveSettings
from streamseg.settings import OverlaySettings

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
