"""Pictures as a stream: which files, in which order, and what becomes of their pixels."""

import logging

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from streamseg.errors import SourceNotFoundError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.images import create, find_pictures, reduce_depth

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
COLOUR = np.dstack([GREY, 255 - GREY, GREY // 2])


def save(path, pixels, mode=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path)
    return path


def play(location, settings):
    with create(str(location), settings) as source:
        return [frame.image for frame in source]


def test_a_folder_is_played_in_natural_order(tmp_path, settings):
    for number in (10, 9, 1, 100, 2):
        save(tmp_path / f"frame{number}.png", np.full((4, 4), number, np.uint8))
    assert [image[0, 0] for image in play(tmp_path, settings)] == [1, 2, 9, 10, 100]


def test_hidden_files_folders_and_other_files_are_left_out(tmp_path, settings):
    save(tmp_path / "a.png", GREY)
    save(tmp_path / ".hidden.png", GREY)
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "notes.txt").write_text("notes")
    assert len(play(tmp_path, settings)) == 1


def test_a_pattern_chooses_files(tmp_path, settings):
    for name in ("left/1.png", "left/2.png", "left/2.jpg", "right/3.png", ".cache/4.png"):
        save(tmp_path / name, GREY)
    assert len(play(tmp_path / "left" / "*.png", settings)) == 2
    assert len(play(tmp_path / "*" / "*.png", settings)) == 3
    assert len(play(tmp_path / "**" / "?.png", settings)) == 3


def test_a_folder_whose_name_looks_like_a_pattern_is_a_folder(tmp_path, settings):
    save(tmp_path / "scan [1]" / "1.png", GREY)
    assert len(play(tmp_path / "scan [1]", settings)) == 1


def test_one_file_is_a_stream_of_one_frame(tmp_path, settings):
    source = create(str(save(tmp_path / "only.png", GREY)), settings)
    assert (source.info.name, source.info.frame_count) == ("only.png", 1)
    assert len(list(source)) == 1


def test_a_file_of_several_pages_gives_each_of_them(tmp_path, settings):
    pages = [Image.fromarray(np.full((4, 4), level, np.uint8)) for level in (10, 20, 30)]
    pages[0].save(tmp_path / "stack.tif", save_all=True, append_images=pages[1:])
    source = create(str(tmp_path / "stack.tif"), settings)
    assert source.info.frame_count == 3
    assert [frame.image[0, 0] for frame in source] == [10, 20, 30]


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "tiff", "pgm", "webp", "jpg", "jpeg", "PNG"])
def test_every_kind_of_file_is_read(tmp_path, settings, suffix):
    path = save(tmp_path / f"a.{suffix}", np.full((6, 8), 100, np.uint8))
    (image,) = play(path, settings)
    np.testing.assert_allclose(image.astype(int), 100, atol=2)


@pytest.mark.parametrize(
    ("pixels", "mode", "expected"),
    [
        (GREY, "L", GREY),
        (GREY, "LA", GREY),
        (GREY > 100, None, (GREY > 100) * np.uint8(255)),
        (COLOUR, "RGB", COLOUR),
        (COLOUR, "RGBA", COLOUR),
        (GREY.astype(np.uint16) * 257, None, GREY),
    ],
)
def test_grey_stays_grey_colour_becomes_rgb_transparency_goes_and_sixteen_bits_become_eight(
    tmp_path, settings, pixels, mode, expected
):
    (image,) = play(save(tmp_path / "a.png", pixels, mode), settings)
    assert image.dtype == np.uint8
    np.testing.assert_array_equal(image, expected)


def test_a_palette_with_transparency_becomes_rgb(tmp_path, settings):
    image = Image.fromarray(COLOUR).convert("P")
    image.save(tmp_path / "a.png", transparency=bytes([0, 128, 255]))
    assert play(tmp_path / "a.png", settings)[0].shape == (6, 8, 3)


def test_a_picture_is_turned_as_its_camera_noted(tmp_path, settings):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(GREY).save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(play(tmp_path / "a.png", settings)[0], np.rot90(GREY, -1))


@given(arrays.arrays(np.uint8, (3, 4)))
def test_reducing_sixteen_bits_undoes_widening_eight(values):
    np.testing.assert_array_equal(reduce_depth(values.astype(np.uint16) * 257), values)


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_reducing_keeps_the_order_of_values(one, other):
    low, high = reduce_depth(np.array(sorted((one, other)), np.uint16))
    assert low <= high


def test_how_sixteen_bits_are_reduced_is_said_in_info_or_once_in_the_log(tmp_path, settings, caplog):
    save(tmp_path / "deep" / "1.png", GREY.astype(np.uint16))
    assert "257" in create(str(tmp_path / "deep"), settings).info.warnings[0]
    save(tmp_path / "mixed" / "1.png", GREY)
    for number in (2, 3):
        save(tmp_path / "mixed" / f"{number}.png", GREY.astype(np.uint16))
    with caplog.at_level(logging.WARNING):
        assert len(play(tmp_path / "mixed", settings)) == 3
    assert caplog.text.count("257") == 1


def test_the_rate_gives_the_media_time(tmp_path, settings):
    for number in range(3):
        save(tmp_path / f"{number}.png", GREY)
    with create(str(tmp_path), settings) as source:
        assert source.info.rate_hz == 10
        assert [frame.media_time_ns for frame in source] == [0, 100_000_000, 200_000_000]
    with create(str(tmp_path), SourceSettings(rate_hz=3)) as source:
        assert [frame.media_time_ns for frame in source] == [0, 333_333_333, 666_666_667]


def test_info_tells_what_was_found(tmp_path, settings):
    for number in range(3):
        save(tmp_path / "scan" / f"{number}.png", GREY)
    info = create(str(tmp_path / "scan"), settings).info
    assert (info.kind, info.name, info.is_live, info.size) == ("images", "scan", False, (6, 8))
    assert (info.frame_count, info.detail, info.warnings) == (3, "png 8x6 at 10 Hz", ())


def test_settings_that_pictures_cannot_follow_are_said(tmp_path):
    source = create(str(save(tmp_path / "a.png", GREY)), SourceSettings(size="8x6"))
    assert "--size" in source.info.warnings[0]


def test_pictures_of_several_sizes_are_passed_on(tmp_path, settings):
    save(tmp_path / "1.png", GREY)
    save(tmp_path / "2.png", GREY.T)
    assert [image.shape for image in play(tmp_path, settings)] == [(6, 8), (8, 6)]


def test_a_damaged_picture_is_named_when_its_turn_comes_and_ends_the_stream(tmp_path, settings):
    for number in (1, 2, 3):
        save(tmp_path / f"{number}.png", np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8))
    damaged = tmp_path / "2.png"
    damaged.write_bytes(damaged.read_bytes()[:1500])
    source = create(str(tmp_path), settings)
    assert next(source).index == 0
    with pytest.raises(SourceUnreadableError, match=r"2\.png"):
        next(source)
    with pytest.raises(StopIteration):
        next(source)


@pytest.mark.parametrize("kind", ["jpg", "png", "tif", "webp", "bmp", "pgm"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_a_first_picture_that_is_cut_short_is_unreadable_before_the_stream_starts(tmp_path, settings, kind, share):
    path = save(tmp_path / f"a.{kind}", np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(SourceUnreadableError, match=f"a.{kind}"):
        create(str(path), settings)


@pytest.mark.parametrize("pixels", [np.full((4, 4), 0.5, np.float32), np.full((4, 4), 70000, np.int32)])
def test_values_without_an_agreed_black_and_white_are_refused(tmp_path, settings, pixels):
    with pytest.raises(SourceUnreadableError, match="its"):
        create(str(save(tmp_path / "a.tif", pixels)), settings)


@pytest.mark.parametrize("name", ["nowhere", "nowhere.png", "empty", "empty/*.png", "**.png"])
def test_where_no_picture_is_nothing_is_found(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceNotFoundError):
        find_pictures(str(tmp_path / name))


def test_after_close_the_stream_is_over(tmp_path, settings):
    for number in range(3):
        save(tmp_path / f"{number}.png", GREY)
    source = create(str(tmp_path), settings)
    next(source)
    source.close()
    source.close()
    with pytest.raises(StopIteration):
        next(source)


def test_a_real_folder_is_grey_and_complete(shared_data, settings):
    with create(str(shared_data / "us" / "hc18" / "images" / "00*.png"), settings) as source:
        frames = list(source)
    assert len(frames) == source.info.frame_count > 5
    assert all(frame.image.ndim == 2 for frame in frames)


def test_a_seek_counts_the_pages_of_all_files(tmp_path, settings):
    levels = [[10], [20, 30, 40], [50]]
    for place, pages in enumerate(levels):
        first, *others = (Image.fromarray(np.full((6, 8), level, np.uint8)) for level in pages)
        first.save(tmp_path / f"{place}.tif", save_all=True, append_images=others)
    with create(str(tmp_path), settings) as source:
        for index, level in ((3, 40), (0, 10), (4, 50), (2, 30)):
            assert source.seek(index)
            frame = next(source)
            assert (frame.index, int(frame.image[0, 0])) == (index, level)
        assert source.seek(5)
        assert next(source, None) is None


def test_a_folder_with_a_file_that_is_no_picture_is_not_sought_in(tmp_path, settings):
    Image.fromarray(np.full((6, 8), 10, np.uint8)).save(tmp_path / "0.png")
    (tmp_path / "1.png").write_bytes(b"nonsense")
    with create(str(tmp_path), settings) as source:
        assert not source.seek(0)
