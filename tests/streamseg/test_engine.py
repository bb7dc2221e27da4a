"""Capture and inference in their threads: order, loss, errors, shutdown."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from streamseg.engine import Crew, Engine
from streamseg.errors import FrameSizeError, ModelError, ShutdownError, SourceLostError, SourceUnreadableError
from streamseg.model_card import InputSpec
from streamseg.settings import PostprocessSettings, StreamSettings

SPEC = InputSpec(height=32, width=32)
DEADLINE_S = 10


def echo(tensor):
    """Return the tensor itself as the map, which shows the frame that it came from."""
    return tensor[0, :, :, 0]


@pytest.fixture
def engine_of(controls):
    def make(source, infer=echo, **settings):
        whole = PostprocessSettings(region="whole")
        return Engine(source, infer, SPEC, StreamSettings(postprocess=whole, **settings), controls)

    return make


def run(engine):
    """Run to the end within the deadline, and return the segmentations."""
    results = []
    engine.start()
    reader = threading.Thread(target=lambda: results.extend(engine), daemon=True)
    reader.start()
    reader.join(DEADLINE_S)
    assert not reader.is_alive(), "the engine hangs"
    engine.crew.join(DEADLINE_S)
    return results


def test_every_frame_of_a_file_comes_out_once_in_order_with_its_own_mask(scripted, engine_of):
    results = run(engine_of(scripted(60)))
    assert [result.frame.index for result in results] == list(range(60))
    for result in results:
        own = np.float32(result.frame.index % 251) / 255
        np.testing.assert_allclose(result.probability, own, atol=1e-6)


def test_stamps_follow_the_line(scripted, engine_of):
    for result in run(engine_of(scripted(5))):
        stamps = result.stamps
        passed = [
            stamps.captured_ns,
            stamps.taken_ns,
            stamps.prepared_ns,
            stamps.inferred_ns,
            stamps.collected_ns,
            stamps.postprocessed_ns,
        ]
        assert passed == sorted(passed)
        assert passed[0] > 0


def test_a_live_source_gives_its_newest_frame_and_every_drop_is_counted(scripted, engine_of):
    def slow(tensor):
        time.sleep(0.02)
        return echo(tensor)

    engine = engine_of(scripted(60, is_live=True, interval_s=0.004), slow)
    results = run(engine)
    found = [result.frame.index for result in results]
    assert found == sorted(set(found))
    assert found[-1] == 59
    assert engine.drops["inference_busy"] > 0
    assert len(found) + engine.drops["inference_busy"] + engine.drops["stale"] == engine.frames_in == 60


def test_frames_that_a_driver_left_out_are_counted_by_their_indices(scripted, engine_of):
    class Gaps(scripted):
        def __next__(self):
            frame = super().__next__()
            return replace(frame, index=3 * frame.index)

    engine = engine_of(Gaps(5, is_live=True, interval_s=0.02))
    run(engine)
    assert engine.drops["capture_busy"] == 8


def test_a_stale_frame_is_passed_over_for_one_that_is_about_to_come(scripted, engine_of):
    """Inference of 1.4 intervals leaves frames of every age waiting; the old ones are counted as stale."""

    def slow(tensor):
        time.sleep(0.07)
        return echo(tensor)

    engine = engine_of(scripted(40, is_live=True, interval_s=0.05), slow)
    results = run(engine)
    found = [result.frame.index for result in results]
    assert engine.drops["stale"] > 0
    assert found == sorted(set(found))
    assert len(results) + engine.drops["inference_busy"] + engine.drops["stale"] == engine.frames_in


def test_a_file_is_never_dropped_from_however_slow_inference_is(scripted, engine_of):
    def slow(tensor):
        time.sleep(0.005)
        return echo(tensor)

    engine = engine_of(scripted(30), slow, buffer_frames=1)
    assert len(run(engine)) == 30
    assert engine.drops["inference_busy"] == 0


def test_a_source_that_is_lost_hands_over_its_frames_and_then_its_error(scripted, engine_of):
    engine = engine_of(scripted(7, error=SourceLostError("unplugged")))
    assert len(run(engine)) == 7
    assert isinstance(engine.crew.error, SourceLostError)


def test_a_source_that_ends_at_once_is_an_error(scripted, engine_of):
    engine = engine_of(scripted(0))
    assert run(engine) == []
    assert isinstance(engine.crew.error, SourceUnreadableError)
    assert "before its first frame" in str(engine.crew.error)


def test_a_frame_of_another_size_ends_the_stream_after_those_before(scripted, engine_of):
    engine = engine_of(scripted(5, sizes=[(48, 64), (48, 64), (32, 64)]))
    assert len(run(engine)) == 2
    assert isinstance(engine.crew.error, FrameSizeError)
    assert "64x32" in str(engine.crew.error)


def test_a_model_that_fails_ends_capture_too(scripted, engine_of):
    def broken(_):
        raise ModelError("out of memory")

    source = scripted(1000)
    engine = engine_of(source, broken)
    assert run(engine) == []
    assert isinstance(engine.crew.error, ModelError)
    assert source.closes >= 1
    assert not engine.crew.is_alive()


@pytest.mark.parametrize("is_live", [False, True])
def test_a_number_of_frames_can_be_asked_for(scripted, engine_of, is_live):
    engine = engine_of(scripted(100, is_live=is_live, interval_s=0.001), frames=6)
    results = run(engine)
    assert len(results) == 6
    assert engine.frames_in == len(results) + engine.drops["inference_busy"] + engine.drops["stale"]


def test_stop_finishes_what_is_on_its_way(scripted, engine_of):
    engine = engine_of(scripted(100000))
    engine.start()
    stream = iter(engine)
    first = next(stream)
    engine.stop()
    rest = list(stream)
    engine.crew.join(DEADLINE_S)
    assert engine.crew.error is None
    assert first.frame.index == 0
    assert [result.frame.index for result in rest] == list(range(1, len(rest) + 1))
    assert engine.frames_in == 1 + len(rest)


def test_abandon_ends_at_once_though_nobody_reads(scripted, engine_of):
    engine = engine_of(scripted(100000))
    engine.start()
    engine.abandon()
    engine.crew.join(DEADLINE_S)
    assert engine.crew.error is None


def test_the_first_error_is_kept():
    crew = Crew(on_error=lambda: None)
    crew.fail(ValueError("first"))
    crew.fail(ValueError("second"))
    assert str(crew.error) == "first"


def test_a_thread_that_never_ends_is_named_at_the_deadline():
    release = threading.Event()
    crew = Crew(on_error=lambda: None)
    crew.start("stuck", lambda: release.wait(DEADLINE_S))
    crew.join(deadline_s=0.05)
    assert isinstance(crew.error, ShutdownError)
    assert "streamseg-stuck" in str(crew.error)
    release.set()
