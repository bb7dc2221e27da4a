"""Canvases look as they did when somebody last looked at them."""

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from streamseg.measure import measure
from streamseg.model_card import MeasurementKind
from streamseg.overlay import draw
from streamseg.settings import ColourMap, OverlayMode, OverlaySettings
from tests.support.measured import ellipse_mask, segmented
from tests.support.renderings import BRAIN, CAPTION, disc_probability, grey_picture, live_caption, segmentation_of

IMAGES = Path(__file__).parent / "images"
LARGEST_TOTAL_BYTES = 500_000
# Written out, so that another default does not change the pictures.
OVERLAY = OverlaySettings(mode="both", colour_map="inferno", opacity=0.5, floor=0.15)


def still(size=(96, 160), **of_frame):
    return segmentation_of(grey_picture(size), index=1234, media_time_ns=41_133_000_000, **of_frame)


@pytest.mark.parametrize("mode", get_args(OverlayMode))
def test_mode(mode, golden):
    golden(f"mode-{mode}", draw(still(), settings=OVERLAY.model_copy(update={"mode": mode}), caption=CAPTION))


@pytest.mark.parametrize("colour_map", get_args(ColourMap))
def test_colour_map(colour_map, golden):
    overlay = OverlaySettings(mode="heatmap", colour_map=colour_map, opacity=0.8, floor=0.15)
    golden(f"map-{colour_map}", draw(still((48, 128)), settings=overlay, caption=CAPTION))


@pytest.mark.parametrize("width", [128, 256, 640])
def test_fullest_caption(width, golden):
    carried = replace(still((32, width)), carried_from=1233)
    canvas = draw(carried, settings=OVERLAY, caption=live_caption())
    golden(f"caption-{width}", canvas)


def test_hounsfield_units(golden):
    hu = (grey_picture((96, 160)).astype(np.int16) - 60) * 2
    segmentation = segmentation_of(hu, unit="hu")
    golden("hounsfield", draw(segmentation, settings=OVERLAY, caption=CAPTION, window=BRAIN))


def test_hole_and_small_findings(golden):
    probability = np.maximum(disc_probability((121, 161), radius=0.4) - disc_probability((121, 161), radius=0.2), 0)
    probability[8:11, 8:11] = 1
    probability[100, 150] = 1
    segmentation = segmentation_of(grey_picture((121, 161)), probability)
    golden("hole-odd-size", draw(segmentation, settings=OVERLAY, caption=CAPTION))


@pytest.mark.parametrize("grey", ["grey", "white"])
def test_callipers(grey, golden):
    mask = ellipse_mask(62, 44, 0.5, size=(200, 260), centre=(88, 150))
    picture = grey_picture(mask.shape) if grey == "grey" else np.full(mask.shape, 255, np.uint8)
    shown = segmented(mask, image=picture, spacing_mm=(0.5, 0.5))
    measured = replace(shown, measurements=measure(shown, get_args(MeasurementKind)))
    golden(f"callipers-{grey}", draw(measured, settings=OVERLAY, caption=CAPTION))


def test_the_comparison_notices_a_shifted_caption_and_another_colour(golden):
    canvas = draw(still(), settings=OVERLAY, caption=CAPTION)
    shifted = canvas.copy()
    shifted[98:] = np.roll(canvas[98:], 2, axis=1)
    recoloured = draw(still(), settings=OVERLAY.model_copy(update={"colour_map": "magma"}), caption=CAPTION)
    for changed in (shifted, recoloured):
        with pytest.raises(pytest.fail.Exception, match="mean difference"):
            golden("mode-both", changed)


def test_the_pictures_stay_small():
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) < LARGEST_TOTAL_BYTES
