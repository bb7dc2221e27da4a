"""The phase form as a file: the same answers by fewer products."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from streamseg.model import bundled_models
from tests.support.tiny_models import SPEC, frame_tensor, onnx_model, onnx_unet
from training.errors import TrainingError
from training.export.half import read_wide
from training.export.multiplications import count_multiplications
from training.export.phase_form import has_phase_form, phase_form


def _run(model: onnx.ModelProto, tensor: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {session.get_inputs()[0].name: tensor})
    return output


def test_a_small_network_answers_the_same():
    model = onnx_unet((4, 8, 16))
    rewritten = phase_form(model)
    assert [node.op_type for node in rewritten.graph.node].count("ConvTranspose") == 2
    assert not {"Resize", "Concat"} & {node.op_type for node in rewritten.graph.node}
    np.testing.assert_allclose(_run(rewritten, frame_tensor(SPEC)), _run(model, frame_tensor(SPEC)), atol=1e-5)


def test_the_study_s_network_answers_the_same_to_a_hundred_thousandth_by_a_fifth_fewer_products():
    model = read_wide(bundled_models()["us-fetal-head"].with_suffix(".onnx"))
    rewritten = phase_form(model)
    tensor = np.random.default_rng(0).random((1, 256, 256, 1), np.float32)
    np.testing.assert_allclose(_run(rewritten, tensor), _run(model, tensor), rtol=0, atol=1e-5)
    assert 0.78 < count_multiplications(rewritten) / count_multiplications(model) < 0.82


def test_the_same_file_gives_the_same_phase_form():
    assert phase_form(onnx_unet()).SerializeToString() == phase_form(onnx_unet()).SerializeToString()


def test_a_network_without_such_a_place_has_none_and_is_refused():
    node = helper.make_node("Sigmoid", ["x"], ["y"], name="only")
    model = onnx_model([node], {"x": [1, 32, 32, 1]}, {"y": [1, 32, 32, 1]})
    assert has_phase_form(onnx_unet())
    assert not has_phase_form(model)
    with pytest.raises(TrainingError, match="no phase form"):
        phase_form(model)
