"""Windows by name and by number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.errors import SettingsError
from streamseg.model_card import InputSpec, Window
from streamseg.settings import load_settings
from streamseg.windows import CARD, PRESETS, parse_window, seen_by_model, shown_window

CT = InputSpec(height=64, width=64, window=PRESETS["brain"])
GREY = InputSpec(height=64, width=64)


@pytest.mark.parametrize(
    ("name", "centre_hu", "width_hu"),
    [("brain", 40, 120), ("stroke", 40, 40), ("subdural", 75, 215), ("bone", 480, 2500)],
)
def test_presets_are_the_usual_windows(name, centre_hu, width_hu):
    assert parse_window(name) == Window(centre_hu=centre_hu, width_hu=width_hu)


@settings(deadline=None)
@given(st.integers(-2000, 4000), st.integers(1, 8000))
def test_a_window_is_given_as_centre_and_width(centre_hu, width_hu):
    assert parse_window(f"{centre_hu}/{width_hu}") == Window(centre_hu=centre_hu, width_hu=width_hu)


@pytest.mark.parametrize("text", ["", "40", "40/0", "40/-5", "40/120/3", "lung window", "nan/5", "40/1e9", "card"])
def test_what_is_no_window_is_refused(text):
    with pytest.raises(ValueError, match="give CENTRE/WIDTH"):
        parse_window(text)


def test_a_wrong_window_is_a_wrong_setting_that_says_what_is_right():
    with pytest.raises(SettingsError, match=r"source\.window cannot be 'wide'.*such as 40/120"):
        load_settings({("source", "window"): "wide"}, environment={})
    assert load_settings({}, environment={}).source.window == CARD


def test_what_is_shown_is_chosen_and_what_a_ct_model_sees_is_not():
    assert shown_window("stroke", CT) == PRESETS["stroke"]
    assert shown_window(CARD, CT) == PRESETS["brain"]
    assert seen_by_model("stroke", CT) == CT


def test_a_model_for_grey_levels_sees_what_is_shown():
    assert seen_by_model("stroke", GREY).window == shown_window("stroke", GREY) == PRESETS["stroke"]
    assert seen_by_model(CARD, GREY) == GREY
