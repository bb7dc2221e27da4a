"""The line while it is watched and steered: snapshots, summary, events, changes to a held file, the log of them."""

import itertools
import json
import logging.handlers
import queue
import threading
from dataclasses import replace

import pytest

from streamseg.errors import SourceLostError
from streamseg.playback import Playback
from streamseg.settings import OutputSettings, PlaybackSettings
from streamseg.sinks import log
from tests.support.collector import Collector
from tests.support.renderings import CARD, WEIGHTS


def test_a_change_takes_effect_with_the_frame_that_its_event_is_logged_with(scripted, pipeline_of, controls):
    sink = Collector()

    def change(snapshot):
        if snapshot.frames_out > 3 and controls.current.threshold == 0.5:
            controls.change(threshold=0.25)

    pipeline_of(scripted(150, interval_s=0.002), sink).run(change)
    changed = [rendering for rendering in sink.renderings if rendering.events]
    assert len(changed) == 1
    at = sink.renderings.index(changed[0])
    assert {rendering.segmentation.threshold for rendering in sink.renderings[at:]} == {0.25}
    assert {rendering.segmentation.threshold for rendering in sink.renderings[:at]} == {0.5}
    assert changed[0].events[0].index == changed[0].segmentation.frame.index


def test_snapshot_shows_rates_and_counts_while_it_runs(scripted, pipeline_of):
    snapshots = []
    pipeline_of(scripted(80, interval_s=0.005), Collector()).run(snapshots.append)
    last = snapshots[-1]
    assert last.frames_out <= last.frames_in <= 80
    assert max(snapshot.display_hz for snapshot in snapshots) > 0
    assert last.latest is not None


def test_summary_has_every_stage_and_reads_as_plain_values(scripted, pipeline_of):
    summary = pipeline_of(scripted(10), Collector()).run()
    plain = summary.to_json()
    stages = {"capture", "buffer", "prepare", "inference", "hand_over", "postprocess", "overlay", "capture_to_canvas"}
    assert set(plain["latency_ms"]) == stages
    for spread in plain["latency_ms"].values():
        assert spread["count"] == 10
        assert 0 <= spread["p50"] <= spread["p95"] <= spread["p99"] <= spread["max"] * 1.003
    assert plain["model"] == {"name": CARD.name, "version": CARD.version, "sha256": WEIGHTS.sha256}
    assert plain["provider"] == "CPU"
    assert plain["notice"].startswith("Research use only")


def test_a_threshold_changed_while_a_file_is_held_is_shown_at_once_and_logged_with_no_frame(
    scripted, pipeline_of, controls
):
    window = Collector(name="window", needs_main_thread=True, needs_every_frame=False)
    log = Collector(name="log")
    held, asked = [], []

    def hold_then_change(snapshot):
        """Hold the file, wait until no frame is on its way, then change; the end comes when the change is shown."""
        if not held and snapshot.frames_out:
            controls.pause()
        if controls.is_paused:
            held.append(snapshot.frames_out)
        if not asked and len(held) > 10 and len(set(held[-10:])) == 1:
            asked.append(window.indices[-1])
            controls.change(threshold=0.0)
        if window.renderings and window.renderings[-1].segmentation.threshold == 0.0:
            controls.stop()

    file = Playback(lambda: scripted(1000, interval_s=0.02), PlaybackSettings(), controls, is_paced=False)
    pipeline_of(file, log, window).run(hold_then_change)
    redrawn = next(each for each in window.renderings if each.segmentation.threshold == 0.0)
    assert redrawn.segmentation.frame.index == asked[0]
    assert redrawn.segmentation.mask.all()
    assert log.indices == list(range(asked[0] + 1))


def test_a_snapshot_says_all_that_a_view_shows(scripted, pipeline_of, controls):
    pipeline = pipeline_of(scripted(90, interval_s=0.02), Collector())
    snapshots = [pipeline.snapshot()]
    pipeline.run(lambda _: snapshots.append(pipeline.snapshot()))
    first, during, last = snapshots[0], snapshots[-1], pipeline.snapshot()
    assert (first.state, first.latest, first.age_ms, first.finding) == ("starting", None, None, None)
    assert (during.state, last.state) == ("running", "ended")
    assert during.latest.segmentation.frame.index == during.position.index
    assert during.age_ms >= 0
    assert during.latency["capture_to_canvas"].run.count > 0
    assert set(during.latency) == set(pipeline.summary.latency_ms)
    assert max(during.history.display_hz) > 0
    assert [queue.name for queue in during.queues] == ["frames", "results", "collector"]
    assert during.resources.memory_mib > 0
    assert during.live == controls.current
    assert (last.frames_in, last.frames_out, len(last.scores)) == (90, 90, 90)
    assert last.identity.model.name == CARD.name
    assert last.finding.area_px == last.latest.segmentation.area_px


def test_vitals_come_with_a_rendering_once_a_second(scripted, pipeline_of):
    sink = Collector()
    pipeline_of(scripted(120, interval_s=0.02), sink).run()
    vitals = [rendering.vitals for rendering in sink.renderings if rendering.vitals]
    assert vitals
    gaps = [(later.at_ns - earlier.at_ns) / 1e9 for earlier, later in itertools.pairwise(vitals)]
    assert all(gap >= 1 for gap in gaps)
    assert vitals[0].frames_in > 0


def test_a_stream_that_fails_says_so_in_its_last_snapshot(scripted, pipeline_of):
    pipeline = pipeline_of(scripted(3, error=SourceLostError("unplugged")), Collector())
    with pytest.raises(SourceLostError):
        pipeline.run()
    assert (pipeline.snapshot().state, pipeline.snapshot().error) == ("failed", "unplugged")


def test_warnings_of_the_source_are_events(scripted, pipeline_of):
    class Warned(scripted):
        @property
        def info(self):
            return replace(super().info, warnings=("asked 60 Hz, got 30 Hz",))

    sink = Collector()
    pipeline_of(Warned(3), sink).run()
    assert [(event.kind, event.message) for event in sink.renderings[0].events] == [
        ("warning", "asked 60 Hz, got 30 Hz")
    ]


def hold_and(then, pipeline, controls):
    """Run ``pipeline``, hold its file, and once it rests call ``then`` with what is on screen until that is True."""
    seen, has_rested = [], threading.Event()

    def tick(progress):
        if progress.frames_out and not controls.is_paused:
            controls.pause()
        seen.append(progress.frames_out)
        if controls.is_paused and len(seen) > 10 and len(set(seen[-10:])) == 1:
            has_rested.set()
        if has_rested.is_set() and then(progress.latest):
            controls.stop()

    pipeline.run(tick)


def test_a_threshold_changed_while_a_file_is_held_is_in_the_snapshot_at_once(scripted, pipeline_of, controls):
    file = Playback(lambda: scripted(1000, interval_s=0.01), PlaybackSettings(), controls, is_paced=False)
    pipeline = pipeline_of(file, Collector())
    shown = []

    def then(latest):
        if not shown:
            shown.append(latest)
            controls.change(threshold=0.0)
        return latest.segmentation.threshold == 0.0

    hold_and(then, pipeline, controls)
    latest = pipeline.snapshot().latest
    assert latest.segmentation.frame.index == shown[0].segmentation.frame.index
    assert latest.segmentation.mask.all()


def test_a_region_changed_while_a_file_is_held_is_inferred_again_on_the_same_picture(scripted, pipeline_of, controls):
    file = Playback(lambda: scripted(1000, interval_s=0.01), PlaybackSettings(), controls, is_paced=False)
    pipeline = pipeline_of(file, Collector())
    shown = []

    def then(latest):
        if not shown:
            shown.append(latest.segmentation)
            controls.change(region="4,4,40,40")
        return latest.segmentation.region.size == (40, 40)

    hold_and(then, pipeline, controls)
    again = pipeline.snapshot().latest.segmentation
    assert again.frame.media_index == shown[0].frame.media_index
    assert again.frame.index > shown[0].frame.index


def test_what_happens_after_the_last_frame_is_in_the_log_too(scripted, pipeline_of, controls, tmp_path):
    path = tmp_path / "run.jsonl"
    file = Playback(lambda: scripted(1000, interval_s=0.01), PlaybackSettings(), controls, is_paced=False)

    def then(_):
        controls.mark("the last word")
        return True

    hold_and(then, pipeline_of(file, log.create(str(path), OutputSettings())), controls)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    events = [(line["kind"], line["message"], line["index"]) for line in lines if line["type"] == "event"]
    assert events[-1] == ("mark", "the last word", None)
    assert lines[-1]["type"] == "end"


def test_a_seek_is_in_the_log_with_the_first_frame_after_it(scripted, pipeline_of, controls, tmp_path):
    path = tmp_path / "run.jsonl"
    file = Playback(lambda: scripted(1000, interval_s=0.002), PlaybackSettings(), controls, is_paced=False)

    def seek_then_stop(progress):
        if progress.frames_out > 5 and not controls.seeks:
            controls.seek(500)
        if progress.latest and progress.latest.segmentation.frame.media_index > 505:
            controls.stop()

    summary = pipeline_of(file, log.create(str(path), OutputSettings())).run(seek_then_stop)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    frames = [line for line in lines if line["type"] == "frame"]
    (event,) = [line for line in lines if line["type"] == "event" and line["kind"] == "seek"]
    (first,) = [frame for frame in frames if frame["media_index"] == 500]
    assert (event["index"], event["message"]) == (first["index"], "to frame 500 of the file")
    assert lines.index(event) < lines.index(first)
    indices = [frame["index"] for frame in frames]
    assert indices == sorted(set(indices))
    assert summary.frames_in == summary.frames_out + summary.drops.get("seek", 0)


@pytest.mark.parametrize(("modality", "warnings"), [("CT", 1), ("US", 0), (None, 0)])
def test_a_model_for_another_kind_of_picture_is_warned_of_once(scripted, pipeline_of, modality, warnings):
    class Labelled(scripted):
        def __next__(self):
            return replace(super().__next__(), modality=modality)

    records = queue.SimpleQueue()
    handler = logging.handlers.QueueHandler(records)
    logging.getLogger("streamseg.pipeline").addHandler(handler)
    try:
        pipeline_of(Labelled(3)).run()
    finally:
        logging.getLogger("streamseg.pipeline").removeHandler(handler)
    assert records.qsize() == warnings
