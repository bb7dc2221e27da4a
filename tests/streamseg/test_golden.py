"""Proving a model on its golden frame, however it is loaded."""

import json
import re

import numpy as np
import onnx
import pytest
from onnx import helper

from streamseg.errors import GoldenFrameError, ModelCardError
from streamseg.golden import check_golden
from streamseg.model import load_model
from streamseg.model_card import Golden, decode_frame, encode_frame, encode_png, golden_output, read_card
from streamseg.protocols import SegmenterInfo
from tests.support.tiny_models import golden_of, listed, make_card, onnx_model, onnx_settings, onnx_unet, rewrite_card

SHAPE = [1, 32, 32, 1]


def test_a_lane_that_answers_wrong_is_refused_as_a_single_one_is(models):
    outputs = {"float32": golden_output(np.zeros(SHAPE[1:3], np.float32), 0.01)}
    make_card(models, [listed(models / "tiny.onnx")], outputs)
    for use in ("single", "at once"):
        with pytest.raises(GoldenFrameError, match="does not reproduce its golden frame"):
            load_model(onnx_settings(models / "tiny.json", threads=2), use=use)


def test_weights_that_answer_otherwise_are_refused_with_difference_tolerance_backend_and_provider(models):
    onnx.save(onnx_unet(seed=1), models / "tiny.onnx")
    rewrite_card(models, weights=[listed(models / "tiny.onnx").model_dump()])
    with pytest.raises(GoldenFrameError) as error:
        load_model(onnx_settings(models / "tiny.json", providers=("CPU",)))
    assert re.search(
        r"golden frame on onnx, CPUExecutionProvider: largest difference 0\.\d+, tolerance 0\.001;", str(error.value)
    )
    assert "\n" not in str(error.value)


def test_a_difference_within_the_tolerance_passes(models):
    onnx.save(onnx_unet(seed=1), models / "tiny.onnx")
    generous = golden_of(onnx_unet(), tolerance=1.0).model_dump()
    golden = json.loads((models / "tiny.json").read_text())["golden"] | {"outputs": {"float32": generous}}
    rewrite_card(models, weights=[listed(models / "tiny.onnx").model_dump()], golden=golden)
    load_model(onnx_settings(models / "tiny.json")).close()


def test_a_model_that_answers_not_a_number_is_refused_whatever_the_tolerance(models):
    nodes = [helper.make_node("Sub", ["x", "one"], ["negative"]), helper.make_node("Sqrt", ["negative"], ["y"])]
    constants = {"one": np.array(2, np.float32)}
    onnx.save(onnx_model(nodes, {"x": SHAPE}, {"y": SHAPE}, constants), models / "tiny.onnx")
    generous = golden_of(onnx_unet(), tolerance=1.0).model_dump()
    golden = json.loads((models / "tiny.json").read_text())["golden"] | {"outputs": {"float32": generous}}
    rewrite_card(models, weights=[listed(models / "tiny.onnx").model_dump()], golden=golden)
    with pytest.raises(GoldenFrameError, match="1024 of 1024 probabilities are not numbers"):
        load_model(onnx_settings(models / "tiny.json"))


class RecordedSegmenter:
    """A segmenter that answers 0 everywhere, and counts."""

    def __init__(self, card):
        self.info = SegmenterInfo("recorded", "paper", "float32", 1)
        self.runs = 0
        self._size = card.input.size

    def infer(self, tensor):
        assert tensor.shape == (1, *self._size, 1)
        self.runs += 1
        return np.zeros(self._size, np.float32)


def test_the_golden_frame_is_judged_after_a_warm_up(models):
    card = read_card(models / "tiny.json")
    segmenter = RecordedSegmenter(card)
    with pytest.raises(GoldenFrameError, match="on recorded, paper: largest difference"):
        check_golden(card, segmenter)
    assert segmenter.runs >= 2


def test_a_card_without_an_answer_at_the_precision_is_an_error(models):
    golden = json.loads((models / "tiny.json").read_text())["golden"]
    del golden["outputs"]["int8"]
    rewrite_card(models, golden=golden)
    with pytest.raises(ModelCardError, match="no golden output at precision int8"):
        load_model(onnx_settings(models / "tiny.int8.onnx"))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (np.zeros((16, 32), np.uint8), r"is \(16, 32\); expected is \(32, 32\)"),
        (np.zeros((32, 32), np.int16), r"is in Hounsfield units, but its input has no window"),
    ],
)
def test_a_golden_frame_of_another_size_or_unit_is_an_error(models, frame, message):
    card = read_card(models / "tiny.json")
    broken = card.model_copy(update={"golden": Golden(frame_png=encode_frame(frame), outputs=card.golden.outputs)})
    with pytest.raises(ModelCardError, match=message):
        check_golden(broken, RecordedSegmenter(card))


def _densities_as_golden(folder, window):
    """Turn the golden frame's grey levels into densities that the brain window shows as these, within half a unit."""
    golden = read_card(folder / "tiny.json").golden
    hu = np.rint(decode_frame(golden) * (120 / 255) - 20).astype(np.int16)
    output = golden.outputs["float32"].model_copy(update={"tolerance": 0.02})
    changed = Golden(frame_png=encode_frame(hu), outputs={"float32": output})
    rewrite_card(folder, input={"height": 32, "width": 32, "window": window}, golden=changed.model_dump())


def test_a_golden_frame_in_hounsfield_units_is_windowed_as_the_stream_does(models):
    _densities_as_golden(models, {"centre_hu": 40, "width_hu": 120})
    load_model(onnx_settings(models / "tiny.onnx")).close()


def test_a_card_with_a_wrong_window_does_not_reproduce_its_golden_frame(models):
    _densities_as_golden(models, {"centre_hu": 60, "width_hu": 80})
    with pytest.raises(GoldenFrameError, match="does not reproduce its golden frame"):
        load_model(onnx_settings(models / "tiny.onnx"))


def test_a_golden_map_of_another_size_is_an_error(models):
    card = read_card(models / "tiny.json")
    outputs = {"float32": golden_output(np.zeros((16, 16), np.float32), 0.01)}
    broken = card.model_copy(update={"golden": card.golden.model_copy(update={"outputs": outputs})})
    with pytest.raises(ModelCardError, match=r"golden map of tiny is \(16, 16\), its input \(32, 32\)"):
        check_golden(broken, RecordedSegmenter(card))


def test_a_tampered_golden_map_is_an_error(models):
    golden = json.loads((models / "tiny.json").read_text())["golden"]
    golden["outputs"]["float32"]["map_png"] = encode_png(np.zeros((32, 32), np.uint16))
    rewrite_card(models, golden=golden)
    with pytest.raises(ModelCardError, match="golden map in the model card does not match its own sha256"):
        load_model(onnx_settings(models / "tiny.json"))
