"""Every drawing fills its room exactly at any size, keeps to ASCII where told, and looks as somebody last saw it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.dashboard.widgets.ageing import draw_age
from streamseg.dashboard.widgets.histogram import Probabilities, draw_histogram
from streamseg.dashboard.widgets.level import Reading, draw_level
from streamseg.dashboard.widgets.score_plot import Scores, draw_scores
from streamseg.dashboard.widgets.scrubber import Track, draw_scrubber
from streamseg.dashboard.widgets.sparkline import draw_sparkline
from streamseg.dashboard.widgets.stage_table import draw_stage_table
from streamseg.dashboard.widgets.timeline import Curve, draw_timeline
from tests.support.dashboard_gallery import frame_scores, minute, probability_counts, stage_rows
from tests.support.strips import describe, lettered_ink

SCORES = frame_scores()
TRACK = Track(900, 431, SCORES, 0.5, {90: "m", 200: "!"}, 25.0)
EMPTY = np.empty(0)
UNKNOWN = np.full(30, np.nan)

DRAWINGS = {
    "scrubber": (4, lambda height, width, ink: draw_scrubber(TRACK, height, width, ink)),
    "scrubber-unknown": (3, lambda height, width, ink: draw_scrubber(Track(), height, width, ink)),
    "scores": (9, lambda height, width, ink: draw_scores(Scores(SCORES[:700], 0.5), height, width, ink)),
    "scores-none": (4, lambda height, width, ink: draw_scores(Scores(UNKNOWN, 0.5), height, width, ink)),
    "histogram": (
        8,
        lambda height, width, ink: draw_histogram(Probabilities(probability_counts(), 0.5, 0.15), height, width, ink),
    ),
    "histogram-close": (
        4,
        lambda height, width, ink: draw_histogram(Probabilities(threshold=0.52, floor=0.5), height, width, ink),
    ),
    "timeline": (
        6,
        lambda height, width, ink: draw_timeline(
            Curve(minute(29, seed=2), "latency", "ms", limit=40), height, width, ink
        ),
    ),
    "timeline-empty": (4, lambda height, width, ink: draw_timeline(Curve(EMPTY, "latency", "ms"), height, width, ink)),
    "stages": (8, lambda height, width, ink: draw_stage_table(stage_rows(), height, width, ink)),
}
LINES = {
    "sparkline": lambda width, ink: draw_sparkline(
        minute(25, seed=1), width, ink, title="capture", unit="/s", keep="min"
    ),
    "sparkline-still": lambda width, ink: draw_sparkline(
        np.zeros(60), width, ink, title="drops", unit="/s", keep="max"
    ),
    "sparkline-none": lambda width, ink: draw_sparkline(EMPTY, width, ink, title="drops", unit="/s", keep="max"),
    "level-easy": lambda width, ink: draw_level(Reading("buffer", 0.25, "1 of 4"), width, ink),
    "level-busy": lambda width, ink: draw_level(Reading("CPU", 0.78), width, ink),
    "level-full": lambda width, ink: draw_level(Reading("memory", 0.97), width, ink),
    "level-unknown": lambda width, ink: draw_level(Reading("GPU"), width, ink),
    "age-none": lambda width, ink: draw_age(None, width, ink),
    "age-fresh": lambda width, ink: draw_age(42, width, ink),
    "age-late": lambda width, ink: draw_age(300, width, ink),
    "age-stale": lambda width, ink: draw_age(1_300, width, ink),
    "age-lost": lambda width, ink: draw_age(250_000, width, ink),
}


@pytest.mark.parametrize("name", DRAWINGS)
@given(height=st.integers(1, 12), width=st.integers(1, 130), is_ascii=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_drawing_fills_its_room_exactly_and_keeps_to_its_characters(name, height, width, is_ascii):
    strips = DRAWINGS[name][1](height, width, lettered_ink(is_ascii=is_ascii))
    assert [strip.cell_length for strip in strips] == [width] * height
    assert all(len(strip.text) == width for strip in strips)
    assert not is_ascii or all(strip.text.isascii() for strip in strips)


@pytest.mark.parametrize("name", LINES)
@given(width=st.integers(1, 130), is_ascii=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_line_is_as_long_as_its_room_and_keeps_to_its_characters(name, width, is_ascii):
    strip = LINES[name](width, lettered_ink(is_ascii=is_ascii))
    assert len(strip.text) == strip.cell_length == width
    assert not is_ascii or strip.text.isascii()


def at_all_widths(draw):
    """Return what ``draw`` (width, ink) draws at four widths, described."""
    drawn = []
    for width, is_ascii in ((20, False), (40, False), (80, False), (40, True)):
        heading = f"{width} columns{', ASCII' if is_ascii else ''}"
        drawn.append(f"{heading}\n{describe(draw(width, lettered_ink(is_ascii=is_ascii)))}")
    return "\n\n".join(drawn)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_looks_as_stored(name, golden):
    height, draw = DRAWINGS[name]
    golden(name, at_all_widths(lambda width, ink: draw(height, width, ink)))


def test_lines_look_as_stored(golden):
    golden("lines", at_all_widths(lambda width, ink: [draw(width, ink) for draw in LINES.values()]))
