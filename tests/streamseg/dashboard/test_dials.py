"""Every dial stays within its ends, and its bar says where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.dashboard.dials import CHOICES, DIALS
from streamseg.settings import OverlaySettings
from streamseg.steering.live_settings import LiveSettings

LIVE = LiveSettings(threshold=0.5, overlay=OverlaySettings())


@pytest.mark.parametrize("name", DIALS)
@given(data=st.data())
def test_a_turned_dial_stays_within_its_ends_and_is_always_accepted(name, data):
    dial = DIALS[name]
    value = dial.read(LIVE)
    for steps in data.draw(st.lists(st.sampled_from([-10, -5, -1, 1, 5, 10]), max_size=30)):
        value = dial.turned(value, steps)
        assert 0 <= value <= dial.highest
    changes = dict(dial.change_to(value))
    overlay = OverlaySettings(**changes.pop("overlay", {}))
    assert dial.read(LiveSettings(**{"threshold": 0.5, "overlay": overlay} | changes)) == value


@pytest.mark.parametrize("name", DIALS)
@given(share=st.floats(0, 1))
def test_a_place_on_the_bar_is_a_value_that_stands_there(name, share):
    dial = DIALS[name]
    value = dial.at(share)
    assert dial.at(dial.share(value)) == value


def test_turning_up_and_down_again_comes_back():
    for dial in DIALS.values():
        up = dial.turned(0, 5)
        assert up > 0
        assert dial.turned(up, -5) == 0


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_goes_round(name):
    choice = CHOICES[name]
    word = choice.read(LIVE)
    assert choice.after(word, len(choice.options)) == word
    assert choice.after(choice.after(word, 1), -1) == word
