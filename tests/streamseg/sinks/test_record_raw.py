"""The recorder of bare frames: the picture without overlay or caption, Hounsfield units windowed."""

from dataclasses import replace

import av
import numpy as np
import pytest

from streamseg.errors import SinkError
from streamseg.settings import OutputSettings
from streamseg.sinks.record_raw import create
from tests.support.renderings import grey_picture, rendering_of, segmentation_of, stream_of


def recorded(tmp_path, rendering):
    sink = create(str(tmp_path / "a.mp4"), OutputSettings())
    sink.open(stream_of(tmp_path))
    sink.write(rendering)
    sink.close()
    with av.open(str(tmp_path / "a.mp4")) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgb24")


def test_the_picture_is_the_frame_alone(tmp_path):
    picture = recorded(tmp_path, rendering_of(3, size=(96, 128)))
    assert picture.shape == (96, 128, 3)
    off = np.abs(picture.astype(int) - grey_picture((96, 128), shift=3)[..., np.newaxis])
    assert off.mean() < 1.5


def test_hounsfield_units_are_seen_through_the_window_of_the_model(tmp_path):
    hu = np.repeat(np.array([[-20, 40, 100]], np.int16), 32, axis=1).repeat(64, axis=0)
    rendering = replace(rendering_of(), segmentation=segmentation_of(hu, np.zeros(hu.shape, np.float32), unit="hu"))
    picture = recorded(tmp_path, rendering)
    assert picture[32, 16::32, 0] == pytest.approx([0, 128, 255], abs=3)


def test_a_frame_before_the_start_is_refused(tmp_path):
    with pytest.raises(SinkError, match="before it was opened"):
        create(str(tmp_path / "a.mp4"), OutputSettings()).write(rendering_of())
