"""Smoothing, thresholds, small parts and scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from streamseg.frame import Frame
from streamseg.geometry import Box
from streamseg.model_card import InputSpec, MaskRule
from streamseg.postprocess import Smoother, change_threshold, frame_scores, segment
from streamseg.prepare import Placement
from streamseg.settings import OverlaySettings
from streamseg.steering.live_settings import LiveSettings

SPEC = InputSpec(height=32, width=32)
MAPS = arrays(np.float32, (32, 32), elements=st.floats(0, 1, width=32))


def frame(size=(32, 32), **known):
    return Frame(np.zeros(size, np.uint8), 0, 1, **known)


def live(threshold=0.5, **more):
    return LiveSettings(threshold=threshold, overlay=OverlaySettings(), **more)


@settings(max_examples=50)
@given(MAPS, st.floats(0, 1))
def test_the_mask_is_where_the_probability_reaches_the_threshold(model_map, threshold):
    result = segment(frame(), model_map, Placement.fit((32, 32), None, SPEC), live(threshold))
    np.testing.assert_array_equal(result.mask, result.probability >= threshold)
    assert result.area_px == result.mask.sum()


@settings(max_examples=100)
@given(
    arrays(np.float32, (16, 16), elements=st.sampled_from([0.0, 1e-4, 0.2, 0.4999999, 0.5, 0.50000006, 0.9, 1.0])),
    st.builds(Box, st.integers(0, 9), st.integers(0, 9), st.integers(1, 70), st.integers(1, 70)),
    st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]),
)
def test_nothing_of_the_mask_is_lost_however_the_region_is_scaled(model_map, region, threshold):
    placement = Placement.fit((80, 80), region, InputSpec(height=16, width=16))
    result = segment(frame((80, 80)), model_map, placement, live(threshold))
    np.testing.assert_array_equal(region.crop(result.mask), region.crop(result.probability) >= threshold)
    assert result.area_px == result.mask.sum() == region.crop(result.mask).sum()


def test_nothing_outside_the_region_is_in_the_mask_even_at_threshold_zero():
    region = Box(10, 20, 16, 16)
    result = segment(frame((64, 64)), np.ones((32, 32), np.float32), Placement.fit((64, 64), region, SPEC), live(0.0))
    assert result.area_px == region.area
    assert region.crop(result.mask).all()
    assert result.scores.area == 1


def test_area_in_mm2_needs_spacing():
    placement = Placement.fit((32, 32), None, SPEC)
    full = np.ones((32, 32), np.float32)
    assert segment(frame(), full, placement, live()).area_mm2 is None
    assert segment(frame(spacing_mm=(0.5, 0.25)), full, placement, live()).area_mm2 == 32 * 32 * 0.125


def test_results_are_read_only():
    result = segment(frame(), np.ones((32, 32), np.float32), Placement.fit((32, 32), None, SPEC), live())
    for array in (result.mask, result.probability):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0


def test_scores_do_not_hide_a_small_finding():
    model_map = np.zeros((100, 100), np.float32)
    model_map[:10, :10] = 0.9
    scores = frame_scores(model_map, 0.01)
    assert scores.mean == pytest.approx(0.009)
    assert scores.maximum == pytest.approx(0.9)
    assert scores.top_percent == pytest.approx(0.9)


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 300), st.sampled_from([0, 1, 30]))
def test_the_highest_are_those_of_a_map_that_is_sorted_whole(seed, height, width, decimals):
    """Also where many values are equal, and where the high ones lie together."""
    rng = np.random.default_rng(seed)
    model_map = np.round(rng.random((height, width)) ** rng.uniform(0.1, 20), decimals).astype(np.float32)
    model_map[: height // 4, : width // 4] = rng.choice([0.3, 1.0])
    top = np.sort(model_map, axis=None)[-max(1, model_map.size // 100) :]
    scores = frame_scores(model_map, 0.0)
    assert (scores.maximum, scores.top_percent) == (top[-1], top.mean())


@settings(max_examples=50)
@given(MAPS)
def test_scores_are_ordered_mean_top_percent_maximum(model_map):
    scores = frame_scores(model_map, 0.0)
    assert scores.mean <= scores.top_percent + 1e-6
    assert scores.top_percent <= scores.maximum + 1e-6


def test_smoothing_weighs_the_past_and_starts_afresh_at_a_new_scene():
    smoother = Smoother()
    zero, one = np.zeros((2, 2), np.float32), np.ones((2, 2), np.float32)
    assert smoother.smooth(zero, 0.8, is_new_scene=True).max() == 0
    np.testing.assert_allclose(smoother.smooth(one, 0.8, is_new_scene=False), 0.2, atol=1e-6)
    np.testing.assert_allclose(smoother.smooth(one, 0.8, is_new_scene=False), 0.36, atol=1e-6)
    assert smoother.smooth(zero, 0.8, is_new_scene=True).max() == 0


def test_no_smoothing_passes_the_map_through_untouched():
    smoother = Smoother()
    smoother.smooth(np.zeros((2, 2), np.float32), 0.0, is_new_scene=True)
    model_map = np.full((2, 2), 0.3, np.float32)
    assert smoother.smooth(model_map, 0.0, is_new_scene=False) is model_map


@settings(max_examples=50)
@given(MAPS, st.floats(0, 1), st.integers(0, 30))
def test_a_changed_threshold_gives_what_it_would_have_given_at_once(model_map, threshold, smallest):
    placement = Placement.fit((64, 64), Box(10, 20, 32, 32), SPEC)
    wanted = live(threshold, smallest_area_px=smallest, measure=("area", "diameters", "hc"))
    shown = frame((64, 64), spacing_mm=(0.5, 0.5))
    changed = change_threshold(segment(shown, model_map, placement, live(0.5)), wanted)
    direct = segment(shown, model_map, placement, wanted)
    np.testing.assert_array_equal(changed.mask, direct.mask)
    assert (changed.scores, changed.area_px, changed.area_mm2) == (direct.scores, direct.area_px, direct.area_mm2)
    assert changed.measurements == direct.measurements
    assert changed.measurements[0].value == changed.area_mm2
    assert changed.threshold == threshold


def test_a_part_below_the_card_s_share_of_the_region_is_no_finding():
    model_map = np.zeros((16, 16), np.float32)
    model_map[0, 0] = model_map[8:12, 8:12] = 1
    placement = Placement.fit((16, 16), None, InputSpec(height=16, width=16))
    rule = MaskRule(smallest_share=10 / 256)
    assert segment(frame((16, 16)), model_map, placement, live(0.5).with_rule(rule)).area_px == 16
    assert segment(frame((16, 16)), model_map, placement, live(0.5)).area_px == 17
