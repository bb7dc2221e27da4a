"""What counts as the same picture, and what never does."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.carry.stillness import FROZEN_NS, NOISE_LEVELS, Stillness, differs
from streamseg.model_card import InputSpec
from streamseg.prepare import Placement
from streamseg.scene import Prepared, SceneTracker
from streamseg.settings import SourceSettings
from streamseg.sources.video import create

SIZE = (256, 256)
PLACEMENT = Placement.fit(SIZE, None, InputSpec(height=256, width=256))


def prepared(picture, *, is_new_scene=False):
    return Prepared(picture[np.newaxis, :, :, np.newaxis], PLACEMENT, is_new_scene)


def tissue():
    """Return a picture of speckle with a contrast of a scan: levels of about 60 to 190."""
    field = cv2.GaussianBlur(np.random.default_rng(0).random(SIZE, np.float32), (0, 0), 2)
    return (cv2.normalize(field, None, 0.2, 0.8, cv2.NORM_MINMAX)).astype(np.float32)


def test_noise_of_a_frame_grabber_is_no_change():
    """One level up or down in every pixel."""
    noise = np.random.default_rng(1).integers(-1, 2, SIZE).astype(np.float32) / 255
    assert not differs(tissue(), tissue() + noise)


@settings(max_examples=60)
@given(top=st.integers(0, 240), left=st.integers(0, 240), levels=st.floats(6, 80), sign=st.sampled_from([-1, 1]))
def test_a_spot_of_16_px_is_never_missed_wherever_it_appears(top, left, levels, sign):
    after = tissue()
    after[top : top + 16, left : left + 16] += np.float32(sign * levels / 255)
    assert differs(tissue(), after)


@settings(max_examples=60)
@given(angle=st.floats(0, 6.28), distance_px=st.floats(0.5, 20))
def test_motion_of_half_a_pixel_or_more_is_never_missed(angle, distance_px):
    matrix = np.array([[1, 0, distance_px * np.cos(angle)], [0, 1, distance_px * np.sin(angle)]], np.float32)
    assert differs(tissue(), cv2.warpAffine(tissue(), matrix, SIZE, borderMode=cv2.BORDER_REFLECT_101))


def test_a_slow_change_is_noticed_once_it_sums_up():
    """Compared with the last changed picture: a fifth of the noise in every frame is not still for ever."""
    stillness = Stillness()
    picture = tissue()
    seen = [
        stillness.update(prepared(picture + np.float32(index * NOISE_LEVELS / 5 / 255)), index * 10_000_000)
        for index in range(30)
    ]
    assert not seen[0]
    assert seen.count(False) >= 4
    assert seen[1:5] == [True] * 4


def test_a_new_scene_is_never_still():
    stillness = Stillness()
    assert not stillness.update(prepared(tissue(), is_new_scene=True), 0)
    assert stillness.update(prepared(tissue()), 1)
    assert not stillness.update(prepared(tissue(), is_new_scene=True), 2)


@pytest.mark.parametrize(("still_ns", "has_thawed"), [(FROZEN_NS, True), (FROZEN_NS // 4, False)])
def test_what_ends_a_freeze_is_told_from_a_source_that_doubles_its_frames(still_ns, has_thawed):
    stillness = Stillness()
    stillness.update(prepared(tissue()), 0)
    assert stillness.update(prepared(tissue()), still_ns)
    assert not stillness.has_thawed
    assert not stillness.update(prepared(tissue()[::-1].copy()), still_ns + 1)
    assert stillness.has_thawed is has_thawed
    assert not stillness.update(prepared(tissue()), still_ns + 2)
    assert not stillness.has_thawed


def test_a_real_scan_that_goes_on_is_never_still_and_a_real_freeze_always(shared_data):
    """Butterfly scanning, SonoSite frozen."""
    spec = InputSpec(height=256, width=256)
    shares = {}
    for name in ("butterfly-ocular-phantom", "sonosite-anon-eye1-video"):
        stillness, tracker = Stillness(), SceneTracker("whole", spec)
        with create(str(shared_data / "us" / "cine" / f"{name}.mp4"), SourceSettings()) as source:
            seen = [
                stillness.update(tracker.prepare(frame), frame.index * 40_000_000)
                for frame, _ in zip(source, range(40), strict=False)
            ]
        shares[name] = np.mean(seen[1:])
    assert shares == {"butterfly-ocular-phantom": 0, "sonosite-anon-eye1-video": 1}
