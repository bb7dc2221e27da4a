"""ONNX Runtime: providers, threads, and files that are not for the card."""

import logging
import os
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from streamseg.errors import ModelError, ProviderError
from streamseg.segmenters.onnx import BEST_FIRST, create, full_name
from streamseg.settings import ModelSettings
from tests.support.tiny_models import SPEC, frame_tensor, onnx_model, onnx_unet, quantised

AVAILABLE = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "DmlExecutionProvider", "CPUExecutionProvider"]
SHAPE = [1, 32, 32, 1]
# The wheels for the CPU list this provider, which plays none of our operators: a silent fallback to try things with.
needs_idle_provider = pytest.mark.skipif(
    "AzureExecutionProvider" not in ort.get_available_providers()
    or not hasattr(ort.InferenceSession, "get_provider_graph_assignment_info"),
    reason="needs an ONNX Runtime that lists a provider for nothing, and says so",
)


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.onnx"
    onnx.save(onnx_unet(), path)
    return path


def _save(tmp_path, model):
    path = tmp_path / "other.onnx"
    onnx.save(model, path)
    return path


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("cuda", "CUDAExecutionProvider"),
        ("CPU", "CPUExecutionProvider"),
        ("DirectML", "DmlExecutionProvider"),
        ("TensorRT", "TensorrtExecutionProvider"),
        ("CUDAExecutionProvider", "CUDAExecutionProvider"),
        ("cudaexecutionprovider", "CUDAExecutionProvider"),
    ],
)
def test_a_provider_may_be_called_by_its_short_or_full_name_in_any_case(name, full):
    assert full_name(name, AVAILABLE) == full


def test_the_provider_read_back_from_the_session_is_reported(tiny):
    assert create(tiny, SPEC, ModelSettings()).info.provider in BEST_FIRST
    assert create(tiny, SPEC, ModelSettings(providers=("cpu",))).info.provider == "CPUExecutionProvider"


def test_a_provider_that_is_not_there_is_an_error_that_lists_those_there_are(tiny):
    with pytest.raises(ProviderError, match=r"'Abacus'; it has: .*CPU"):
        create(tiny, SPEC, ModelSettings(providers=("Abacus", "CPU")))
    with pytest.raises(ProviderError, match=r"'Abacus'; it has: .*CPU"):
        create(tiny, SPEC, ModelSettings(require_provider="Abacus"))


def test_a_required_provider_that_is_in_use_passes(tiny):
    settings = ModelSettings(require_provider="cpu")
    assert create(tiny, SPEC, settings).info.provider == "CPUExecutionProvider"


@needs_idle_provider
def test_a_required_provider_that_plays_no_operator_is_an_error_although_the_session_lists_it_first(tiny):
    session = ort.InferenceSession(tiny, providers=["AzureExecutionProvider"])
    assert session.get_providers()[0] == "AzureExecutionProvider"
    with pytest.raises(ProviderError, match="AzureExecutionProvider is required, but the model runs on CPU"):
        create(tiny, SPEC, ModelSettings(require_provider="Azure"))


@needs_idle_provider
def test_a_fallback_to_the_cpu_is_reported_and_logged(tiny, caplog):
    with caplog.at_level(logging.WARNING):
        info = create(tiny, SPEC, ModelSettings(providers=("Azure",))).info
    assert info.provider == "CPUExecutionProvider"
    assert "runs on CPUExecutionProvider; could not be used: AzureExecutionProvider: left the model" in caplog.text


def test_a_required_provider_that_is_only_second_choice_is_an_error(tiny):
    other = next((name for name in ort.get_available_providers() if name != "CPUExecutionProvider"), None)
    if other is None:
        pytest.skip("this build of ONNX Runtime has the CPU only")
    with pytest.raises(ProviderError, match=f"{other} is required, but the model runs on CPUExecutionProvider"):
        create(tiny, SPEC, ModelSettings(providers=("CPU", other), require_provider=other))


def test_threads_are_those_asked_for_and_by_default_those_the_process_may_use(tiny):
    assert create(tiny, SPEC, ModelSettings(threads=1)).info.threads == 1
    if hasattr(os, "sched_getaffinity"):
        assert create(tiny, SPEC, ModelSettings()).info.threads == len(os.sched_getaffinity(0))


def test_one_thread_and_two_give_the_same_map(tiny):
    one, two = (create(tiny, SPEC, ModelSettings(threads=threads)) for threads in (1, 2))
    np.testing.assert_allclose(one.infer(frame_tensor()), two.infer(frame_tensor()), atol=1e-6)


def test_a_model_of_8_bits_runs_and_says_so(tmp_path):
    path = _save(tmp_path, quantised(onnx_unet()))
    segmenter = create(path, SPEC, ModelSettings(precision="int8"))
    assert segmenter.info.precision == "int8"
    assert segmenter.infer(frame_tensor()).shape == SPEC.size


def test_a_free_batch_dimension_passes(tmp_path):
    node = helper.make_node("Sigmoid", ["x"], ["y"])
    path = _save(tmp_path, onnx_model([node], {"x": ["n", 32, 32, 1]}, {"y": ["n", 32, 32, 1]}))
    assert create(path, SPEC, ModelSettings()).infer(frame_tensor()).shape == SPEC.size


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            onnx_model([helper.make_node("Add", ["a", "b"], ["y"])], {"a": SHAPE, "b": SHAPE}, {"y": SHAPE}),
            r"2 inputs \(a, b\)",
        ),
        (
            onnx_model([helper.make_node("Relu", ["x"], ["y"])], {"x": [1, 64, 64, 1]}, {"y": [1, 64, 64, 1]}),
            r"shape \(1, 64, 64, 1\); its card says \(1, 32, 32, 1\)",
        ),
        (
            onnx_model([helper.make_node("Relu", ["x"], ["y"])], {"x": SHAPE}, {"y": SHAPE}, dtype=TensorProto.DOUBLE),
            r"is tensor\(double\); float32 is expected",
        ),
    ],
    ids=["two inputs", "other size", "double"],
)
def test_a_model_that_is_not_for_the_card_is_refused_with_the_numbers(tmp_path, model, message):
    with pytest.raises(ModelError, match=message):
        create(_save(tmp_path, model), SPEC, ModelSettings())


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_file_cut_short_is_refused_by_name(tiny, share):
    data = tiny.read_bytes()
    tiny.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match=r"tiny\.onnx is no model"):
        create(tiny, SPEC, ModelSettings())


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ModelError, match=r"gone\.onnx"):
        create(tmp_path / "gone.onnx", SPEC, ModelSettings())


def test_the_runtime_writes_nothing_to_stdout_and_stderr(tiny):
    code = (
        "import sys; from pathlib import Path; from streamseg.segmenters.onnx import create; "
        "from streamseg.model_card import InputSpec; from streamseg.settings import ModelSettings; "
        "create(Path(sys.argv[1]), InputSpec(height=32, width=32), ModelSettings())"
    )
    done = subprocess.run([sys.executable, "-c", code, tiny], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("", "")
