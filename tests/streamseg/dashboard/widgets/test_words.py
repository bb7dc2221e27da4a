"""States come as words with their limits in one place; numbers come in few, true characters."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.dashboard.widgets._numbers import clock, duration, label, short
from streamseg.dashboard.widgets.ageing import AgeLimits, age_word, draw_age
from streamseg.dashboard.widgets.level import level_word
from streamseg.dashboard.widgets.stage_table import StageRow, columns_for, draw_stage_table
from tests.support.strips import describe, lettered_ink


@pytest.mark.parametrize(
    ("age_ms", "word"),
    [(None, "none"), (0, "fresh"), (249, "fresh"), (250, "late"), (1_000, "stale"), (5_000, "lost"), (1e9, "lost")],
)
def test_an_age_has_a_word(age_ms, word):
    assert age_word(age_ms) == word


def test_a_slow_source_has_its_own_limits():
    assert age_word(900, AgeLimits(late_ms=1_500)) == "fresh"


def test_each_state_of_age_has_a_sign_and_a_word_of_its_own():
    for is_ascii in (False, True):
        drawn = {draw_age(age_ms, 20, lettered_ink(is_ascii=is_ascii)).text[:8] for age_ms in (0, 300, 2_000, 9_000)}
        assert len({text[0] for text in drawn}) == len({text[2:] for text in drawn}) == 4


@pytest.mark.parametrize(("share", "word"), [(0, "easy"), (0.69, "easy"), (0.7, "busy"), (0.95, "full"), (1, "full")])
def test_a_level_has_a_word(share, word):
    assert level_word(share) == word


@given(st.floats(-1e6, 999e6))
def test_a_short_number_is_short_and_true(value):
    text = short(value)
    assert len(text.lstrip("-")) <= 5
    scale = {"k": 1e3, "M": 1e6}.get(text[-1], 1)
    assert float(text.rstrip("kM")) * scale == pytest.approx(value, rel=0.051, abs=0.006)


def test_no_number_is_a_dash():
    assert short(math.nan) == short(math.inf) == "-"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.5, "0.5"), (30, "30"), (12.5, "12.5"), (2000, "2000"), (20_000, "20k")]
)
def test_a_label_has_no_needless_zeros(value, text):
    assert label(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.00"), (4.92, "0:04.92"), (59.999, "1:00.00"), (3723, "1:02:03"), (-1, "0:00.00")]
)
def test_a_position_in_time_reads_like_a_clock(seconds, text):
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0, "0 ms"), (999.4, "999 ms"), (999.6, "1.0 s"), (99_000, "99.0 s"), (250_000, "4 min")]
)
def test_a_duration_has_the_unit_that_suits_it(milliseconds, text):
    assert duration(milliseconds) == text


@pytest.mark.parametrize(
    ("width", "columns"), [(20, ("p95",)), (26, ("p50", "p95")), (32, ("p50", "p95", "p99")), (120, 4)]
)
def test_a_narrow_table_keeps_the_numbers_that_matter(width, columns):
    assert columns_for(width) == (("p50", "p95", "p99", "max") if columns == 4 else columns)


def test_the_slowest_stage_is_marked_and_a_sum_never_is():
    rows = [StageRow("quick", 1, 2, 3, 4), StageRow("slow", 5, 6, 7, 8)]
    total = StageRow("all", 6, 8, 10, 12, is_total=True)
    drawn = describe(draw_stage_table([*rows, total], 4, 40, lettered_ink()))
    assert "|▸slow " in drawn
    assert "|=all " in drawn
    assert drawn.count("▸") == 1


def test_stages_not_measured_yet_are_dashes_and_none_is_the_slowest():
    drawn = describe(draw_stage_table([StageRow("new", *[math.nan] * 4)], 2, 40, lettered_ink()))
    assert drawn.count(" -") == 4
    assert "▸" not in drawn
