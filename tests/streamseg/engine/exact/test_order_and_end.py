"""The exact route: order, loss, errors, shutdown, and what is not inferred again."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from streamseg.errors import FrameSizeError, ModelError, SourceLostError, SourceUnreadableError
from tests.support.engines import DEADLINE_S, echo, run_to_the_end, slow_echo


def test_every_frame_of_a_file_comes_out_once_in_order_with_its_own_mask(scripted, engine_of):
    results = run_to_the_end(engine_of(scripted(60)))
    assert [result.frame.index for result in results] == list(range(60))
    for result in results:
        own = np.float32(result.frame.index % 251) / 255
        np.testing.assert_allclose(result.probability, own, atol=1e-6)


def test_stamps_follow_the_line(scripted, engine_of):
    for result in run_to_the_end(engine_of(scripted(5))):
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
    results = run_to_the_end(engine)
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
    run_to_the_end(engine)
    assert engine.drops["capture_busy"] == 8


def test_a_stale_frame_is_passed_over_for_one_that_is_about_to_come(scripted, engine_of):
    """Inference of 1.4 intervals leaves frames of every age waiting; the old ones are counted as stale."""

    def slow(tensor):
        time.sleep(0.07)
        return echo(tensor)

    engine = engine_of(scripted(40, is_live=True, interval_s=0.05), slow)
    results = run_to_the_end(engine)
    found = [result.frame.index for result in results]
    assert engine.drops["stale"] > 0
    assert found == sorted(set(found))
    assert len(results) + engine.drops["inference_busy"] + engine.drops["stale"] == engine.frames_in


def test_a_file_is_never_dropped_from_however_slow_inference_is(scripted, engine_of):
    def slow(tensor):
        time.sleep(0.005)
        return echo(tensor)

    engine = engine_of(scripted(30), slow, buffer_frames=1)
    assert len(run_to_the_end(engine)) == 30
    assert engine.drops["inference_busy"] == 0


def test_a_source_that_is_lost_hands_over_its_frames_and_then_its_error(scripted, engine_of):
    engine = engine_of(scripted(7, error=SourceLostError("unplugged")))
    assert len(run_to_the_end(engine)) == 7
    assert isinstance(engine.crew.error, SourceLostError)


def test_a_source_that_ends_at_once_is_an_error(scripted, engine_of):
    engine = engine_of(scripted(0))
    assert run_to_the_end(engine) == []
    assert isinstance(engine.crew.error, SourceUnreadableError)
    assert "before its first frame" in str(engine.crew.error)


def test_a_frame_of_another_size_ends_the_stream_after_those_before(scripted, engine_of):
    engine = engine_of(scripted(5, sizes=[(48, 64), (48, 64), (32, 64)]))
    assert len(run_to_the_end(engine)) == 2
    assert isinstance(engine.crew.error, FrameSizeError)
    assert "64x32" in str(engine.crew.error)


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_model_that_fails_ends_capture_too(scripted, engine_of, lanes):
    def broken(_):
        raise ModelError("out of memory")

    source = scripted(1000)
    engine = engine_of(source, broken, lanes=lanes)
    assert run_to_the_end(engine) == []
    assert isinstance(engine.crew.error, ModelError)
    assert source.closes >= 1
    assert not engine.crew.is_alive()


@pytest.mark.parametrize("is_live", [False, True])
def test_a_number_of_frames_can_be_asked_for(scripted, engine_of, is_live):
    engine = engine_of(scripted(100, is_live=is_live, interval_s=0.001), frames=6)
    results = run_to_the_end(engine)
    assert len(results) == 6
    assert engine.frames_in == len(results) + engine.drops["inference_busy"] + engine.drops["stale"]


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_model_that_fails_on_the_way_hands_over_the_frames_before(scripted, engine_of, lanes):
    def failing(tensor):
        if tensor.max() > 19.5 / 255:
            raise ModelError("out of memory")
        return echo(tensor)

    engine = engine_of(scripted(1000), failing, lanes=lanes)
    assert [result.frame.index for result in run_to_the_end(engine)] == list(range(20))
    assert isinstance(engine.crew.error, ModelError)
    assert not engine.crew.is_alive()


def test_a_frame_that_cannot_be_prepared_ends_the_stream_with_its_error(scripted, engine_of):
    class InHounsfield(scripted):
        def __next__(self):
            frame = super().__next__()
            return replace(frame, image=frame.image.astype(np.int16), unit="hu") if frame.index == 7 else frame

    engine = engine_of(InHounsfield(1000), lanes=2)
    assert len(run_to_the_end(engine)) == 7
    assert isinstance(engine.crew.error, ModelError)


@pytest.mark.parametrize("lanes", [1, 3])
def test_stop_finishes_what_is_on_its_way(scripted, engine_of, lanes):
    engine = engine_of(scripted(100000), lanes=lanes)
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


@pytest.mark.parametrize("lanes", [1, 3])
def test_abandon_ends_at_once_though_nobody_reads(scripted, engine_of, lanes):
    engine = engine_of(scripted(100000), lanes=lanes)
    engine.start()
    engine.abandon()
    engine.crew.join(DEADLINE_S)
    assert engine.crew.error is None


def counted(infer):
    """Return ``infer``, and the list of the tensors that it was asked for."""
    asked = []

    def counting(tensor):
        asked.append(tensor)
        return infer(tensor)

    return counting, asked


class Standing:
    """Frames of which each level is shown several times, as by a scanner that is frozen now and then."""

    def __init__(self, scripted, levels, **options):
        self._levels, self._source = levels, scripted(len(levels), **options)

    def __getattr__(self, name):
        return getattr(self._source, name)

    def __next__(self):
        frame = next(self._source)
        return replace(frame, image=np.full_like(frame.image, self._levels[frame.index]))


@pytest.mark.parametrize("lanes", [1, 3])
def test_an_unchanged_picture_is_not_inferred_again_and_says_whose_mask_it_has(scripted, engine_of, lanes):
    infer, asked = counted(slow_echo)
    source = Standing(scripted, [40, 40, 41, 40, 90, 90, 40])
    results = run_to_the_end(engine_of(source, infer, lanes=lanes, gate=True))
    assert [result.reused_from for result in results] == [None, 0, 0, 0, None, 4, None]
    assert len(asked) == 3
    for result, level in zip(results, [40, 40, 40, 40, 90, 90, 40], strict=True):
        np.testing.assert_allclose(result.probability, np.float32(level) / 255, atol=1e-6)
    assert {result.carried_from for result in results} == {None}
    assert [result.stamps.inferred_ns == 0 for result in results] == [False, True, True, True, False, True, False]


@pytest.mark.parametrize(("is_live", "gate", "inferred"), [(False, None, 5), (True, None, 1), (True, False, 5)])
def test_by_default_every_frame_of_a_file_is_inferred(scripted, engine_of, is_live, gate, inferred):
    infer, asked = counted(echo)
    run_to_the_end(engine_of(Standing(scripted, [40] * 5, is_live=is_live, interval_s=0.05), infer, gate=gate))
    assert len(asked) <= inferred
    assert (len(asked) == 1) is (inferred == 1)


class Uneven:
    """An inference that answers the first of every pair of frames last, and knows how many it worked on at once."""

    def __init__(self, lanes):
        self.most = 0
        self._lanes, self._busy, self._changed = lanes, 0, threading.Condition()

    def __call__(self, tensor):
        with self._changed:
            self._busy += 1
            self.most = max(self.most, self._busy)
            self._changed.notify_all()
            is_first = self._changed.wait_for(lambda: self._busy >= self._lanes, 0.2) and self._busy == self._lanes
        time.sleep(0.004 if is_first else 0)
        with self._changed:
            self._busy -= 1
        return echo(tensor)


@pytest.mark.parametrize("lanes", [2, 4])
def test_frames_of_a_file_are_inferred_at_once_and_come_out_in_order_with_their_own_masks(scripted, engine_of, lanes):
    infer = Uneven(lanes)
    results = run_to_the_end(engine_of(scripted(41), infer, lanes=lanes))
    assert infer.most == lanes
    assert [result.frame.index for result in results] == list(range(41))
    for result in results:
        np.testing.assert_allclose(result.probability, np.float32(result.frame.index % 251) / 255, atol=1e-6)


def test_a_live_source_is_inferred_one_picture_at_a_time_however_many_lanes_there_are(scripted, engine_of):
    infer = Uneven(1)
    run_to_the_end(engine_of(scripted(20, is_live=True, interval_s=0.002), infer, lanes=4))
    assert infer.most == 1
