"""Frames of a video file: pixels upright, square, RGB or grey, of eight bits."""

import threading
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.errors import SourceLostError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.video import create, orient, square_size
from tests.support.clips import CODED, SCENES, damage, grey_levels, write_clip

TOLERANCE = 4  # grey levels: lossy coding, and FFmpeg's conversion to RGB


def level(frame):
    return float(frame.image.mean())


def test_every_frame_comes_once_in_order_at_its_time(tmp_path, settings):
    pictures = grey_levels(40)
    with create(str(write_clip(tmp_path / "clip.mp4", pictures)), settings) as source:
        frames = list(source)
    assert [frame.index for frame in frames] == list(range(40))
    assert [frame.media_time_ns for frame in frames] == [index * 40_000_000 for index in range(40)]
    assert [level(frame) for frame in frames] == pytest.approx([picture.mean() for picture in pictures], abs=TOLERANCE)


def test_info_tells_what_is_in_the_file(tmp_path, settings):
    info = create(str(write_clip(tmp_path / "clip.mp4", grey_levels(30))), settings).info
    assert (info.kind, info.name, info.is_live) == ("video", "clip.mp4", False)
    assert (info.size, info.rate_hz, info.frame_count) == ((48, 64), 25, 30)
    assert (info.detail, info.warnings) == ("h264 yuv420p 64x48 at 25 Hz", ())


def test_the_number_of_frames_is_estimated_where_the_file_does_not_tell_it(tmp_path, settings):
    assert create(str(write_clip(tmp_path / "clip.mkv", grey_levels(30))), settings).info.frame_count == 30


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv422p", "yuv420p10le", "yuv444p10le"])
def test_eight_and_ten_bits_become_rgb_of_eight(tmp_path, settings, pixel_format):
    ramp = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[np.newaxis], 48, axis=0)
    picture = np.dstack([ramp] * 3)
    picture[:16, :, 2] //= 2
    path = write_clip(tmp_path / "clip.mp4", [picture] * 2, pixel_format=pixel_format, crf=1)
    image = next(create(str(path), settings)).image
    assert (image.shape, image.dtype) == ((48, 64, 3), np.uint8)
    np.testing.assert_allclose(image[24, :, 0].astype(int), ramp[24], atol=TOLERANCE)


def test_of_a_video_in_colour_the_frames_without_any_are_grey(tmp_path, settings):
    grey, coloured = np.full((48, 64, 3), 90, np.uint8), np.full((48, 64, 3), (200, 90, 90), np.uint8)
    source = create(str(write_clip(tmp_path / "clip.mp4", [grey, coloured, grey], g=1)), settings)
    assert source.info.size == (48, 64)
    assert [frame.image.shape for frame in source] == [(48, 64), (48, 64, 3), (48, 64)]


@pytest.mark.parametrize("pixel_format", ["gray", "gray16le"])
def test_grey_stays_grey(tmp_path, settings, pixel_format):
    ramp = np.repeat(np.linspace(0, 255, 50).astype(np.uint8)[np.newaxis], 30, axis=0)
    path = write_clip(tmp_path / "clip.mkv", [ramp] * 2, codec="ffv1", pixel_format=pixel_format)
    image = next(create(str(path), settings)).image
    assert (image.shape, image.dtype) == ((30, 50), np.uint8)
    np.testing.assert_allclose(image.astype(int), ramp, atol=1)


def test_colours_are_in_the_order_red_green_blue(tmp_path, settings):
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 0] = 200
    image = next(create(str(write_clip(tmp_path / "clip.mp4", [red] * 2)), settings)).image
    assert image[..., 0].mean() > 180
    assert image[..., 1:].mean() < 20


UPRIGHT = {
    (0, False, False): lambda picture: picture,
    (90, False, False): np.rot90,
    (-90, False, False): lambda picture: np.rot90(picture, -1),
    (180, False, False): lambda picture: np.rot90(picture, 2),
    (0, True, False): lambda picture: picture[:, ::-1],
    (0, False, True): lambda picture: picture[::-1],
}


@pytest.mark.parametrize("turn", UPRIGHT)
def test_a_picture_is_turned_and_mirrored_as_its_display_matrix_says(tmp_path, settings, turn):
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:16, :16], picture[32:, :16] = (200, 180, 180), 90
    degrees, is_mirrored, is_flipped = turn
    path = write_clip(
        tmp_path / "clip.mp4",
        [picture] * 2,
        prepare=lambda stream: stream.set_display_rotation(degrees, hflip=is_mirrored, vflip=is_flipped),
    )
    source = create(str(path), settings)
    shown = UPRIGHT[turn](picture)
    assert source.info.size == shown.shape[:2]
    np.testing.assert_allclose(next(source).image[8::16, 8::16], shown[8::16, 8::16], atol=TOLERANCE)


@given(
    height=st.integers(1, 6),
    width=st.integers(1, 6),
    matrix=st.sampled_from([(a, 0, 0, 0, d, 0, 0, 0, 1) for a in (1, -1) for d in (1, -1)])
    | st.sampled_from([(0, b, 0, c, 0, 0, 0, 0, 1) for b in (1, -1) for c in (1, -1)]),
)
def test_every_pixel_goes_where_the_matrix_sends_it(height, width, matrix):
    pixels = np.arange(height * width, dtype=np.uint8).reshape(height, width)
    a, b, _, c, d, *_ = matrix
    rows, columns = np.indices(pixels.shape)
    across, down = a * columns + c * rows, b * columns + d * rows
    expected = np.zeros((int(np.ptp(down)) + 1, int(np.ptp(across)) + 1), np.uint8)
    expected[down - down.min(), across - across.min()] = pixels
    np.testing.assert_array_equal(orient(pixels, matrix), expected)


def test_pixels_that_are_not_square_are_stretched_and_that_is_said(tmp_path, settings):
    def widen(stream):
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)

    source = create(str(write_clip(tmp_path / "clip.mp4", grey_levels(2), prepare=widen)), settings)
    assert next(source).image.shape == (48, 85, 3)
    assert source.info.size == (48, 85)
    assert "1.333 times as wide as high" in source.info.warnings[0]


@given(st.integers(1, 4000), st.integers(1, 4000), st.fractions(Fraction(1, 4), Fraction(4)))
def test_square_pixels_keep_the_shape_of_the_picture_and_lose_no_detail(height, width, aspect):
    tall, wide = square_size((height, width), aspect)
    assert tall >= height
    assert wide >= width
    assert abs(wide * height - aspect * width * tall) <= 0.01 * wide * height + max(height, tall, aspect * width)


def test_an_interlaced_video_is_said_to_be_so(tmp_path, settings):
    path = write_clip(tmp_path / "clip.mpg", grey_levels(5, size=(64, 96)), codec="mpeg2video", flags="+ildct+ilme")
    assert "interlaced" in create(str(path), settings).info.warnings[0]


def test_settings_that_a_file_cannot_follow_are_said(tmp_path):
    source = create(str(write_clip(tmp_path / "clip.mp4", grey_levels(2))), SourceSettings(rate_hz=60))
    assert "--rate" in source.info.warnings[0]


def test_frames_whose_size_changes_are_passed_on(tmp_path, settings):
    parts = [write_clip(tmp_path / f"{size}.h264", grey_levels(3, size=(size, 64))) for size in (48, 80)]
    path = tmp_path / "both.mp4"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with create(str(path), settings) as source:
        assert [frame.size for frame in source] == [(48, 64)] * 3 + [(80, 64)] * 3


def test_of_several_streams_the_first_is_played_and_that_is_said(tmp_path, settings):
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        for size in (48, 80):
            stream = container.add_stream("ffv1", rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, size, "gray"
        for stream in container.streams.video:
            frame = av.VideoFrame.from_ndarray(np.zeros((stream.height, 64), np.uint8), format="gray")
            container.mux([*stream.encode(frame), *stream.encode()])
    source = create(str(path), settings)
    assert next(source).size == (48, 64)
    assert "2 video streams" in source.info.warnings[0]


def test_damage_leaves_no_gap_in_the_indices(tmp_path, settings):
    path = write_clip(tmp_path / "clip.mp4", SCENES, **CODED["clip.mp4"])
    damage(path, 20, 0.25)
    with create(str(path), settings) as source:
        frames = list(source)
    assert len(frames) < len(SCENES)
    assert [frame.index for frame in frames] == list(range(len(frames)))


def test_a_file_cut_short_is_lost_after_its_good_frames_and_then_over(tmp_path, settings):
    path = write_clip(tmp_path / "clip.mkv", SCENES, **CODED["clip.mkv"])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    source = create(str(path), settings)
    frames = []
    with pytest.raises(SourceLostError):
        frames.extend(iter(source.__next__, None))
    assert len(frames) >= 8
    with pytest.raises(StopIteration):
        next(source)


@pytest.mark.parametrize("left", [0, 20])
def test_a_file_cut_short_before_its_first_frame_is_unreadable(tmp_path, settings, left):
    path = write_clip(tmp_path / "clip.mp4", SCENES)
    coded = path.read_bytes()
    path.write_bytes(coded[: coded.index(b"mdat") + 4 + left])
    with pytest.raises(SourceUnreadableError, match="no frame"):
        create(str(path), settings)


def test_a_video_of_damaged_frames_alone_is_unreadable(tmp_path, settings):
    path = write_clip(tmp_path / "clip.mp4", SCENES[:3])
    for number in range(3):
        damage(path, number, 0)
    with pytest.raises(SourceUnreadableError, match="no frame"):
        create(str(path), settings)


def test_closing_from_another_thread_ends_the_stream(tmp_path, settings):
    source = create(str(write_clip(tmp_path / "clip.mp4", grey_levels(200))), settings)
    seen = []
    is_under_way = threading.Event()

    def consume():
        for frame in source:
            seen.append(frame.index)
            is_under_way.set()

    thread = threading.Thread(target=consume, daemon=True)
    thread.start()
    assert is_under_way.wait(10)
    source.close()
    source.close()
    thread.join(10)
    assert not thread.is_alive()
    assert seen == list(range(len(seen)))


def test_sample_videos_give_every_frame(sample_videos, settings):
    paths = sorted(sample_videos.glob("*.mp4"))
    if not paths:
        pytest.skip(f"no sample videos at {sample_videos}")
    for path in paths:
        with create(str(path), settings) as source:
            assert sum(1 for _ in source) == source.info.frame_count


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi"])
def test_a_seek_lands_on_exactly_the_frame_asked_for_from_anywhere(name, tmp_path, settings):
    path = write_clip(tmp_path / name, SCENES, **CODED[name])
    with create(str(path), settings) as source:
        frames = list(source)
        for index in (59, 0, 37, 38, 36, 12, 11, 58, 59, 1):
            assert source.seek(index)
            for expected in frames[index : index + 2]:
                found = next(source)
                assert (found.index, found.media_time_ns) == (expected.index, expected.media_time_ns)
                np.testing.assert_array_equal(found.image, expected.image)


def test_a_seek_counts_frames_and_not_time_where_their_distances_differ(tmp_path, settings):
    times_ms = [0, 40, 200, 210, 700, 740, 1500, 1540]
    path = write_clip(tmp_path / "a.mp4", SCENES[:8], times_ms=times_ms, g=3)
    with create(str(path), settings) as source:
        for index in (6, 3, 7, 0):
            assert source.seek(index)
            assert next(source).media_time_ns == times_ms[index] * 1_000_000


def test_a_kind_of_file_without_an_index_is_not_sought_in(tmp_path, settings):
    path = write_clip(tmp_path / "clip.mpg", SCENES, **CODED["clip.mpg"])
    with create(str(path), settings) as source:
        assert not source.seek(30)


def test_a_damaged_file_is_not_sought_in_once_the_damage_is_known(tmp_path, settings):
    path = write_clip(tmp_path / "clip.mkv", SCENES, **CODED["clip.mkv"])
    damage(path, 20, 0.2)
    with create(str(path), settings) as source:
        list(source)
        assert not source.seek(5)


def test_beyond_the_last_frame_and_after_its_end_a_file_is_not_sought_in(tmp_path, settings):
    path = write_clip(tmp_path / "clip.mp4", SCENES, **CODED["clip.mp4"])
    with create(str(path), settings) as source:
        assert not source.seek(60)
    assert not source.seek(3)
