"""A picture that stands still is noticed, and nothing else is."""

import itertools

import numpy as np
import pytest

from streamseg.frame import Frame
from streamseg.geometry import ImagePlane
from streamseg.scan.freeze import FEWEST_FRAMES, FreezeDetector

RATE_HZ = 20
SIZE = (240, 320)


def speckle(seed, *, noise=0.0, picture=0):
    """Return the speckle of ``picture``, with other noise of the electronics for every ``seed``."""
    still = np.clip(np.random.default_rng(picture).rayleigh(60, SIZE), 0, 255)
    return np.clip(still + np.random.default_rng(seed).normal(0, noise, SIZE), 0, 255).astype(np.uint8)


def frames(pictures, *, rate_hz=RATE_HZ, **fields):
    return [Frame(picture, index, round(index * 1e9 / rate_hz), **fields) for index, picture in enumerate(pictures)]


def states(pictures, **fields):
    detector = FreezeDetector()
    return [detector.update(frame) for frame in frames(pictures, **fields)]


def test_a_picture_that_stands_still_is_frozen_after_a_second():
    assert states([speckle(0)] * 30) == [False] * RATE_HZ + [True] * 10


@pytest.mark.parametrize("noise", [0.0, 0.7, 1.5])
def test_noise_of_the_electronics_does_not_hide_it(noise):
    assert states([speckle(seed, noise=noise) for seed in range(25)])[-1]


def test_it_ends_with_the_first_picture_that_moves():
    still = [speckle(0)] * 25
    assert states([*still, speckle(1, picture=1), *still])[24:] == [True, *[False] * 21, *[True] * 5]


@pytest.mark.parametrize("top", range(0, SIZE[0], 24))
def test_motion_in_any_rows_of_the_picture_ends_it(top):
    moved = speckle(0).copy()
    moved[top : top + 24] = speckle(1, picture=1)[top : top + 24]
    assert states([*[speckle(0)] * 25, moved])[-2:] == [True, False]


def test_speckle_that_moves_is_not_frozen():
    assert not any(states([speckle(0, picture=index) for index in range(60)]))


def test_a_slow_change_is_not_frozen():
    picture = speckle(0).astype(float)
    assert not any(states([np.clip(picture + index, 0, 255).astype(np.uint8) for index in range(60)]))


def test_pictures_that_come_twice_are_not_frozen():
    """As of a screen that is captured at twice the rate of its scanner."""
    assert not any(states([speckle(0, picture=index // 3) for index in range(60)]))


def test_a_clock_may_tick_beside_a_frozen_picture():
    pictures = [speckle(0).copy() for _ in range(30)]
    for index, picture in enumerate(pictures):
        picture[4:16, 4:20] = 255 * (index % 2)
    assert states(pictures)[-1]


def test_time_is_that_of_the_recording_where_it_has_one():
    detector = FreezeDetector()
    late = [Frame(speckle(0), index, index, media_time_ns=index * 50_000_000) for index in range(30)]
    assert [detector.update(frame) for frame in late].index(True) == RATE_HZ


def test_few_frames_are_not_enough_however_long_they_last():
    assert states([speckle(0)] * 12, rate_hz=1).index(True) == FEWEST_FRAMES - 1


@pytest.mark.parametrize(
    "fields", [{"position_mm": 3.0}, {"plane": ImagePlane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))}]
)
def test_equal_slices_of_a_stack_are_not_frozen(fields):
    assert not any(states([speckle(0)] * 40, **fields))


def test_slices_of_air_in_hounsfield_units_are_not_frozen():
    assert not any(states([np.full(SIZE, -1000, np.int16)] * 40, unit="hu"))


def test_a_picture_of_one_level_is_not_frozen():
    assert not any(states([np.zeros(SIZE, np.uint8)] * 40))


def test_the_same_frame_of_a_file_again_is_not_frozen():
    """As when a person goes to and fro in a held file, or one picture is looped."""
    detector = FreezeDetector()
    again = (Frame(speckle(0), index, index * 50_000_000, media_index=3) for index in range(60))
    assert not any(detector.update(frame) for frame in again)


def test_another_size_begins_anew():
    detector = FreezeDetector()
    both = itertools.chain([speckle(0)] * 30, [speckle(0)[:200]] * 10)
    assert [detector.update(frame) for frame in frames(both)][-10:] == [False] * 10


def test_real_cines_run_and_a_still_that_was_made_a_video_is_frozen(shared_data):
    import av

    folder, found = shared_data / "us" / "cine", {}
    for name in ("butterfly-ocular-phantom", "clarius-ocular-short", "sonosite-anon-eye1-video"):
        detector = FreezeDetector()
        with av.open(str(folder / f"{name}.mp4")) as clip:
            pictures = itertools.islice(clip.decode(video=0), 50)
            times = [(round(each.time * 1e9), each.to_ndarray(format="gray")) for each in pictures]
        found[name] = any(detector.update(Frame(image, at, at, at)) for at, image in times)
    assert found == {
        "butterfly-ocular-phantom": False,
        "clarius-ocular-short": False,
        "sonosite-anon-eye1-video": True,
    }
