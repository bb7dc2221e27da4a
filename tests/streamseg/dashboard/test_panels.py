"""What panels make of a snapshot."""

from dataclasses import replace

import numpy as np
import pytest

from streamseg.dashboard.panels.findings import facts_of, scores_of, stack_facts
from streamseg.dashboard.panels.happenings import lines_of
from streamseg.dashboard.panels.latency import row_of
from streamseg.dashboard.panels.numbers import drops_in_words, limits_for, since_begin
from streamseg.dashboard.panels.position import track_of
from streamseg.dashboard.widgets.ageing import LIMITS, age_word
from streamseg.dashboard.widgets.scrubber import draw_scrubber
from streamseg.frame import Event
from streamseg.measurement import Measurement
from streamseg.stacks.book import StackVolume
from streamseg.watch.snapshot import NO_SPREAD, Inspection, Latency
from tests.support.still_feed import INDEX, LENGTH, NOW_NS, StillFeed
from tests.support.strips import lettered_ink


@pytest.fixture
def snapshot(feed):
    return feed.snapshot()


def test_the_scores_of_the_last_minute_end_with_the_frame_on_screen(snapshot):
    scores = scores_of(snapshot, "top per cent")
    assert scores.values[-1] == snapshot.finding.top_percent
    assert scores.threshold == 0.5
    assert np.nanmax(scores.values[:120]) == pytest.approx(0.8)


@pytest.mark.parametrize("plotted", ["mean", "area"])
def test_a_score_that_the_threshold_is_not_for_has_none(snapshot, plotted):
    assert scores_of(snapshot, plotted).threshold is None


def test_areas_are_in_square_millimetres_where_the_spacing_is_known(snapshot):
    finding = replace(snapshot.finding, area_mm2=12.34)
    inspection = Inspection(INDEX, np.zeros(64), 1200, 12.0, 1)
    text = {fact.title: fact.text for fact in facts_of(finding, inspection)}
    assert text["area"] == "12.3 mm², 1234 px, 10.0% of the region"
    assert text["largest"] == "12.0 mm², 1200 px of 1 part"


def test_lengths_have_their_units_and_a_line_of_their_own(snapshot):
    measured = (Measurement("area", 12.3, "mm2"), Measurement("hc", 176.32, "mm"), Measurement("bpd", 48.0, "px"))
    text = {fact.title: fact.text for fact in facts_of(replace(snapshot.finding, measurements=measured), None)}
    assert text["lengths"] == "HC 176.3 mm  BPD 48 px"
    assert "lengths" not in {fact.title for fact in facts_of(snapshot.finding, None)}


def test_a_mark_stands_on_the_scrubber_where_its_frame_is_in_the_file(snapshot):
    # Played for the second time: the frames of the file have other indices by then.
    track = replace(snapshot.file_scores, index=np.where(snapshot.file_scores.index < 0, -1, np.arange(LENGTH) + 1000))
    marked = replace(
        snapshot, file_scores=track, events=(Event("mark", "here", index=1042), Event("mark", "?", index=7))
    )
    assert track_of(marked).ticks == {42: "m"}


def test_drops_are_counted_by_cause_the_most_frequent_first(snapshot):
    assert drops_in_words(snapshot) == "10: 7 seek, 3 inference busy"
    assert drops_in_words(replace(snapshot, drops={})) == "none"


def test_events_are_dated_from_the_beginning_of_the_stream(snapshot):
    event = Event("mark", "here", NOW_NS - 2_000_000_000, 7)
    [line] = lines_of(replace(snapshot, events=(event,)))
    assert (line.when, line.text) == ("  1:03.0", "here #7")


def test_seconds_before_the_stream_began_are_no_zeros():
    assert np.isnan(since_begin((0, 0, 5, 6), 1.5)).tolist() == [True, True, False, False]


def test_a_slow_source_is_late_only_after_several_of_its_intervals(snapshot):
    source = replace(snapshot.identity.source, rate_hz=1.0)
    slow = replace(snapshot, identity=replace(snapshot.identity, source=source))
    assert age_word(1500, limits_for(slow)) == "fresh"
    assert limits_for(snapshot) == LIMITS


def test_a_stage_that_nothing_passed_in_the_last_minute_shows_the_whole_run(snapshot):
    spread = snapshot.latency["inference"].run
    row = row_of("hand_over", Latency(spread, NO_SPREAD))
    assert (row.name, row.p50) == ("hand over", spread.p50)
    assert np.isnan(row_of("inference", Latency()).p95)


def test_a_camera_has_no_scrubber_to_fill(tmp_path):
    assert track_of(StillFeed(tmp_path, is_live=True).snapshot()).length == 0


def test_a_slice_says_where_it_lies_instead_of_when(snapshot):
    placed = replace(snapshot, position=replace(snapshot.position, position_mm=42.54))
    words = draw_scrubber(track_of(placed), 4, 60, lettered_ink())[-1].text
    assert "42.5 mm" in words
    assert "42.5 mm" not in draw_scrubber(track_of(snapshot), 4, 60, lettered_ink())[-1].text


def test_the_volume_of_a_stack_is_a_fact_and_there_is_none_without_a_stack(snapshot):
    (fact,) = stack_facts(replace(snapshot, stack=StackVolume(12.345, 20, 28, 7)))
    assert fact.text.startswith("12.35 mL; a finding in 7 of 20 slices seen")
    assert stack_facts(snapshot) == ()
