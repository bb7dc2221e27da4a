"""Settings that may change while a stream runs, and what a change says of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.settings import OverlaySettings, StreamSettings, load_settings
from streamseg.steering.live_settings import LiveSettings, changed_by, difference

SHARES = st.floats(0, 1)
OVERLAYS = st.builds(
    OverlaySettings,
    mode=st.sampled_from(["heatmap", "contour", "both", "side-by-side", "raw"]),
    colour_map=st.sampled_from(["inferno", "viridis"]),
    opacity=SHARES,
    floor=SHARES,
)
REGIONS = st.one_of(
    st.sampled_from(["auto", "whole"]),
    st.tuples(*[st.integers(0, 900)] * 2, *[st.integers(1, 900)] * 2).map(lambda box: ",".join(map(str, box))),
)
LIVE = st.builds(
    LiveSettings,
    threshold=SHARES,
    overlay=OVERLAYS,
    smoothing=st.floats(0, 0.95),
    smallest_area_px=st.integers(0, 10**6),
    is_recording=st.booleans(),
    region=REGIONS,
    speed=st.floats(0.25, 4),
)


@given(LIVE, LIVE)
def test_what_a_change_says_is_enough_to_make_it_again(before, after):
    assert changed_by(before, difference(before, after)) == after


@given(LIVE)
def test_no_change_says_nothing(live):
    assert difference(live, live) == ""


@pytest.mark.parametrize("words", ["", "threshold = much", "colour = red", "threshold = 7", "nonsense", "= 3"])
def test_words_that_cannot_be_read_change_nothing(words):
    live = LiveSettings(threshold=0.5, overlay=OverlaySettings())
    assert changed_by(live, words) == live


@pytest.mark.parametrize(
    "wrong", [{"speed": 5}, {"speed": 0.1}, {"region": "here"}, {"region": "1,2,3"}, {"region": "0,0,0,4"}]
)
def test_a_value_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match=r"must"):
        LiveSettings(threshold=0.5, overlay=OverlaySettings(), **wrong)


def test_merged_settings_begin_a_stream_as_this_one_is_now():
    settings = load_settings({("model", "precision"): "int8", ("postprocess", "threshold"): 0.1})
    live = LiveSettings(threshold=0.4, overlay=OverlaySettings(mode="contour"), smoothing=0.5, region="1,2,30,40")
    merged = live.merged(settings)
    assert (merged.postprocess.threshold, merged.postprocess.smoothing) == (0.4, 0.5)
    assert (merged.postprocess.region, merged.overlay.mode) == ("1,2,30,40", "contour")
    assert merged.model == settings.model
    assert StreamSettings.model_validate(merged.model_dump()) == merged


def test_a_field_of_the_overlay_is_changed_alone_and_one_out_of_range_is_refused():
    live = LiveSettings(0.5, OverlaySettings(opacity=0.7))
    changed = live.changed({"overlay": {"mode": "contour"}, "smoothing": 0.3})
    assert (changed.overlay.mode, changed.overlay.opacity, changed.smoothing) == ("contour", 0.7, 0.3)
    with pytest.raises(ValueError, match="opacity"):
        live.changed({"overlay": {"opacity": 2}})
