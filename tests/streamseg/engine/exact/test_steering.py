"""The exact route while it is steered: sought, held, and given another region."""

import threading
import time

import numpy as np
import pytest

from streamseg.playback import Playback
from streamseg.settings import PlaybackSettings
from tests.support.engines import DEADLINE_S, echo, slow_echo


class Sought:
    """Reads an engine over a file in a thread, and lets the test look at what came out."""

    def __init__(self, engine):
        self.results, self._came = [], threading.Condition()
        self._engine = engine
        self._reader = threading.Thread(target=self._read, daemon=True)
        engine.start()
        self._reader.start()

    def _read(self):
        for result in self._engine:
            with self._came:
                self.results.append(result)
                self._came.notify_all()

    def wait(self, condition):
        with self._came:
            assert self._came.wait_for(lambda: any(condition(result) for result in self.results), DEADLINE_S)

    def end(self):
        self._engine.stop()
        self._reader.join(DEADLINE_S)
        self._engine.crew.join(DEADLINE_S)
        assert not self._reader.is_alive()
        assert self._engine.crew.error is None
        return self.results


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_seek_drops_what_is_on_its_way_counted_and_begins_a_new_scene(scripted, engine_of, controls, lanes):
    file = Playback(lambda: scripted(10_000), PlaybackSettings(), controls, is_paced=False)
    engine = engine_of(file, slow_echo, buffer_frames=8, lanes=lanes)
    reader = Sought(engine)
    reader.wait(lambda result: result.frame.index == 10)
    controls.seek(5000)
    reader.wait(lambda result: result.frame.media_index == 5003)
    results = reader.end()
    before = [result for result in results if result.frame.seeks == 0]
    after = [result for result in results if result.frame.seeks == 1]
    assert results == before + after
    assert after[0].frame.media_index == 5000
    assert after[0].is_new_scene
    assert engine.drops["seek"] > 0
    assert len(results) + engine.drops["seek"] == engine.frames_in
    for result in results:
        own = np.float32(result.frame.media_index % 251) / 255
        np.testing.assert_allclose(result.probability, own, atol=1e-6)


@pytest.mark.parametrize("lanes", [1, 3])
def test_who_seeks_faster_than_frames_are_inferred_sees_some_of_them_on_the_way(scripted, engine_of, controls, lanes):
    """As with a scrubber that is dragged."""

    def slow(tensor):
        time.sleep(0.03)
        return echo(tensor)

    class Quick(scripted):
        def seek(self, index):
            self._next = index
            return True

    file = Playback(lambda: Quick(10_000), PlaybackSettings(), controls, is_paced=False)
    engine = engine_of(file, slow, lanes=lanes)
    reader = Sought(engine)
    reader.wait(lambda result: result.frame.index == 1)
    for index in range(100):
        controls.seek(20 * index)
        time.sleep(0.005)
    reader.wait(lambda result: result.frame.seeks == 100)
    results = reader.end()
    on_the_way = {result.frame.media_index for result in results if 0 < result.frame.seeks < 100}
    assert on_the_way
    assert all(media_index % 20 == 0 for media_index in on_the_way)
    assert len(results) + engine.drops["seek"] == engine.frames_in


def test_a_region_changed_on_the_way_holds_from_the_frame_that_its_event_names(scripted, engine_of, controls):
    engine = engine_of(Playback(lambda: scripted(10_000), PlaybackSettings(), controls, is_paced=False), slow_echo)
    reader = Sought(engine)
    reader.wait(lambda result: result.frame.index == 5)
    controls.change(region="8,16,32,32")
    reader.wait(lambda result: result.region.size == (32, 32))
    results = reader.end()
    (event,) = [event for event in controls.events if event.kind == "change"]
    first = next(result for result in results if result.region.size == (32, 32))
    assert event.index == first.frame.index
    assert first.is_new_scene
    assert {result.region.size for result in results if result.frame.index >= event.index} == {(32, 32)}


def test_a_region_that_does_not_fit_is_refused_while_it_runs_and_the_stream_goes_on(scripted, engine_of, controls):
    engine = engine_of(Playback(lambda: scripted(10_000), PlaybackSettings(), controls, is_paced=False), slow_echo)
    reader = Sought(engine)
    reader.wait(lambda result: result.frame.index == 1)
    with pytest.raises(ValueError, match="must fit into frames of 64x48"):
        controls.change(region="0,0,49,64")
    reader.wait(lambda result: result.frame.index == 5)
    reader.end()


def test_the_jitter_leaves_the_time_out_in_which_a_file_was_held(scripted, engine_of, controls):
    file = Playback(lambda: scripted(10_000, interval_s=0.002), PlaybackSettings(), controls, is_paced=False)
    engine = engine_of(file)
    reader = Sought(engine)
    reader.wait(lambda result: result.frame.index == 20)
    controls.pause()
    time.sleep(0.5)
    controls.resume()
    reader.wait(lambda result: result.frame.index == 30)
    reader.end()
    assert engine.jitter.jitter_ms < 0.5e3 / 16
