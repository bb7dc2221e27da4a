"""ncnn: exactness, what it refuses, and that it keeps to itself."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import helper

from streamseg.errors import ModelError, ProviderError, UnplayableError
from streamseg.model import bundled_models, load_model
from streamseg.segmenters import onnx as onnx_segmenter
from streamseg.settings import ModelSettings
from tests.support.tiny_models import SPEC, frame_tensor, onnx_model, onnx_unet

pytest.importorskip("ncnn")
ncnn_segmenter = pytest.importorskip("streamseg.segmenters.ncnn")
create = ncnn_segmenter.create

SHAPE = [1, 32, 32, 1]
CODE = """
import os, sys
from pathlib import Path
import numpy as np
before = os.environ.get("OMP_WAIT_POLICY")
from streamseg.model_card import InputSpec
from streamseg.segmenters.ncnn import create
from streamseg.settings import ModelSettings
made = create(Path(sys.argv[1]), InputSpec(height=32, width=32), ModelSettings())
made.infer(np.zeros((1, 32, 32, 1), np.float32))
assert os.environ.get("OMP_WAIT_POLICY") == before
"""


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.onnx"
    onnx.save(onnx_unet(), path)
    return path


def _save(tmp_path, nodes, constants=None, shape=SHAPE):
    path = tmp_path / "other.onnx"
    onnx.save(onnx_model(nodes, {"x": shape}, {"y": shape}, constants), path)
    return path


@pytest.mark.parametrize("name", sorted(bundled_models()))
def test_a_bundled_float32_model_answers_as_on_onnx_runtime_to_a_hundred_thousandth(name):
    answers = []
    for backend in ("onnx", "ncnn"):
        with load_model(ModelSettings(name=name, backend=backend)) as model:
            height, width = model.card.input.size
            tensor = np.random.default_rng(0).random((1, height, width, 1), np.float32)
            answers.append(model.infer(tensor))
    np.testing.assert_allclose(*answers, rtol=0, atol=1e-5)


def test_a_deeper_network_answers_as_on_onnx_runtime(tmp_path):
    path = tmp_path / "deep.onnx"
    onnx.save(onnx_unet((8, 16, 32)), path)
    expected = onnx_segmenter.create(path, SPEC, ModelSettings()).infer(frame_tensor())
    np.testing.assert_allclose(create(path, SPEC, ModelSettings()).infer(frame_tensor()), expected, rtol=0, atol=1e-5)


def test_a_tensor_with_other_strides_gives_the_same_map(tiny):
    segmenter = create(tiny, SPEC, ModelSettings())
    tensor = frame_tensor().transpose(0, 2, 1, 3).copy().transpose(0, 2, 1, 3)
    assert not tensor.flags.c_contiguous
    np.testing.assert_array_equal(segmenter.infer(tensor), segmenter.infer(frame_tensor()))


def test_a_layer_that_works_in_place_leaves_the_tensor_alone(tmp_path):
    nodes = [
        helper.make_node("Transpose", ["x"], ["picture"], perm=[0, 3, 1, 2]),
        helper.make_node("Sigmoid", ["picture"], ["map"]),
        helper.make_node("Transpose", ["map"], ["y"], perm=[0, 2, 3, 1]),
    ]
    tensor = frame_tensor()
    answer = create(_save(tmp_path, nodes), SPEC, ModelSettings()).infer(tensor)
    np.testing.assert_array_equal(tensor, frame_tensor())
    np.testing.assert_allclose(answer, 1 / (1 + np.exp(-tensor[0, :, :, 0])), atol=1e-6)


def test_threads_are_those_asked_for_and_by_default_those_the_process_may_use(tiny):
    assert create(tiny, SPEC, ModelSettings(threads=1)).info.threads == 1
    if hasattr(os, "sched_getaffinity"):
        assert create(tiny, SPEC, ModelSettings()).info.threads == len(os.sched_getaffinity(0))


@pytest.mark.parametrize("settings", [{"providers": ("CPUExecutionProvider",)}, {"require_provider": "cpu"}])
def test_the_cpu_may_be_asked_for_under_any_of_its_names(tiny, settings):
    assert create(tiny, SPEC, ModelSettings(**settings)).info.provider == "CPU"


@pytest.mark.parametrize("settings", [{"providers": ("CUDA", "CPU")}, {"require_provider": "GPU"}])
def test_any_other_device_is_an_error(tiny, settings):
    with pytest.raises(ProviderError, match="ncnn runs on the CPU alone"):
        create(tiny, SPEC, ModelSettings(**settings))


def test_8_bits_are_left_to_other_backends(tiny):
    with pytest.raises(UnplayableError, match="int8, which ncnn does not play"):
        create(tiny, SPEC, ModelSettings(precision="int8"))


def test_an_operator_that_is_not_known_is_left_to_other_backends_by_name(tmp_path):
    nodes = [
        helper.make_node("Transpose", ["x"], ["picture"], perm=[0, 3, 1, 2]),
        helper.make_node("Softplus", ["picture"], ["map"]),
        helper.make_node("Transpose", ["map"], ["y"], perm=[0, 2, 3, 1]),
    ]
    with pytest.raises(UnplayableError, match=r"other\.onnx holds the operator Softplus"):
        create(_save(tmp_path, nodes), SPEC, ModelSettings())


def test_a_model_that_is_not_for_the_card_is_refused_with_the_numbers(tmp_path):
    path = _save(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], shape=[1, 64, 64, 1])
    with pytest.raises(ModelError, match=r"shape \(1, 64, 64, 1\); its card says \(1, 32, 32, 1\)"):
        create(path, SPEC, ModelSettings())


def test_layers_that_the_runtime_does_not_read_are_a_model_error(tiny, monkeypatch):
    written = ncnn_segmenter.write_network
    monkeypatch.setattr(ncnn_segmenter, "write_network", lambda *given: replace(written(*given), layers="no layers\n"))
    with pytest.raises(ModelError, match=r"ncnn does not open .*tiny\.onnx"):
        create(tiny, SPEC, ModelSettings())


@pytest.mark.parametrize("policy", [None, "active"])
def test_the_runtime_writes_nothing_and_leaves_the_environment_as_it_was(tiny, policy):
    environment = os.environ | ({"OMP_WAIT_POLICY": policy} if policy else {})
    done = subprocess.run(
        [sys.executable, "-c", CODE, tiny],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=environment,
    )
    assert (done.stdout, done.stderr) == ("", "")
