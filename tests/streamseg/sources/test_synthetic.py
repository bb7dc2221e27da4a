"""Computed frames: what a location asks for, exact masks, and the clock of a live stream."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.errors import SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.synthetic import Request, create, parse

SMALL = SourceSettings(size="64x48", rate_hz=20)


@pytest.mark.parametrize(
    ("location", "request_"),
    [
        ("", Request()),
        ("head", Request()),
        ("vessel", Request(is_vessel=True)),
        ("live", Request(is_live=True)),
        ("vessel:live:frames=300", Request(is_vessel=True, is_live=True, frames=300)),
        ("frames=3:live:vessel", Request(is_vessel=True, is_live=True, frames=3)),
    ],
)
def test_a_location_is_words_in_any_order(location, request_):
    assert parse(location) == request_


@pytest.mark.parametrize(
    "location", ["heart", "head:vessel", "live:live", "frames=0", "frames=", "frames=-1", "frames=2:frames=3", "Head"]
)
def test_a_word_that_is_not_understood_is_refused_with_those_that_are(location):
    with pytest.raises(SourceUnreadableError, match="head or vessel, live, and frames=N"):
        parse(location)


@given(st.text("aelv=0 :\n", max_size=12).filter(lambda text: set(text.split(":")) - {""}))
def test_any_other_word_is_refused_on_one_line(location):
    with pytest.raises(SourceUnreadableError) as failure:
        parse(location)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("scene", ["head", "vessel"])
def test_the_mask_of_any_frame_is_exact_and_lies_on_its_structure(scene):
    with create(f"{scene}:frames=4", SourceSettings(size="160x120", seed=3)) as source:
        frames = list(source)
        masks = [source.true_mask(frame.index) for frame in frames]
    for frame, mask in zip(frames, masks, strict=True):
        assert (mask.shape, mask.dtype) == (frame.size, np.bool_)
        assert 0 < mask.mean() < 0.6
    assert not np.array_equal(masks[0], masks[3])


def test_the_same_seed_gives_the_same_frames_and_another_one_others():
    first, again, other = (next(create("head", SourceSettings(size="64x48", seed=seed))).image for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_info_tells_what_is_computed():
    info = create("vessel:frames=5", SMALL).info
    assert (info.kind, info.name, info.is_live, info.size) == ("synthetic", "synthetic vessel", False, (48, 64))
    assert (info.rate_hz, info.frame_count) == (20, 5)
    assert info.detail == "vessel 64x48 at 20 Hz, seed 0"


def test_frames_know_their_time_spacing_and_modality():
    with create("frames=3", SMALL) as source:
        frames = list(source)
    assert [frame.media_time_ns for frame in frames] == [0, 50_000_000, 100_000_000]
    assert all(frame.modality == "US" and frame.spacing_mm[0] > 0 for frame in frames)


def test_a_size_too_small_to_show_anything_is_refused():
    with pytest.raises(SourceUnreadableError, match="16x16"):
        create("", SourceSettings(size="8x8"))


def test_a_live_stream_never_runs_ahead_of_its_clock():
    with create("live:frames=4", SMALL) as source:
        assert source.info.is_live
        started_ns = time.monotonic_ns()
        for frame in source:
            assert frame.captured_ns - started_ns >= frame.index * 50_000_000


class Clock:
    """In place of the module `time`: stands still unless it is set."""

    now_ns = 5_000_000_000

    def monotonic_ns(self):
        return self.now_ns


def test_a_live_frame_that_nobody_took_in_time_is_not_made_up_later(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("streamseg.sources.synthetic.time", clock)
    with create("live:vessel", SMALL) as source:
        assert next(source).index == 0
        clock.now_ns += 1_020_000_000
        late = next(source)
        assert (late.index, late.media_time_ns) == (20, 1_000_000_000)
        np.testing.assert_array_equal(late.image, source._phantom.render(1.0)[0])
        assert next(source).index == 21


def test_closing_ends_the_wait_for_a_live_frame():
    source = create("live", SourceSettings(size="64x48", rate_hz=0.01))
    next(source)
    rest = []
    thread = threading.Thread(target=lambda: rest.extend(source), daemon=True)
    thread.start()
    source.close()
    thread.join(10)
    assert not thread.is_alive()
    assert rest == []
