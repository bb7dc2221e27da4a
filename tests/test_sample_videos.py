"""The sample videos in the repository are what their generator makes, and their masks fit the pictures."""

import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

EVERY_CLIP = pytest.mark.parametrize(
    ("name", "shape", "rate_hz"),
    [
        ("us-fetal-head", (240, 480, 640), 30),
        ("us-vessel", (100, 400, 400), 25),
        ("ct-head-stack", (70, 512, 512), 10),
    ],
)


@pytest.fixture(scope="module")
def generate(sample_videos: Path) -> ModuleType:
    """Return the generator, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("sample_videos_generate", sample_videos / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def decode(path: Path, count: int | None = None) -> NDArray[np.uint8]:
    with av.open(path) as container:
        frames = itertools.islice(container.decode(video=0), count)
        return np.stack([frame.to_ndarray(format="gray") for frame in frames])


@EVERY_CLIP
def test_a_clip_has_its_frames_its_rate_and_a_mask_for_every_frame(
    sample_videos: Path, generate: ModuleType, name: str, shape: tuple[int, int, int], rate_hz: int
):
    path = sample_videos / f"{name}.mp4"
    assert decode(path).shape == shape
    assert generate.load_masks(sample_videos / f"{name}.masks.npz").shape == shape
    with av.open(path) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.profile, stream.pix_fmt) == ("h264", "High", "yuv420p")
        stamps_s = sorted(packet.pts * packet.time_base for packet in container.demux(stream) if packet.pts is not None)
    assert stamps_s == [pytest.approx(index / rate_hz) for index in range(shape[0])]


@EVERY_CLIP
def test_the_generator_makes_the_stored_pictures_and_masks_again(
    sample_videos: Path, generate: ModuleType, name: str, shape: tuple[int, int, int], rate_hz: int
):
    """Pictures up to what the codec loses, masks to the pixel."""
    clip = next(clip for clip in generate.CLIPS if clip.name == name)
    assert clip.rate_hz == rate_hz
    made = list(itertools.islice(clip.pictures(), 4))
    again = list(itertools.islice(clip.pictures(), 4))
    stored = decode(sample_videos / f"{name}.mp4", 4)
    masks = generate.load_masks(sample_videos / f"{name}.masks.npz")
    for (image, mask), (same_image, _), stored_image, stored_mask in zip(made, again, stored, masks, strict=False):
        assert image.shape == shape[1:]
        np.testing.assert_array_equal(image, same_image)
        np.testing.assert_array_equal(mask, stored_mask)
        assert cv2.PSNR(image, stored_image) > 33


def rim(mask: NDArray[np.bool_], inner: int, outer: int) -> NDArray[np.bool_]:
    """Return the pixels from ``inner`` inside the mask's border to ``outer`` outside of it."""
    grown = cv2.dilate(mask.view(np.uint8), np.ones((2 * outer + 1,) * 2, np.uint8))
    shrunk = cv2.erode(mask.view(np.uint8), np.ones((2 * inner + 1,) * 2, np.uint8))
    return np.asarray(grown > shrunk, np.bool_)


def test_every_skull_is_brighter_than_the_brain_within(sample_videos: Path, generate: ModuleType):
    masks = generate.load_masks(sample_videos / "us-fetal-head.masks.npz")
    for image, mask in zip(decode(sample_videos / "us-fetal-head.mp4"), masks, strict=True):
        skull = rim(mask, 9, 0) & mask
        assert image[skull].mean() > 1.5 * image[mask & ~skull].mean()


def test_every_lumen_is_darker_than_its_surroundings(sample_videos: Path, generate: ModuleType):
    masks = generate.load_masks(sample_videos / "us-vessel.masks.npz")
    for image, mask in zip(decode(sample_videos / "us-vessel.mp4"), masks, strict=True):
        assert image[mask].mean() < 0.2 * image[rim(mask, 0, 25) & ~mask].mean()


def test_all_blood_is_brighter_than_the_brain_and_some_slices_have_none(sample_videos: Path, generate: ModuleType):
    masks = generate.load_masks(sample_videos / "ct-head-stack.masks.npz")
    images = decode(sample_videos / "ct-head-stack.mp4")
    has_blood = masks.any(axis=(1, 2))
    assert 0.2 < has_blood.mean() < 0.95
    is_brain = (images > 70) & (images < 130) & ~masks
    assert np.median(images[masks]) > np.median(images[is_brain]) + 40
    for image, mask, around in zip(images[has_blood], masks[has_blood], is_brain[has_blood], strict=True):
        assert np.median(image[mask]) > np.median(image[around]) + 10


@settings(max_examples=30, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9)),
    seed=st.integers(0, 1000),
)
def test_stored_masks_come_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, generate: ModuleType, shape: tuple[int, int, int], seed: int
):
    path = tmp_path_factory.mktemp("masks") / "some.masks.npz"
    masks = np.random.default_rng(seed).random(shape) < 0.5
    generate.write_masks(path, masks)
    np.testing.assert_array_equal(generate.load_masks(path), masks)


def test_the_folder_stays_small(sample_videos: Path):
    assert sum(path.stat().st_size for path in sample_videos.iterdir() if path.is_file()) < 5_000_000
