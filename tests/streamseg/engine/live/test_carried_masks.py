"""The live route: a mask that is carried, true to its age, and dropped when in doubt."""

import time

import numpy as np
import pytest

from streamseg.playback import Playback
from streamseg.settings import PlaybackSettings
from tests.support.drifting_tissue import SIZE, Scan, after, drifting, find_bright, tissue
from tests.support.engines import DEADLINE_S, run_to_the_end


def iou(result):
    own = find_bright(np.float32(result.frame.image)[np.newaxis, :, :, np.newaxis] / 255) >= 0.5
    return (result.mask & own).sum() / (result.mask | own).sum()


def sources_of(results, since):
    """Return the frames that masks were carried from, from the result ``since`` on, and that one's own."""
    later = results[results.index(since) :]
    return [since.frame.index, *(result.carried_from for result in later if result.carried_from is not None)]


def test_a_carried_mask_lies_where_the_structure_is_and_says_where_it_is_from(scripted, engine_of):
    results = run_to_the_end(engine_of(Scan(scripted, 60, drifting, interval_s=0.02), after(0.05), oldest_mask_ms=5000))
    carried = [result for result in results if result.carried_from is not None]
    assert len(carried) > 20
    captured_ns = {result.frame.index: result.frame.captured_ns for result in results}
    for result in carried:
        assert result.carried_from < result.frame.index
        assert result.reused_from is None
        source_ns = captured_ns.get(result.carried_from)
        if source_ns is not None:
            assert result.mask_age_ms == pytest.approx((result.frame.captured_ns - source_ns) / 1e6)
    assert np.median([iou(result) for result in carried]) > 0.85


def test_before_the_first_inference_there_is_no_mask_and_it_says_so(scripted, engine_of):
    results = run_to_the_end(engine_of(Scan(scripted, 30, drifting), after(0.1), oldest_mask_ms=5000))
    first = results[0]
    assert first.mask_age_ms is None
    assert not first.mask.any()
    assert np.isnan(first.scores.maximum)
    assert first.is_new_scene
    assert results[-1].mask_age_ms is not None


def test_a_mask_is_dropped_at_a_cut_and_none_from_before_it_is_carried_over_it(scripted, engine_of):
    def cut(index):
        return drifting(index) if index < 30 else 255 - np.roll(tissue(), 1 + index % 5, axis=0)

    results = run_to_the_end(engine_of(Scan(scripted, 60, cut), after(0.03), oldest_mask_ms=5000))
    later = [result for result in results if result.frame.index >= 30]
    assert later[0].is_new_scene
    assert later[0].mask_age_ms is None
    assert min(sources_of(results, since=later[0])) >= 30
    assert later[-1].mask_age_ms is not None


def test_a_mask_is_dropped_where_tissue_is_covered_though_it_is_no_cut(scripted, engine_of):
    """Other speckle of the same brightness, without the structure."""

    def other(index):
        if index < 30:
            return drifting(index)
        return np.minimum(np.roll(tissue(seed=5), index % 7, axis=0), 160)

    results = run_to_the_end(engine_of(Scan(scripted, 40, other), after(0.03), oldest_mask_ms=5000))
    later = [result for result in results if result.frame.index >= 30]
    assert not any(result.mask.any() for result in later if (result.carried_from or 0) < 30)


def test_no_mask_is_older_than_allowed(scripted, engine_of):
    """Inference stalls: the masks before it disappear."""
    calls = []

    def stalling(tensor):
        calls.append(0)
        time.sleep(0.4 if len(calls) == 5 else 0.01)
        return find_bright(tensor)

    results = run_to_the_end(engine_of(Scan(scripted, 100, drifting), stalling, oldest_mask_ms=120))
    ages = [result.mask_age_ms for result in results]
    assert max(age for age in ages if age is not None) <= 120
    first = next(place for place, age in enumerate(ages) if age is not None)
    assert None in ages[first:]
    assert ages[-1] is not None


def test_inference_that_is_too_slow_for_masks_to_be_carried_is_warned_of(scripted, engine_of, controls):
    run_to_the_end(engine_of(Scan(scripted, 40, drifting), after(0.06), oldest_mask_ms=30))
    (warning,) = [event.message for event in controls.events if event.kind == "warning"]
    assert "no mask is carried for more than 30 ms" in warning


def test_a_frozen_picture_is_not_inferred_again_and_its_end_drops_the_mask(scripted, engine_of):
    asked = []

    def counting(tensor):
        asked.append(tensor)
        return find_bright(tensor)

    def freezing(index):
        return drifting(min(index, 10)) if index < 70 else drifting(3)

    results = run_to_the_end(engine_of(Scan(scripted, 90, freezing), counting))
    frozen = [result for result in results if 20 <= result.frame.index < 70]
    assert {result.reused_from for result in frozen} == {10}
    assert {result.mask_age_ms for result in frozen} == {0.0}
    assert len(asked) < 20
    thawed = next(result for result in results if result.frame.index >= 70)
    assert thawed.is_new_scene
    assert thawed.carried_from is None
    assert results[-1].mask.any()


def test_a_threshold_holds_from_the_next_frame_on(scripted, engine_of, controls):
    engine = engine_of(Scan(scripted, 40, drifting))
    engine.start()
    results = iter(engine)
    while next(results).mask_age_ms is None:
        pass
    controls.change(threshold=0.0)
    result = next(result for result in results if result.mask_age_ms is not None)
    assert result.threshold == 0.0
    assert result.mask.all()
    controls.change(threshold=1.0)
    assert next(results).threshold == 1.0
    engine.abandon()
    engine.crew.join(DEADLINE_S)
    assert engine.crew.error is None


def test_another_region_begins_a_new_scene_with_the_frame_that_its_event_names(scripted, engine_of, controls):
    engine = engine_of(Scan(scripted, 60, drifting))
    results = []
    engine.start()
    for result in engine:
        results.append(result)
        if len(results) == 20:
            controls.change(region="8,8,80,80")
    engine.crew.join(DEADLINE_S)
    (event,) = [event for event in controls.events if event.kind == "change"]
    first = next(result for result in results if result.region.size == (80, 80))
    assert event.index == first.frame.index
    assert first.is_new_scene
    assert first.carried_from is None
    assert min(sources_of(results, since=first)) >= first.frame.index


def test_the_region_follows_a_scan_that_grows(scripted, engine_of, controls):
    def growing(index):
        edge = 24 if index < 8 else 8
        picture = np.zeros(SIZE, np.uint8)
        picture[edge:-edge, edge:-edge] = tissue()[edge:-edge, edge:-edge]
        return picture

    controls.change(region="auto")
    results = run_to_the_end(engine_of(Scan(scripted, 20, growing, interval_s=0.02)))
    assert results[0].region.height < 60
    assert results[-1].region.height > 70


def test_smoothing_weighs_what_was_found_before(scripted, engine_of, controls):
    calls = []

    def vanishing(tensor):
        calls.append(0)
        found = find_bright(tensor)
        return found if len(calls) < 5 else 0 * found

    controls.change(smoothing=0.9)
    results = run_to_the_end(engine_of(Scan(scripted, 40, drifting, interval_s=0.02), vanishing, gate=False))
    last = next(result for result in results if result.mask_age_ms is not None and result.frame.index > 10)
    assert 0 < last.probability.max() < 1


def test_a_file_is_played_with_carried_masks_too_and_a_step_shows_its_own(scripted, engine_of, controls):
    def open_it():
        return Scan(scripted, 10_000, drifting, is_live=False)

    engine = engine_of(Playback(open_it, PlaybackSettings(), controls, is_paced=False), after(0.05))
    engine.start()
    results, stepped = iter(engine), []
    for result in results:
        if result.carried_from is not None:
            break
    controls.pause()
    for _ in range(3):
        controls.step()
        stepped.append(next(results))
    controls.stop()
    engine.abandon()
    engine.crew.join(DEADLINE_S)
    own = stepped[1:]  # the first may have been on its way when the file was held
    assert [(result.carried_from, result.mask_age_ms) for result in own] == [(None, 0.0)] * 2
    assert all(iou(result) == 1 for result in own)


def test_a_seek_begins_a_new_scene(scripted, engine_of, controls):
    def open_it():
        return Scan(scripted, 10_000, drifting, is_live=False)

    engine = engine_of(Playback(open_it, PlaybackSettings(), controls, is_paced=False), after(0.03))
    results = []
    engine.start()
    for result in engine:
        results.append(result)
        if len(results) == 30:
            controls.seek(60)
        if result.frame.seeks and result.frame.media_index >= 80:
            break
    engine.abandon()
    engine.crew.join(DEADLINE_S)
    first = next(result for result in results if result.frame.seeks == 1)
    assert first.is_new_scene
    assert first.frame.media_index >= 60
    assert min(sources_of(results, since=first)) >= first.frame.index
