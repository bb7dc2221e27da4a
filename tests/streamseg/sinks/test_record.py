"""The recorder of the overlay: the canvas, at the frame's time, while recording is on."""

import av
import numpy as np
import pytest

from streamseg.errors import SinkError
from streamseg.settings import OutputSettings
from streamseg.sinks.record import create
from tests.support.renderings import rendering_of, stream_of


def test_each_canvas_is_recorded_at_the_media_time_of_its_frame(tmp_path):
    renderings = [rendering_of(index, media_time_ns=time) for index, time in enumerate((0, 40_000_000, 200_000_000))]
    sink = create(str(tmp_path / "a.mp4"), OutputSettings())
    sink.open(stream_of(tmp_path))
    for rendering in renderings:
        sink.write(rendering)
    sink.close()
    with av.open(str(tmp_path / "a.mp4")) as container:
        frames = list(container.decode(video=0))
    assert [round(frame.time * 1000) for frame in frames] == [0, 40, 200]
    for frame, rendering in zip(frames, renderings, strict=True):
        off = np.abs(frame.to_ndarray(format="rgb24").astype(int) - rendering.canvas)
        assert off.mean() < 4  # colour at half the resolution


def test_the_key_r_of_a_view_ends_and_begins_files(tmp_path):
    stream = stream_of(tmp_path)
    sink = create(str(tmp_path / "a.mp4"), OutputSettings())
    sink.open(stream)
    for index, is_recording in enumerate((True, False, True)):
        stream.controls.change(is_recording=is_recording)
        sink.write(rendering_of(index))
    sink.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-2.mp4", "a.mp4"]


def test_a_frame_before_the_start_is_refused(tmp_path):
    with pytest.raises(SinkError, match="before it was opened"):
        create(str(tmp_path / "a.mp4"), OutputSettings()).write(rendering_of())
