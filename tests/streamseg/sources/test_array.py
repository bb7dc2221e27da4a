"""NPY files as streams."""

import numpy as np
import pytest

from streamseg import registry
from streamseg.errors import SettingsError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.array import create

STACK = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
COLOUR = np.dstack([STACK[0], STACK[1], STACK[2]])


def play(path, array, **asked):
    np.save(path, array)
    plugin, location = registry.find_source(str(path))
    assert (plugin.name, plugin.missing) == ("array", None)
    with create(location, SourceSettings(**asked)) as source:
        return source.info, list(source)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    ("array", "expected"),
    [(STACK, STACK), (STACK[0], STACK[:1]), (COLOUR, COLOUR[None]), (np.stack([COLOUR] * 2), np.stack([COLOUR] * 2))],
)
def test_pictures_are_played_in_their_order_however_they_lie_in_memory(tmp_path, array, expected, order):
    info, frames = play(tmp_path / "a.npy", np.array(array, order=order), rate_hz=5)
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), expected)
    assert (info.kind, info.rate_hz, info.frame_count) == ("array", 5, len(expected))
    assert {(frame.spacing_mm, frame.plane, frame.position_mm) for frame in frames} == {(None, None, None)}
    assert any("measurements are in pixels" in warning for warning in info.warnings)


def test_values_as_low_as_air_are_a_ct(tmp_path):
    _, frames = play(tmp_path / "a.npy", STACK.astype(">i4") - 1000)
    assert {(frame.unit, frame.modality) for frame in frames} == {("hu", "CT")}
    np.testing.assert_array_equal(frames[2].image, STACK[2].astype(np.int16) - 1000)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((2, 2, 2, 2, 2)), r"an array of \(2, 2, 2, 2, 2\)"),
        (np.zeros(7), r"an array of \(7,\)"),
        (np.zeros((0, 4, 5)), "holds no values"),
        (np.zeros((2, 4, 5), np.complex128), "complex128"),
        (np.array([{"a": 1}]), "object"),
        (COLOUR.astype(np.float32), "holds 3 float32 values for each voxel"),
    ],
)
def test_an_array_that_is_no_picture_is_refused(tmp_path, array, said):
    with pytest.raises(SourceUnreadableError, match=said):
        play(tmp_path / "a.npy", array)


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_that_was_cut_short_or_is_none_is_refused(tmp_path, order):
    path = tmp_path / "a.npy"
    np.save(path, np.array(STACK[:1], order=order))
    whole = path.read_bytes()
    for data in (whole[:-1], whole[:60], b"", b"hello"):
        path.write_bytes(data)
        with pytest.raises(SourceUnreadableError, match=r"a\.npy"):
            create(str(path), SourceSettings())


def test_there_is_no_direction_to_look_along(tmp_path):
    with pytest.raises(SettingsError, match="use --axis stored"):
        play(tmp_path / "a.npy", STACK, axis="sagittal")
