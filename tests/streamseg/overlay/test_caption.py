"""The strip says everything at every width, and its size never changes within a stream."""

from dataclasses import replace

import numpy as np
import pytest

from streamseg.geometry import ImagePlane
from streamseg.overlay.caption import NOTICE, WIDEST, Caption, changing_texts
from streamseg.overlay.lettering import text_width_px
from streamseg.overlay.strip import BACKGROUND, paint_strip, strip_height_px, type_size_px
from streamseg.settings import OverlaySettings
from tests.support.renderings import CAPTION, CARD, grey_picture, live_caption, segmentation_of

WIDTHS = (128, 256, 640, 1920)
LONG = replace(
    live_caption(), structure="intraparenchymal haemorrhage", model="a-model-with-a-very-long-name-indeed-2026"
)


def strip_of(caption, width, segmentation=None, **overlay):
    strip = np.empty((strip_height_px(caption, width), width, 3), np.uint8)
    segmentation = segmentation or segmentation_of(grey_picture((32, 32)), media_time_ns=41_133_000_000)
    paint_strip(strip, segmentation, OverlaySettings(**overlay), caption)
    return strip


def ink(strip):
    return (strip[1:] != BACKGROUND).any(axis=2)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("caption", [CAPTION, live_caption(), LONG], ids=["exact", "live", "long names"])
def test_nothing_touches_the_edges_of_the_strip(caption, width):
    written = ink(strip_of(caption, width))
    margin = type_size_px(width) // 4
    assert written.any()
    assert not written[:margin].any()
    assert not written[-margin:].any()
    assert not written[:, :margin].any()
    assert not written[:, -margin:].any()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_changing_text_at_its_widest_fits_into_the_narrowest_strip(width):
    room = width - 2 * (type_size_px(width) // 2)
    assert all(text_width_px(text, type_size_px(width)) <= room for text in WIDEST.values())


@pytest.mark.parametrize("width", WIDTHS)
def test_the_height_is_the_same_whatever_changes_within_a_stream(width):
    changes = [{}, {"fps": 9999.0}, {"is_paused": True, "is_recording": True}, {"mask_age_ms": None}]
    assert len({strip_height_px(replace(CAPTION, **change), width) for change in changes}) == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_the_largest_numbers_leave_all_that_stands_beside_them_as_it_is(width):
    """What changes is repainted in a room of its own: outside of it the strip is the same to the bit."""
    small = segmentation_of(grey_picture((32, 32)), index=1, media_time_ns=0)
    large = segmentation_of(grey_picture((32, 32)), index=9_999_999_999, media_time_ns=3_599_999_000_000_000)
    calm = strip_of(replace(live_caption(), fps=0.1, inference_hz=0.1), width, small)
    wild = strip_of(replace(live_caption(), fps=1e9, inference_hz=1e9), width, large)
    # Nothing overlaps: painting more never takes ink of unchanging text away, so both show the notice alike.
    rows = np.nonzero((calm != wild).any(axis=(1, 2)))[0]
    unchanged = np.ones(calm.shape[0], bool)
    unchanged[rows] = False
    np.testing.assert_array_equal(calm[unchanged], wild[unchanged])
    assert not ink(wild)[:, -(type_size_px(width) // 4) :].any()


def test_an_enlarged_strip_has_fewer_rows_and_larger_type():
    heights = {width: strip_height_px(CAPTION, width) / type_size_px(width) for width in WIDTHS}
    assert list(heights.values()) == sorted(heights.values(), reverse=True)


def test_the_notice_says_research_use_only():
    assert NOTICE == "RESEARCH USE ONLY - not a medical device"


@pytest.mark.parametrize(
    ("changes", "carried_from", "expected"),
    [
        ({}, None, None),
        ({"mask_age_ms": 33.4}, 3, "mask carried 33 ms"),
        ({"mask_age_ms": None}, None, "no mask"),
    ],
)
def test_the_state_of_the_mask_is_said(changes, carried_from, expected):
    segmentation = replace(segmentation_of(grey_picture((8, 8))), carried_from=carried_from)
    texts = changing_texts(segmentation, replace(CAPTION, route="live", **changes))
    assert (texts["mask"][0] if "mask" in texts else None) == expected


@pytest.mark.parametrize(
    ("time_ns", "expected"),
    [(None, ""), (0, "0:00.000"), (41_133_999_999, "0:41.133"), (3_661_007_000_000, "1:01:01.007")],
)
def test_media_time_reads_as_on_a_player(time_ns, expected):
    segmentation = segmentation_of(grey_picture((8, 8)), media_time_ns=time_ns)
    assert changing_texts(segmentation, CAPTION)["time"][0] == expected


def test_pause_and_recording_are_shown_only_while_they_last():
    segmentation = segmentation_of(grey_picture((8, 8)))
    assert not {"paused", "recording"} & changing_texts(segmentation, CAPTION).keys()
    assert {"paused", "recording"} <= changing_texts(segmentation, live_caption()).keys()


def test_the_rate_of_masks_is_said_on_the_live_route_only():
    segmentation = segmentation_of(grey_picture((8, 8)))
    assert changing_texts(segmentation, live_caption())["inference"][0] == "21.0 masks/s"
    assert "inference" not in changing_texts(segmentation, replace(CAPTION, inference_hz=21.0))


def test_the_caption_of_a_card_names_what_the_card_names():
    caption = Caption.of(CARD, "exact")
    assert (caption.structure, caption.rgb) == ("fetal head", (0x35, 0xE0, 0xC2))
    assert caption.model_line == "disc 1.2 US"


def test_a_slice_says_where_it_lies_in_the_place_of_the_time():
    plane = ImagePlane((0, 0, 42.5), (1, 0, 0), (0, 1, 0))
    known = segmentation_of(grey_picture((8, 8)), media_time_ns=0, position_mm=42.54, plane=plane)
    texts = changing_texts(known, replace(CAPTION, has_position=True))
    assert texts["position"][0] == "axial 42.5 mm"
    assert "time" not in texts
    unnamed = segmentation_of(grey_picture((8, 8)), position_mm=-7.0)
    assert changing_texts(unnamed, replace(CAPTION, has_position=True))["position"][0] == "z -7.0 mm"
    assert "position" not in changing_texts(known, CAPTION)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_position_of_a_slice_is_drawn_and_nothing_touches_the_edges(width):
    caption = replace(CAPTION, has_position=True)
    plane = ImagePlane((0, 0, 0), (0, 1, 0), (0, 0, -1))
    near, far = (
        strip_of(
            caption, width, segmentation_of(grey_picture((32, 32)), index=9_999_999_999, position_mm=mm, plane=plane)
        )
        for mm in (0.0, -1000.0)
    )
    assert (near != far).any()
    assert not ink(far)[:, -(type_size_px(width) // 4) :].any()
