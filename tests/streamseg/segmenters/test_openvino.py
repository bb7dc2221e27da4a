"""OpenVINO: devices, exactness, its cache, and that it keeps to itself."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from streamseg.errors import ModelError, ProviderError
from streamseg.model import bundled_models, load_model
from streamseg.segmenters import onnx as onnx_segmenter
from streamseg.settings import ModelSettings
from tests.support.tiny_models import SPEC, frame_tensor, onnx_model, onnx_unet, quantised

pytest.importorskip("openvino")
openvino_segmenter = pytest.importorskip("streamseg.segmenters.openvino")
create, choose_device = openvino_segmenter.create, openvino_segmenter.choose_device

SHAPE = [1, 32, 32, 1]
DEVICES = ["CPU", "GPU.0", "GPU.1", "NPU"]
CODE = (
    "import sys; from pathlib import Path; from streamseg.segmenters.openvino import create; "
    "from streamseg.model_card import InputSpec; from streamseg.settings import ModelSettings; "
    "create(Path(sys.argv[1]), InputSpec(height=32, width=32), ModelSettings())"
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


def _run_alone(path, home, code=CODE):
    environment = os.environ | {"HOME": str(home), "LOCALAPPDATA": str(home)}
    return subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60, check=True, env=environment
    )


def test_float32_is_calculated_in_float32_whatever_the_processor_could_do_faster(tiny):
    expected = onnx_segmenter.create(tiny, SPEC, ModelSettings()).infer(frame_tensor())
    np.testing.assert_allclose(create(tiny, SPEC, ModelSettings()).infer(frame_tensor()), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", sorted(bundled_models()))
def test_a_bundled_float32_model_answers_as_on_onnx_runtime_to_a_hundred_thousandth(name):
    answers = []
    for backend in ("onnx", "openvino"):
        with load_model(ModelSettings(name=name, backend=backend)) as model:
            height, width = model.card.input.size
            tensor = np.random.default_rng(0).random((1, height, width, 1), np.float32)
            answers.append(model.infer(tensor))
    np.testing.assert_allclose(*answers, rtol=0, atol=1e-5)


def test_a_model_of_8_bits_runs_and_says_so(tmp_path):
    path = _save(tmp_path, quantised(onnx_unet()))
    segmenter = create(path, SPEC, ModelSettings(precision="int8"))
    assert segmenter.info.precision == "int8"
    assert segmenter.infer(frame_tensor()).shape == SPEC.size


def test_it_runs_on_the_cpu_unless_asked_otherwise(tiny):
    info = create(tiny, SPEC, ModelSettings()).info
    assert (info.backend, info.provider) == ("openvino", "CPU")


@pytest.mark.parametrize(
    ("settings", "device"),
    [
        ({}, "CPU"),
        ({"providers": ("gpu", "CPU")}, "GPU.0"),
        ({"providers": ("GPU.1",)}, "GPU.1"),
        ({"providers": ("CPUExecutionProvider",)}, "CPU"),
        ({"require_provider": "npu"}, "NPU"),
        ({"providers": ("NPU",), "require_provider": "NPU"}, "NPU"),
    ],
)
def test_the_first_device_asked_for_is_used_under_any_of_its_names(settings, device):
    assert choose_device(DEVICES, ModelSettings(**settings)) == device


def test_a_device_that_is_not_there_is_an_error_that_lists_those_there_are():
    with pytest.raises(ProviderError, match=r"no device 'CUDA' here; it has: CPU, GPU\.0"):
        choose_device(DEVICES, ModelSettings(providers=("CUDA", "CPU")))


def test_a_required_device_that_is_only_second_choice_is_an_error():
    with pytest.raises(ProviderError, match="NPU is required, but CPU was asked for first"):
        choose_device(DEVICES, ModelSettings(providers=("CPU", "NPU"), require_provider="NPU"))


def test_threads_are_those_asked_for_and_by_default_those_the_process_may_use(tiny):
    assert create(tiny, SPEC, ModelSettings(threads=1)).info.threads == 1
    if hasattr(os, "sched_getaffinity"):
        assert create(tiny, SPEC, ModelSettings()).info.threads == len(os.sched_getaffinity(0))


def test_free_dimensions_are_fixed_to_those_of_the_card(tmp_path):
    node = helper.make_node("Sigmoid", ["x"], ["y"])
    path = _save(tmp_path, onnx_model([node], {"x": ["n", "h", "w", 1]}, {"y": ["n", "h", "w", 1]}))
    assert create(path, SPEC, ModelSettings()).infer(frame_tensor()).shape == SPEC.size


def test_a_model_that_is_not_for_the_card_is_refused_with_the_numbers(tmp_path):
    node = helper.make_node("Relu", ["x"], ["y"])
    path = _save(tmp_path, onnx_model([node], {"x": [1, 64, 64, 1]}, {"y": [1, 64, 64, 1]}))
    with pytest.raises(ModelError, match=r"shape \(1, 64, 64, 1\); its card says \(1, 32, 32, 1\)"):
        create(path, SPEC, ModelSettings())


@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_file_cut_short_is_refused_by_name(tiny, share):
    data = tiny.read_bytes()
    tiny.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match=r"tiny\.onnx") as error:
        create(tiny, SPEC, ModelSettings())
    assert "\n" not in str(error.value)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ModelError, match=r"gone\.onnx"):
        create(tmp_path / "gone.onnx", SPEC, ModelSettings())


def test_a_compiled_model_is_kept_for_the_next_start(tiny, user_cache):
    first = create(tiny, SPEC, ModelSettings()).infer(frame_tensor())
    assert list((user_cache / "openvino").glob("*.blob"))
    np.testing.assert_array_equal(create(tiny, SPEC, ModelSettings()).infer(frame_tensor()), first)


def test_a_damaged_cache_is_made_anew(tiny, user_cache):
    first = create(tiny, SPEC, ModelSettings()).infer(frame_tensor())
    for blob in (user_cache / "openvino").glob("*.blob"):
        blob.chmod(0o600)
        blob.write_bytes(blob.read_bytes()[:100])
    np.testing.assert_array_equal(create(tiny, SPEC, ModelSettings()).infer(frame_tensor()), first)


def test_without_a_folder_for_its_cache_it_runs_all_the_same(tiny, user_cache, caplog):
    user_cache.write_text("a file where the folder should be")
    with caplog.at_level(logging.INFO):
        assert create(tiny, SPEC, ModelSettings()).infer(frame_tensor()).shape == SPEC.size
    assert "nothing is kept in" in caplog.text


def test_the_runtime_writes_nothing_to_stdout_and_stderr(tiny, tmp_path):
    done = _run_alone(tiny, tmp_path)
    assert (done.stdout, done.stderr) == ("", "")


def test_nothing_is_reported_to_the_maker_of_the_runtime(tiny, tmp_path):
    code = f"{CODE}; assert not any('telemetry' in name for name in sys.modules), sorted(sys.modules)"
    _run_alone(tiny, tmp_path, code)
    assert not list(Path(tmp_path).glob("[Ii]ntel*"))


def test_who_needs_the_converter_of_the_runtime_can_still_import_it(tiny, tmp_path):
    _run_alone(tiny, tmp_path, f"{CODE}; assert 'openvino.tools.ovc' not in sys.modules")
