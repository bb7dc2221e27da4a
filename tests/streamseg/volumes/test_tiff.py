"""TIFF of several deep pages: the values, the size of a pixel where it is said, and damage."""

import numpy as np
import pytest
from PIL import Image

from streamseg.errors import SourceLostError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.images import create
from streamseg.volumes.tiff import is_deep_stack, read_tiff

PAGES = np.arange(3 * 4 * 5, dtype=np.uint16).reshape(3, 4, 5) * 100


def save(path, pages, **more):
    first, *others = (Image.fromarray(page) for page in pages)
    first.save(path, save_all=True, append_images=others, **more)
    return path


def play(path, **asked):
    with create(str(path), SourceSettings(**asked)) as source:
        return source.info, [frame.image for frame in source]


def test_pages_of_16_bits_are_scaled_together_by_their_percentiles(tmp_path):
    info, pictures = play(save(tmp_path / "a.tif", PAGES), rate_hz=5)
    low, high = np.percentile(PAGES, (0.5, 99.5))
    np.testing.assert_array_equal(pictures, np.rint(np.clip((PAGES - low) / (high - low), 0, 1) * 255))
    assert (info.kind, info.frame_count, info.rate_hz) == ("images", 3, 5)
    assert any("shown as black to white" in warning for warning in info.warnings)


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_pages_as_low_as_air_are_a_ct(tmp_path, dtype):
    pages = PAGES.astype(dtype) - 1000
    with create(str(save(tmp_path / "a.tiff", pages, compression="tiff_deflate")), SourceSettings()) as source:
        frames = list(source)
    np.testing.assert_array_equal([frame.image for frame in frames], pages)
    assert {frame.unit for frame in frames} == {"hu"}


def test_pages_of_8_bits_colours_and_single_pages_are_pictures_and_no_volume(tmp_path):
    assert not is_deep_stack(save(tmp_path / "a.tif", PAGES.astype(np.uint8)))
    assert not is_deep_stack(save(tmp_path / "b.tif", np.zeros((2, 4, 5, 3), np.uint8)))
    assert not is_deep_stack(save(tmp_path / "c.tif", PAGES[:1]))
    assert not is_deep_stack(tmp_path / "none.tif")
    (tmp_path / "d.tif").write_bytes(b"II*\0")
    assert not is_deep_stack(tmp_path / "d.tif")


@pytest.mark.parametrize(
    ("told", "spacing_mm"),
    [
        ({"x_resolution": 40.0, "y_resolution": 20.0, "resolution_unit": "cm"}, (0.25, 0.5)),
        ({"x_resolution": 40.0, "y_resolution": 20.0, "resolution_unit": "inch"}, None),
        (
            {"description": "ImageJ=1.54f\nunit=mm\nspacing=2.0\n", "x_resolution": 4.0, "y_resolution": 2.0},
            (0.25, 0.5, 2),
        ),
        ({"description": "ImageJ=1.54f\nunit=micron\n", "x_resolution": 4.0, "y_resolution": 2.0}, (0.00025, 0.0005)),
        ({"description": "ImageJ=1.54f\nunit=pixel\n", "x_resolution": 4.0, "y_resolution": 2.0}, None),
        ({"description": "ImageJ=1.54f\nunit=mm\nspacing=far\n", "x_resolution": 4.0, "y_resolution": 2.0}, None),
        ({}, None),
    ],
)
def test_the_size_of_a_pixel_is_known_where_its_unit_is_said(tmp_path, told, spacing_mm):
    found = read_tiff(save(tmp_path / "a.tif", PAGES, **told)).spacing_mm
    assert found == (None if spacing_mm is None else pytest.approx(spacing_mm))


def test_of_a_damaged_file_the_whole_pages_are_played_and_then_it_is_lost(tmp_path):
    noise = np.random.default_rng(0).integers(0, 60000, (3, 40, 50)).astype(np.uint16)
    # Only the values of the last page are damaged: the list of pages stays whole.
    changed = bytearray(save(tmp_path / "b.tif", noise, compression="tiff_lzw").read_bytes())
    with Image.open(tmp_path / "b.tif") as file:
        file.seek(2)
        last = file.tag_v2[273][0]
    changed[last : last + 400] = b"\xff" * 400
    (tmp_path / "b.tif").write_bytes(changed)
    with create(str(tmp_path / "b.tif"), SourceSettings()) as source:
        assert source.info.frame_count == 2
        frames = []
        with pytest.raises(SourceLostError, match="was cut short"):
            frames.extend(source)


def test_pages_of_several_sizes_are_refused(tmp_path):
    first, other = Image.fromarray(PAGES[0]), Image.fromarray(PAGES[1][:2])
    first.save(tmp_path / "a.tif", save_all=True, append_images=[other])
    with create(str(tmp_path / "a.tif"), SourceSettings()) as source, pytest.raises(SourceLostError):
        list(source)


def test_a_stack_that_is_none_is_refused(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"II*\0")
    with pytest.raises(SourceUnreadableError, match="no stack of pages"):
        read_tiff(tmp_path / "a.tif")
