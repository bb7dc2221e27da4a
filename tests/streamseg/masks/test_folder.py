"""Masks, probability maps and scores as files."""

import csv
import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.errors import SinkError
from streamseg.frame import Frame, Scores, Segmentation
from streamseg.geometry import Box
from streamseg.masks.folder import MaskFolder
from tests.support.slices import disc, slice_of

MAPS = arrays.arrays(np.float32, st.tuples(st.integers(1, 20), st.integers(1, 20)), elements=st.floats(0, 1, width=32))


def segmentation_of(probability):
    mask = probability >= 0.5
    frame = Frame(np.zeros(probability.shape, np.uint8), index=3, captured_ns=1, media_time_ns=250_000_000)
    scores = Scores(mean=0.25, maximum=0.75, top_percent=0.5, area=0.125)
    return Segmentation(frame, probability, mask, Box.whole(frame.size), scores, threshold=0.5, area_px=int(mask.sum()))


EXAMPLE = segmentation_of(np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8))


@given(probability=MAPS)
def test_pictures_hold_the_mask_exactly_and_the_map_within_half_a_level(probability, tmp_path_factory):
    folder = tmp_path_factory.mktemp("masks")
    segmentation = segmentation_of(probability)
    with MaskFolder(folder, map_format="png", can_overwrite=False) as target:
        target.write("a", segmentation)
    mask = cv2.imread(str(folder / "a_mask.png"), cv2.IMREAD_UNCHANGED)
    levels = cv2.imread(str(folder / "a_probability.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(mask, np.where(segmentation.mask, 255, 0))
    assert levels.dtype == np.uint16
    np.testing.assert_allclose(levels / 65535, probability, atol=0.51 / 65535)


def test_arrays_hold_the_map_exactly(tmp_path):
    with MaskFolder(tmp_path, map_format="npy", can_overwrite=False) as target:
        target.write("a", EXAMPLE)
    np.testing.assert_array_equal(np.load(tmp_path / "a_probability.npy"), EXAMPLE.probability)


def test_both_score_files_have_one_line_for_each_segmentation(tmp_path):
    with MaskFolder(tmp_path, map_format="png", can_overwrite=False) as target:
        target.write("a", EXAMPLE)
        target.write("b", EXAMPLE)
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["name"] for row in rows] == [line["name"] for line in lines] == ["a", "b"]
    assert lines[0] == {
        "name": "a",
        "frame": 3,
        "media_index": None,
        "media_time_s": 0.25,
        "height_px": 6,
        "width_px": 8,
        "mean": 0.25,
        "maximum": 0.75,
        "top_percent": 0.5,
        "area": 0.125,
        "area_px": 24,
        "area_mm2": None,
        "longest": None,
        "perpendicular": None,
        "depth": None,
        "hc": None,
        "bpd": None,
        "length_unit": "px",
        "is_cut": False,
        "threshold": 0.5,
        "row_spacing_mm": None,
        "column_spacing_mm": None,
        "position_mm": None,
        "thickness_mm": None,
        "origin_mm": None,
        "across": None,
        "down": None,
    }
    assert {key: "" if value is None else str(value) for key, value in lines[0].items()} == rows[0]


@pytest.mark.parametrize("existing", ["scores.csv", "scores.jsonl"])
def test_a_folder_with_scores_is_refused_and_untouched(tmp_path, existing):
    (tmp_path / existing).write_text("old", encoding="utf-8")
    with pytest.raises(SinkError, match=rf"{existing} exists already.*--overwrite"):
        MaskFolder(tmp_path, map_format="png", can_overwrite=False)
    assert (tmp_path / existing).read_text(encoding="utf-8") == "old"


def test_a_mask_that_is_there_already_is_refused(tmp_path):
    (tmp_path / "a_mask.png").write_bytes(b"old")
    with (
        MaskFolder(tmp_path, map_format="png", can_overwrite=False) as target,
        pytest.raises(SinkError, match=r"a_mask\.png exists already"),
    ):
        target.write("a", EXAMPLE)
    assert (tmp_path / "a_mask.png").read_bytes() == b"old"


def test_overwriting_replaces_everything(tmp_path):
    for _ in range(2):
        with MaskFolder(tmp_path, map_format="png", can_overwrite=True) as target:
            target.write("a", EXAMPLE)
    assert len((tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_without_a_map_format_there_are_masks_only(tmp_path):
    with MaskFolder(tmp_path, map_format=None, can_overwrite=False) as target:
        target.write("a", EXAMPLE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_mask.png", "scores.csv", "scores.jsonl"]


def test_a_name_that_comes_again_replaces_its_own_mask_and_has_another_line(tmp_path):
    again = segmentation_of(EXAMPLE.probability[::-1].copy())
    with MaskFolder(tmp_path, map_format=None, can_overwrite=False) as target:
        target.write("a", EXAMPLE)
        target.write("a", again)
    mask = cv2.imread(str(tmp_path / "a_mask.png"), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(mask > 0, again.mask)
    assert len((tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_the_table_says_where_a_slice_lies(tmp_path):
    with MaskFolder(tmp_path, map_format=None, can_overwrite=False) as target:
        target.write("a", slice_of(disc(9), 4, position_mm=12.5))
    line = json.loads((tmp_path / "scores.jsonl").read_text(encoding="utf-8"))
    assert (line["position_mm"], line["origin_mm"], line["across"]) == (12.5, [0.0, 0.0, 12.5], [1.0, 0.0, 0.0])
    assert (line["row_spacing_mm"], line["thickness_mm"], line["media_index"]) == (0.5, 5.0, 4)
