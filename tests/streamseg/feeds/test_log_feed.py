"""A stream that runs or ran elsewhere, as its log tells it."""

import json
import os
import time
from dataclasses import replace

import numpy as np
import pytest

from streamseg.errors import SourceNotFoundError, SourceUnreadableError
from streamseg.feeds.log_feed import LogFeed, LogReplay
from streamseg.frame import Event
from streamseg.settings import OutputSettings
from streamseg.sinks.log import create
from tests.support.logs import FRAME_NS, LENGTH, MEASUREMENTS, LoggedStream, write_log
from tests.support.renderings import CARD, rendering_of, stream_of
from tests.support.slices import disc, slice_of

DEADLINE_S = 20


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.jsonl"


@pytest.fixture
def feed(path):
    feed = LogFeed(path)
    yield feed
    feed.close()


@pytest.fixture
def replay(path):
    """Play the log of 50 frames, held at its start."""
    replay = LogReplay(write_log(path, 50))
    replay.transport.pause()
    yield replay
    replay.close()


def test_a_log_that_does_not_exist_yet_is_waited_for(feed, path):
    assert (feed.snapshot().state, feed.settings) == ("waiting", None)
    assert "no such file yet" in feed.snapshot().message
    log = LoggedStream(path)
    assert feed.snapshot().state == "starting"
    log.close()


def test_it_says_all_that_the_stream_said(feed, path):
    log = LoggedStream(path)
    for index in range(60):
        log.write(index)
    snapshot = feed.snapshot()
    log.close()
    assert snapshot.state == "running"
    assert (snapshot.identity.model.name, snapshot.identity.structure) == (CARD.name, CARD.structure.name)
    assert (snapshot.identity.source.size, snapshot.identity.checksum) == ((48, 64), "as logged")
    assert (snapshot.frames_out, snapshot.position.index, snapshot.position.frame_count) == (60, 59, LENGTH)
    assert snapshot.position.media_time_ns == 59 * FRAME_NS
    assert (snapshot.resources.cpu_percent, snapshot.queues[0].waiting) == (130, 2)
    assert snapshot.jitter_ms is not None
    assert snapshot.latency["capture_to_canvas"].run.p50 == pytest.approx(6, rel=0.01)
    assert snapshot.latency["inference"].run.count == 60
    assert snapshot.live.threshold == snapshot.finding.threshold == 0.5
    assert snapshot.file_scores.index.tolist() == [*range(60), *[-1] * (LENGTH - 60)]
    assert len(snapshot.scores) == 60
    assert snapshot.finding.measurements == MEASUREMENTS
    assert snapshot.latest is None
    assert (feed.inspect(), feed.controls, feed.transport, feed.switcher) == (None, None, None, None)
    assert feed.settings.overlay.mode == "both"


def test_on_the_live_route_masks_are_counted_by_what_they_were_carried_from(feed, path):
    log = LoggedStream(path)
    for index in range(60):
        log.write(index, carried_from=index - index % 3)
    snapshot = feed.snapshot()
    log.close()
    assert snapshot.rates.display_hz == pytest.approx(25, rel=0.05)
    assert snapshot.rates.inference_hz == pytest.approx(25 / 3, rel=0.05)
    assert "inference" not in snapshot.latency
    assert snapshot.latency["carry"].run.count == 60


def test_its_end_is_the_end_and_nothing_decays_after_it(feed, path):
    write_log(path, 60)
    first = feed.snapshot()
    assert (first.state, first.message) == ("ended", "")
    assert first.rates.display_hz == pytest.approx(25, rel=0.01)
    assert first.rates.capture_hz == 25.5  # as the vitals say
    assert feed.snapshot().rates == first.rates
    assert first.age_ms == 0


def test_a_stream_that_was_killed_long_ago_stands_still_and_its_age_says_so(feed, path):
    write_log(path, 60, has_end=False)
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))
    snapshot = feed.snapshot()
    assert snapshot.state == "running"
    assert snapshot.rates.display_hz == snapshot.rates.capture_hz == 0
    assert snapshot.age_ms == pytest.approx(3_600_000, rel=0.01)
    assert "killed" in snapshot.message


def test_changes_and_holds_are_followed(feed, path):
    log = LoggedStream(path)
    log.write(0)
    log.write(1, [Event("change", "smoothing = 0.3, overlay.mode = contour", 5, 1)])
    log.write(2, [Event("pause", "paused", 6, 2)])
    snapshot = feed.snapshot()
    assert (snapshot.live.smoothing, snapshot.live.overlay.mode, snapshot.state) == (0.3, "contour", "held")
    assert [(event.kind, event.index) for event in snapshot.events] == [("change", 1), ("pause", 2)]
    log.write(3, [Event("pause", "resumed", 7, 3)])
    assert feed.snapshot().state == "running"
    log.close()


def test_another_stream_in_the_same_file_is_another_stream(feed, path):
    write_log(path, 60)
    feed.snapshot()
    write_log(path, 3)
    assert feed.snapshot().frames_out == 3


def test_a_log_of_an_older_version_is_still_told(feed, path):
    """Without the fields that came later: start stamp, live settings, structure, place in the file, vitals."""
    write_log(path, 30)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        for name in ("started_ns", "live", "structure", "media_index"):
            line.pop(name, None)
    old = [line for line in lines if line["type"] != "vitals"]
    path.write_text("".join(json.dumps(line) + "\n" for line in old), encoding="utf-8")
    snapshot = feed.snapshot()
    assert (snapshot.frames_out, snapshot.state, snapshot.live) == (30, "ended", None)
    assert snapshot.rates.capture_hz == pytest.approx(25, rel=0.01)


@pytest.mark.parametrize(
    "line",
    [
        {"type": "frame"},
        {"type": "frame", "index": "x", "stamps_ns": {}, "scores": {}},
        {"type": "frame", "index": 3, "stamps_ns": [], "scores": None},
        {"type": "start", "source": 3},
        {"type": "vitals", "at_ns": 5},
        {"type": "event", "kind": 3},
        {"type": "of a later version", "with": {"what": "ever"}},
    ],
)
def test_a_line_that_is_not_as_it_should_be_is_left_out(feed, path, line):
    write_log(path, 5, has_end=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    assert feed.snapshot().frames_out == 5


def test_a_replay_knows_all_scores_from_the_start_and_shows_one_moment(replay):
    snapshot = replay.snapshot()
    assert snapshot.file_scores.index.tolist() == list(range(50))
    assert (snapshot.state, snapshot.position.frame_count) == ("held", 50)
    replay.transport.seek(30)
    snapshot = replay.snapshot()
    assert (snapshot.position.index, snapshot.position.media_index, snapshot.frames_out) == (30, 30, 31)
    assert snapshot.rates.display_hz == pytest.approx(25, rel=0.01)


def test_a_replay_steps_and_is_sought_both_ways_and_stays_within_its_ends(replay):
    transport = replay.transport
    transport.seek(10)
    for move, expected in ((transport.step, 11), (lambda: transport.step(-3), 8), (lambda: transport.seek(-5), 0)):
        move()
        assert replay.snapshot().position.media_index == expected
    transport.seek(10**6)
    assert replay.snapshot().position.media_index == 49


def test_a_replay_plays_in_the_time_of_the_log_times_its_speed(replay):
    transport = replay.transport
    transport.set_speed(4)
    begin = time.monotonic()
    transport.resume()
    while replay.snapshot().state != "ended":
        assert time.monotonic() - begin < DEADLINE_S
        time.sleep(0.005)
    assert time.monotonic() - begin >= 49 * FRAME_NS / 1e9 / 4 * 0.99
    assert replay.snapshot().position.media_index == 49
    transport.resume()
    assert replay.snapshot().frames_out < 40


def test_a_speed_beyond_a_quarter_and_four_times_is_refused(replay):
    with pytest.raises(ValueError, match="speed must be"):
        replay.transport.set_speed(9)
    assert replay.transport.speed == 1


def test_far_into_a_long_log_only_its_last_minute_is_read_and_what_was_set_before_still_holds(path, monkeypatch):
    log = LoggedStream(path)
    for index in range(40):
        log.write(index, [Event("change", "smoothing = 0.3", 5, 3)] if index == 3 else ())
    log.close()
    monkeypatch.setattr("streamseg.feeds.log_track.QUICK_LINES", 10)
    monkeypatch.setattr("streamseg.feeds.log_track.MINUTE_NS", 5 * FRAME_NS)
    replay = LogReplay(path)
    replay.transport.pause()
    replay.transport.seek(30)
    snapshot = replay.snapshot()
    replay.close()
    assert (snapshot.position.index, snapshot.frames_out, snapshot.live.smoothing) == (30, 31, 0.3)
    assert snapshot.latency["inference"].run.count <= 6


def test_there_is_nothing_to_play_again_in_no_file_and_in_one_without_frames(path):
    with pytest.raises(SourceNotFoundError, match="there is no log"):
        LogReplay(path)
    LoggedStream(path).close()
    with pytest.raises(SourceUnreadableError, match="holds no frame"):
        LogReplay(path)


def test_where_a_slice_lies_and_what_is_in_the_stack_are_told_again(feed, path):
    sink = create(str(path), OutputSettings())
    sink.open(stream_of(path.parent))
    for place in range(2):
        sink.write(replace(rendering_of(place), segmentation=slice_of(disc(9), place, position_mm=5.0 * place)))
    snapshot = feed.snapshot()
    sink.close()
    assert snapshot.position.position_mm == 5.0
    assert (snapshot.stack.slices_seen, snapshot.stack.why_not) == (2, "")
    assert snapshot.stack.volume_ml == pytest.approx(2 * 5 * np.count_nonzero(disc(9)) * 0.25 / 1000)


def test_a_log_without_slices_tells_of_no_stack(feed, path):
    write_log(path, 2)
    assert (feed.snapshot().position.position_mm, feed.snapshot().stack) == (None, None)
