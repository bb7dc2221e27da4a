"""The whole line: every frame to every sink, slow sinks, failing sinks, interruption."""

import itertools
import json
import logging.handlers
import queue
import threading
import time
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from streamseg.engine import ExactEngine, LiveEngine
from streamseg.errors import ShutdownError, SinkError, SourceLostError
from streamseg.frame import Rendering
from streamseg.pipeline import Pipeline
from streamseg.playback import Playback
from streamseg.protocols import SegmenterInfo, StreamInfo
from streamseg.settings import OutputSettings, PlaybackSettings, PostprocessSettings, StreamSettings
from streamseg.sinks import log
from tests.support.renderings import CARD, WEIGHTS

DEADLINE_S = 20


@dataclass
class Collector:
    """A sink that keeps what it gets; it may be slow, fail at a frame, or live on the main thread."""

    name: str = "collector"
    needs_main_thread: bool = False
    needs_every_frame: bool = True
    pause_s: float = 0.0
    fails_at: int | None = None
    fails_to_open: bool = False
    renderings: list[Rendering] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    pumps: int = 0
    closes: int = 0

    def open(self, stream):
        if self.fails_to_open:
            raise SinkError("no such folder")
        self.stream = stream

    def write(self, rendering):
        self.threads.add(threading.current_thread().name)
        if len(self.renderings) == self.fails_at:
            raise SinkError("disk full")
        time.sleep(self.pause_s)
        self.renderings.append(rendering)

    def pump(self):
        self.pumps += 1

    def close(self):
        self.closes += 1

    @property
    def indices(self):
        return [rendering.segmentation.frame.index for rendering in self.renderings]


@pytest.fixture
def pipeline_of(controls):
    def make(source, *sinks, infer=lambda tensor: tensor[0, :, :, 0], route="exact", **more):
        settings = StreamSettings(postprocess=PostprocessSettings(region="whole"), **more)
        engine = (LiveEngine if route == "live" else ExactEngine)(source, infer, CARD.input, settings, controls)
        segmenter = SegmenterInfo("echo", "CPU", "float32", 1)
        stream = StreamInfo(source.info, segmenter, CARD, WEIGHTS, route, settings, controls)
        return Pipeline(engine, stream, sinks)

    return make


def test_every_sink_gets_every_frame_of_a_file_in_order(scripted, pipeline_of):
    first, slow = Collector(name="first"), Collector(name="slow", pause_s=0.002)
    summary = pipeline_of(scripted(40), first, slow).run()
    assert first.indices == slow.indices == list(range(40))
    assert (summary.frames_in, summary.frames_out, dict(summary.drops)) == (40, 40, {})


def test_each_sink_has_a_thread_of_its_own_and_windows_the_one_that_runs(scripted, pipeline_of):
    worker = Collector(name="worker")
    window = Collector(name="window", needs_main_thread=True, needs_every_frame=False)
    pipeline_of(scripted(20, interval_s=0.002), worker, window).run()
    assert worker.threads == {"streamseg-worker"}
    assert window.threads == {threading.current_thread().name}


def test_a_slow_window_skips_frames_and_the_skips_are_counted(scripted, pipeline_of):
    window = Collector(name="window", needs_main_thread=True, needs_every_frame=False, pause_s=0.02)
    log = Collector(name="log")
    summary = pipeline_of(scripted(60), log, window).run()
    assert log.indices == list(range(60))
    assert window.indices == sorted(set(window.indices))
    assert len(window.indices) + summary.drops["window_busy"] == 60


def test_a_slow_recorder_of_a_live_source_never_holds_inference_up(scripted, pipeline_of):
    recorder = Collector(name="record", pause_s=0.05)
    summary = pipeline_of(scripted(60, is_live=True, interval_s=0.002), recorder).run()
    assert summary.drops["record_busy"] > 0
    lost = summary.drops.get("inference_busy", 0) + summary.drops.get("stale", 0)
    assert summary.frames_out + lost == 60
    assert len(recorder.indices) + summary.drops["record_busy"] == summary.frames_out


def test_a_window_is_pumped_while_no_frame_comes(scripted, pipeline_of):
    window = Collector(needs_main_thread=True, needs_every_frame=False)
    pipeline_of(scripted(2, interval_s=0.2), window).run()
    assert window.pumps > 0


def test_canvas_and_segmentation_belong_to_the_same_frame(scripted, pipeline_of):
    sink = Collector()
    pipeline_of(scripted(5), sink).run()
    for rendering in sink.renderings:
        frame = rendering.segmentation.frame
        assert rendering.canvas.shape[0] > frame.size[0]
        assert rendering.segmentation.stamps.drawn_ns >= rendering.segmentation.stamps.postprocessed_ns
        np.testing.assert_allclose(rendering.segmentation.probability, frame.image[0, 0] / 255, atol=1e-6)


def test_a_full_disk_ends_the_stream_and_the_other_sinks_finish(scripted, pipeline_of):
    broken, other = Collector(name="broken", fails_at=3), Collector(name="other")
    pipeline = pipeline_of(scripted(5000, interval_s=0.001), broken, other)
    with pytest.raises(SinkError, match="disk full"):
        pipeline.run()
    assert broken.closes >= 1
    assert other.closes >= 1
    assert other.indices == list(range(len(other.indices)))
    assert pipeline.summary.error == "disk full"


def test_an_output_that_cannot_be_opened_is_said_before_any_frame(scripted, pipeline_of):
    other = Collector(name="other")
    with pytest.raises(SinkError, match="no such folder"):
        pipeline_of(scripted(5), other, Collector(fails_to_open=True)).run()
    assert other.renderings == []
    assert other.closes >= 1


def test_a_lost_source_keeps_what_came_before_and_raises(scripted, pipeline_of):
    sink = Collector()
    pipeline = pipeline_of(scripted(7, error=SourceLostError("unplugged")), sink)
    with pytest.raises(SourceLostError, match="unplugged"):
        pipeline.run()
    assert sink.indices == list(range(7))
    assert pipeline.summary.frames_out == 7


def test_ctrl_c_finishes_the_outputs_and_is_told(scripted, pipeline_of):
    sink = Collector()
    ticks = []

    def interrupt_once(snapshot):
        ticks.append(snapshot)
        if len(ticks) == 3:
            raise KeyboardInterrupt

    summary = pipeline_of(scripted(100000, interval_s=0.002), sink).run(interrupt_once)
    assert summary.was_interrupted
    assert sink.indices == list(range(summary.frames_out))
    assert sink.closes >= 1


def test_a_second_ctrl_c_ends_at_once(scripted, pipeline_of):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline_of(scripted(100000, interval_s=0.002), Collector(pause_s=0.1), infer=slow_echo).run(interrupt)


def slow_echo(tensor):
    time.sleep(0.2)
    return tensor[0, :, :, 0]


def test_stop_from_a_view_ends_the_stream_in_good_order(scripted, pipeline_of, controls):
    sink = Collector()
    summary = pipeline_of(scripted(100000, interval_s=0.001), sink).run(lambda _: controls.stop())
    assert not summary.was_interrupted
    assert summary.error is None
    assert len(sink.indices) == summary.frames_out


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


def test_a_driver_that_never_returns_does_not_hang_the_end(scripted, pipeline_of, controls, monkeypatch):
    monkeypatch.setattr("streamseg.pipeline.JOIN_DEADLINE_S", 0.2)
    release = threading.Event()

    class Stuck(scripted):
        def __next__(self):
            if self._next == 3:
                release.wait(DEADLINE_S)
            return super().__next__()

    sink = Collector()
    with pytest.raises(ShutdownError, match="streamseg-capture"):
        pipeline_of(Stuck(100), sink).run(lambda snapshot: snapshot.frames_out == 3 and controls.stop())
    release.set()
    assert sink.indices == [0, 1, 2]
    assert sink.closes >= 1


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


def test_on_the_live_route_every_frame_is_drawn_and_logged_with_what_its_mask_was_carried_from(
    scripted, pipeline_of, tmp_path
):
    def slow(tensor):
        time.sleep(0.1)
        return tensor[0, :, :, 0]

    path = tmp_path / "run.jsonl"
    source = scripted(60, is_live=True, interval_s=0.02)
    sink = Collector()
    pipeline = pipeline_of(
        source, sink, log.create(str(path), OutputSettings()), infer=slow, route="live", gate=False, oldest_mask_ms=5000
    )
    summary = pipeline.run()
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    frames = [line for line in lines if line["type"] == "frame"]
    carried = [frame for frame in frames if frame["carried_from"] is not None]
    assert (lines[0]["route"], summary.route) == ("live", "live")
    assert summary.frames_out + sum(summary.drops.values()) == 60
    assert summary.frames_out > 2 * summary.latency_ms["inference"].count
    assert frames[0]["mask_age_ms"] is None
    assert frames[0]["scores"]["maximum"] is None
    assert carried
    for frame in carried:
        assert frame["carried_from"] < frame["index"]
        assert frame["mask_age_ms"] > 0
    assert {"prepare", "carry", "postprocess", "overlay", "capture_to_canvas"} <= set(summary.latency_ms)


def test_a_slow_recorder_of_a_file_never_holds_the_live_route_up(scripted, pipeline_of):
    recorder = Collector(name="record", pause_s=0.1)
    summary = pipeline_of(scripted(60, interval_s=0.02), recorder, route="live").run()
    assert summary.drops["record_busy"] > 0
    assert len(recorder.indices) + summary.drops["record_busy"] == summary.frames_out
