"""The whole line: every frame to every sink, slow sinks, failing sinks, interruption."""

import json
import threading
import time

import numpy as np
import pytest

from streamseg.errors import ShutdownError, SinkError, SourceLostError
from streamseg.settings import OutputSettings
from streamseg.sinks import log
from tests.support.collector import Collector

DEADLINE_S = 20


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
