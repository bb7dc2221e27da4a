"""The picture stands on its canvas where the panes say."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.overlay import draw
from streamseg.overlay.panes import canvas_width_px, picture_panes
from streamseg.settings import OverlaySettings
from tests.support.renderings import CAPTION, grey_picture, segmentation_of


@pytest.mark.parametrize("mode", ["raw", "side-by-side"])
@pytest.mark.parametrize("size", [(60, 40), (60, 301), (100, 400)])
def test_every_pixel_of_the_picture_is_where_its_pane_is(mode, size):
    picture = grey_picture(size)
    segmentation = segmentation_of(picture, np.zeros(size, np.float32))
    canvas = draw(segmentation, settings=OverlaySettings(mode=mode), caption=CAPTION)
    panes = picture_panes(size, mode)
    assert len(panes) == (2 if mode == "side-by-side" else 1)
    for pane in panes:
        np.testing.assert_array_equal(pane.crop(canvas)[..., 0], picture)


@given(st.integers(1, 3000), st.integers(1, 3000), st.sampled_from(["both", "side-by-side"]))
def test_panes_lie_on_the_canvas_and_not_over_one_another(height, width, mode):
    panes = picture_panes((height, width), mode)
    assert canvas_width_px(width, mode) % 2 == 0
    assert panes[-1].left + width <= canvas_width_px(width, mode)
    assert all(one.left + width < other.left for one, other in itertools.pairwise(panes))
