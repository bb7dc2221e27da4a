"""TensorFlow: every format it plays, devices, threads, and files that are not for the card."""

import logging
import os
import subprocess
import sys

import numpy as np
import onnx
import pytest

from streamseg.errors import ModelError, ProviderError, SettingsError
from streamseg.segmenters import onnx as onnx_segmenter
from streamseg.segmenters.tensorflow import _native_messages_to_log, create
from streamseg.settings import ModelSettings
from tests.support.tiny_models import SPEC, frame_tensor, keras_unet, onnx_unet, quantised

keras = pytest.importorskip("keras", reason="needs pip install 'streamseg[tensorflow]'")
tensorflow = pytest.importorskip("tensorflow", reason="needs pip install 'streamseg[tensorflow]'")

# Keras saves its variables in a way that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

SETTINGS = ModelSettings(backend="tensorflow")


@pytest.fixture(scope="module")
def network():
    return keras_unet()


@pytest.fixture(scope="module")
def weights(network, tmp_path_factory):
    """Save the same weights in every format that TensorFlow plays."""
    folder = tmp_path_factory.mktemp("weights")
    onnx.save(onnx_unet(), folder / "tiny.onnx")
    network.save(folder / "tiny.keras")
    tensorflow.saved_model.save(network, folder / "tiny")
    return {name: folder / name for name in ("tiny.onnx", "tiny.keras", "tiny")}


@pytest.mark.parametrize("name", ["tiny.onnx", "tiny.keras", "tiny"])
def test_every_format_of_the_same_weights_agrees_with_onnx_runtime(weights, name):
    expected = onnx_segmenter.create(weights["tiny.onnx"], SPEC, ModelSettings()).infer(frame_tensor())
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(create(weights[name], SPEC, SETTINGS).infer(frame_tensor()), expected, atol=1e-4)


def test_a_folder_that_keras_exported_is_played(network, weights, tmp_path):
    network.export(tmp_path / "exported", verbose=False)
    expected = create(weights["tiny.keras"], SPEC, SETTINGS).infer(frame_tensor())
    exported = create(tmp_path / "exported", SPEC, SETTINGS)
    np.testing.assert_allclose(exported.infer(frame_tensor()), expected, atol=1e-6)


def test_the_device_read_back_from_the_output_is_the_provider(weights):
    info = create(weights["tiny.onnx"], SPEC, ModelSettings(backend="tensorflow", providers=("CPU",))).info
    assert info.provider == "CPU"


@pytest.mark.parametrize("settings", [{"providers": ("Abacus",)}, {"require_provider": "Abacus"}])
def test_a_device_that_is_not_there_is_an_error_that_lists_those_there_are(weights, settings):
    with pytest.raises(ProviderError, match=r"no device 'Abacus' here; it has: .*CPU"):
        create(weights["tiny.onnx"], SPEC, ModelSettings(backend="tensorflow", **settings))


def test_a_required_device_that_is_in_use_passes_under_its_name_in_onnx_runtime_too(weights):
    settings = ModelSettings(backend="tensorflow", require_provider="CPUExecutionProvider")
    assert create(weights["tiny.onnx"], SPEC, settings).info.provider == "CPU"


@pytest.mark.skipif(not tensorflow.config.list_physical_devices("GPU"), reason="no GPU for TensorFlow here")
def test_a_required_device_that_is_only_second_choice_is_an_error(weights):
    settings = ModelSettings(backend="tensorflow", providers=("CPU",), require_provider="CUDA")
    with pytest.raises(ProviderError, match="'CUDA' is required, but the model runs on CPU"):
        create(weights["tiny.onnx"], SPEC, settings)


def test_threads_are_those_that_tensorflow_has_and_not_those_that_came_too_late(weights, caplog):
    """TensorFlow fixes its threads once; a second model in the same process gets the same ones."""
    first = create(weights["tiny.onnx"], SPEC, SETTINGS).info.threads
    with caplog.at_level(logging.INFO):
        second = create(weights["tiny.onnx"], SPEC, SETTINGS.model_copy(update={"threads": first + 5})).info.threads
    assert second == first
    assert f"with {first} threads; asked for {first + 5}" in caplog.text


def test_8_bit_weights_are_refused_with_the_way_out(weights, tmp_path):
    settings = ModelSettings(backend="tensorflow", precision="int8")
    with pytest.raises(ModelError, match="int8, which TensorFlow does not play; use backend onnx"):
        create(weights["tiny.onnx"], SPEC, settings)
    path = tmp_path / "quantised.onnx"
    onnx.save(quantised(onnx_unet()), path)
    with pytest.raises(ModelError, match="operator QuantizeLinear, which this backend lacks; use backend onnx"):
        create(path, SPEC, SETTINGS)


def test_a_keras_model_of_another_size_is_refused_with_the_numbers(tmp_path):
    path = tmp_path / "large.keras"
    keras_unet(spec=SPEC.model_copy(update={"width": 64})).save(path)
    with pytest.raises(ModelError, match=r"shape \(\?, 32, 64, 1\); its card says \(1, 32, 32, 1\)"):
        create(path, SPEC, SETTINGS)


def test_a_keras_model_with_two_inputs_is_refused_with_the_number(tmp_path):
    path = tmp_path / "two.keras"
    inputs = [keras.Input((32, 32, 1), name=name) for name in ("a", "b")]
    keras.Model(inputs, keras.layers.Add()(inputs)).save(path)
    with pytest.raises(ModelError, match=r"2 inputs \(a, b\); one is expected"):
        create(path, SPEC, SETTINGS)


def test_a_saved_model_without_the_usual_signature_is_refused_by_name(tmp_path):
    tensorflow.saved_model.save(tensorflow.Module(), tmp_path / "bare")
    with pytest.raises(ModelError, match="bare has no signature serving_default; it has: none"):
        create(tmp_path / "bare", SPEC, SETTINGS)


@pytest.mark.parametrize("name", ["broken.keras", "broken"])
def test_what_is_no_model_is_refused_by_name(tmp_path, name):
    path = tmp_path / name
    if path.suffix:
        path.write_bytes(b"no model")
    else:
        path.mkdir()
    with pytest.raises(ModelError, match=f"{name} is no ") as error:
        create(path, SPEC, SETTINGS)
    assert "\n" not in str(error.value)


def test_keras_on_another_backend_is_refused_with_the_way_out(weights, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(SettingsError, match="'jax'; this backend needs KERAS_BACKEND=tensorflow"):
        create(weights["tiny.keras"], SPEC, SETTINGS)


def test_tensorflow_writes_nothing_to_stdout_and_stderr_and_takes_its_threads(weights):
    code = (
        "import sys; from pathlib import Path; from streamseg.segmenters.tensorflow import create; "
        "from streamseg.model_card import InputSpec; from streamseg.settings import ModelSettings; "
        "made = create(Path(sys.argv[1]), InputSpec(height=32, width=32), ModelSettings(threads=1)); "
        "print(made.info.threads)"
    )
    command = [sys.executable, "-c", code, weights["tiny.onnx"]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_native_messages_go_to_the_log_and_anything_else_to_stderr(capfd, caplog):
    lines = (
        b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        b"E0000 00:00:1795397666.196396   17647 cuda_platform.cc:52] failed call to cuInit\n"
        b"2026-01-02 03:04:05.678901: I tensorflow/core/util/port.cc:153] oneDNN is on\n"
        b"Imagine a message of somebody else\n"
    )
    with caplog.at_level(logging.DEBUG), _native_messages_to_log():
        os.write(2, lines)
    assert capfd.readouterr().err == "Imagine a message of somebody else\n"
    assert [record.levelname for record in caplog.records] == ["DEBUG", "INFO", "DEBUG"]
