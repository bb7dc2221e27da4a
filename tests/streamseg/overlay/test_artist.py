"""What is kept of a rendering names nobody, and shows everything that was drawn."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from streamseg.geometry import Box
from streamseg.measure import measure
from streamseg.measurement import Measurement
from streamseg.model_card import MeasurementKind
from streamseg.outline import Outline
from streamseg.overlay.artist import Artist
from streamseg.settings import OutputSettings, OverlayMode, OverlaySettings
from streamseg.steering.live_settings import LiveSettings
from tests.support.measured import ellipse_mask, segmented
from tests.support.renderings import grey_picture, segmentation_of, stream_of

SIZE = (160, 240)
SCAN = Box(30, 40, 100, 150)
TEXT = Box(5, 5, 10, 80)
LIVE = LiveSettings(threshold=0.5, overlay=OverlaySettings(mode="both"))


def scanned(*, has_scan=True):
    picture = np.zeros(SIZE, np.uint8)
    SCAN.crop(picture)[...] = 90
    TEXT.crop(picture)[...] = 255
    segmentation = segmentation_of(picture)
    return replace(segmentation, scan=Outline.of_box(SCAN) if has_scan else None)


def render(tmp_path, segmentation, *, live=LIVE, **output):
    stream = stream_of(tmp_path)
    settings = stream.settings.model_copy(update={"output": OutputSettings(**output)})
    artist = Artist(replace(stream, settings=settings))
    return artist.render(segmentation, live, rates_hz=(25.0, 25.0), is_paused=False, is_frozen=False)


def test_on_screen_all_is_there_and_in_what_is_kept_only_the_scan_and_the_caption(tmp_path):
    rendering = render(tmp_path, scanned())
    assert (TEXT.crop(rendering.canvas) == 255).all()
    kept = rendering.kept_canvas
    assert not TEXT.crop(kept).any()
    np.testing.assert_array_equal(SCAN.crop(kept), SCAN.crop(rendering.canvas))
    np.testing.assert_array_equal(kept[SIZE[0] :], rendering.canvas[SIZE[0] :])


@pytest.mark.parametrize("mode", get_args(OverlayMode))
@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_what_is_kept_is_to_the_bit_what_drawing_over_a_blacked_out_picture_gives(mode, angle, tmp_path):
    """The mask reaches beyond the scan, its values stand beside it, and an area is black within it."""
    shown = segmented(ellipse_mask(70, 45, angle, size=SIZE, centre=(80, 130)), image=grey_picture(SIZE))
    scan = Outline(((10, 90), (150, 30), (150, 210), (10, 150)))
    shown = replace(shown, measurements=measure(shown, get_args(MeasurementKind)), scan=scan)
    live = replace(LIVE, overlay=OverlaySettings(mode=mode))
    rendering = render(tmp_path, shown, live=live, masked_areas="70,100,20,400")
    picture = shown.frame.image * (scan.mask(SIZE) > 0)
    picture[70:90, 100:] = 0
    black = replace(shown, frame=replace(shown.frame, image=picture))
    np.testing.assert_array_equal(rendering.kept_canvas, render(tmp_path, black, live=live).canvas)


def test_what_is_drawn_beside_the_scan_is_kept(tmp_path):
    area = Measurement("area", 1234.0, "px")
    kept = render(tmp_path, replace(scanned(), measurements=(area,))).kept_canvas
    without = render(tmp_path, scanned()).kept_canvas
    beside = np.ones(SIZE, np.bool_)
    SCAN.crop(beside)[...] = False
    assert (kept[: SIZE[0]] != without[: SIZE[0]])[beside].any()


@pytest.mark.parametrize("has_scan", [True, False])
def test_masked_areas_are_black_even_where_text_is_kept(tmp_path, has_scan):
    rendering = render(tmp_path, scanned(has_scan=has_scan), keep_text=True, masked_areas="5,5,10,40")
    kept = rendering.kept_canvas
    assert not kept[5:15, 5:45].any()
    assert (kept[5:15, 45:85] == 255).all()


def test_where_nothing_is_to_be_hidden_nothing_is_drawn_twice(tmp_path):
    for rendering in (render(tmp_path, scanned(), keep_text=True), render(tmp_path, scanned(has_scan=False))):
        assert rendering.kept_canvas is rendering.canvas


def test_a_frozen_picture_is_called_so(tmp_path):
    artist = Artist(stream_of(tmp_path))
    running, frozen, paused = (
        artist.render(scanned(), LIVE, rates_hz=(25.0, 25.0), is_paused=is_paused, is_frozen=is_frozen).canvas
        for is_paused, is_frozen in ((False, False), (False, True), (True, True))
    )
    assert (running != frozen).any()
    assert (frozen != paused).any()
