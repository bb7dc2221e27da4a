"""The live route: every frame at once and in order, errors, shutdown, and which thread gives way."""

import os
import sys

import pytest

from streamseg.errors import ModelError, SourceLostError
from streamseg.machine import STEPS_DOWN
from tests.support.drifting_tissue import Scan, after, drifting, find_bright
from tests.support.engines import DEADLINE_S, run_to_the_end


def test_every_frame_comes_out_though_inference_takes_many_frames(scripted, engine_of):
    engine = engine_of(Scan(scripted, 60, drifting), after(0.05))
    results = run_to_the_end(engine)
    assert len(results) + engine.drops["drawing_busy"] == engine.frames_in == 60
    assert [result.frame.index for result in results] == sorted({result.frame.index for result in results})
    assert len(results) > engine.stages.spreads["inference"].count


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no priorities of threads")
def test_inference_gives_way_to_drawing(scripted, engine_of):
    priorities = set()

    def noting(tensor):
        priorities.add(os.getpriority(os.PRIO_PROCESS, 0))
        return find_bright(tensor)

    run_to_the_end(engine_of(Scan(scripted, 10, drifting), noting))
    assert priorities == {min(19, os.getpriority(os.PRIO_PROCESS, 0) + STEPS_DOWN)}


def test_a_number_of_frames_can_be_asked_for(scripted, engine_of):
    engine = engine_of(Scan(scripted, 1000, drifting, interval_s=0.002), frames=12)
    assert len(run_to_the_end(engine)) == 12
    assert engine.frames_in == 12 + engine.unshown


def test_stop_finishes_what_is_on_its_way(scripted, engine_of):
    engine = engine_of(Scan(scripted, 100_000, drifting))
    engine.start()
    results = iter(engine)
    next(results)
    engine.stop()
    rest = list(results)
    engine.crew.join(DEADLINE_S)
    assert engine.crew.error is None
    assert engine.frames_in == 1 + len(rest) + engine.unshown


def test_abandon_ends_at_once_though_nobody_reads(scripted, engine_of):
    engine = engine_of(Scan(scripted, 100_000, drifting))
    engine.start()
    engine.abandon()
    engine.crew.join(DEADLINE_S)
    assert engine.crew.error is None


def test_a_model_that_fails_ends_the_stream(scripted, engine_of):
    def broken(_):
        raise ModelError("out of memory")

    engine = engine_of(Scan(scripted, 100_000, drifting), broken)
    run_to_the_end(engine)
    assert isinstance(engine.crew.error, ModelError)
    assert not engine.crew.is_alive()


def test_a_source_that_is_lost_hands_over_its_frames_and_then_its_error(scripted, engine_of):
    engine = engine_of(Scan(scripted, 7, drifting, error=SourceLostError("unplugged")))
    assert len(run_to_the_end(engine)) + engine.drops["drawing_busy"] == 7
    assert isinstance(engine.crew.error, SourceLostError)


def test_stamps_follow_the_line_and_inference_is_counted_apart(scripted, engine_of):
    engine = engine_of(Scan(scripted, 20, drifting))
    for result in run_to_the_end(engine):
        stamps = result.stamps
        passed = [stamps.captured_ns, stamps.taken_ns, stamps.prepared_ns, stamps.carried_ns, stamps.postprocessed_ns]
        assert passed == sorted(passed)
        assert passed[0] > 0
        assert stamps.inferred_ns == 0
    assert engine.stages.spreads["inference"].count > 0
