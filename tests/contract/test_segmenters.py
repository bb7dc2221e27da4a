"""What every segmenter must do, whichever runtime it is for. A new plugin is picked up by itself."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from streamseg.errors import ModelError
from streamseg.model import bundled_models, load_model
from streamseg.model_card import golden_map, read_card
from streamseg.registry import plugins
from streamseg.settings import ModelSettings
from tests.support.tiny_models import SPEC, frame_tensor, golden_of, onnx_unet

DEADLINE_S = 60


def _onnx_file(folder: Path) -> Path:
    path = folder / "tiny.onnx"
    onnx.save(onnx_unet(), path)
    return path


# How to make weights that a plugin plays, all of the same network.
EXAMPLES: dict[str, Callable[[Path], Path]] = {
    "ncnn": _onnx_file,
    "onnx": _onnx_file,
    "openvino": _onnx_file,
    "tensorflow": _onnx_file,
}


@pytest.fixture(scope="module", params=sorted(plugins("segmenters")))
def segmenter(request, tmp_path_factory):
    plugin = plugins("segmenters")[request.param]
    if request.param not in EXAMPLES:
        pytest.fail(f"segmenter {request.param!r} has no example; add one to EXAMPLES in {Path(__file__).name}")
    if plugin.missing:
        pytest.skip(f"segmenter {request.param!r} needs {plugin.missing}")
    weights = EXAMPLES[request.param](tmp_path_factory.mktemp(request.param))
    opened = plugin.load()(weights, SPEC, ModelSettings(backend=request.param))
    yield opened
    opened.close()


def test_a_map_is_float32_of_the_input_size_between_0_and_1(segmenter):
    probability = segmenter.infer(frame_tensor())
    assert probability.shape == SPEC.size
    assert probability.dtype == np.float32
    assert probability.min() >= 0
    assert probability.max() <= 1


def test_the_map_is_that_of_the_reference_runtime(segmenter):
    expected = golden_map(golden_of(onnx_unet()))
    assert np.ptp(expected) > 0.1
    np.testing.assert_allclose(segmenter.infer(frame_tensor()), expected, atol=1e-4)


def test_the_same_tensor_gives_the_same_map(segmenter):
    np.testing.assert_array_equal(segmenter.infer(frame_tensor()), segmenter.infer(frame_tensor()))


def test_the_tensor_is_not_written_to(segmenter):
    tensor = frame_tensor()
    tensor.flags.writeable = False
    segmenter.infer(tensor)
    np.testing.assert_array_equal(tensor, frame_tensor())


def test_a_map_is_not_overwritten_by_later_calls(segmenter):
    first = segmenter.infer(frame_tensor(seed=1))
    kept = first.copy()
    others = [segmenter.infer(frame_tensor(seed=seed)) for seed in range(2, 8)]
    np.testing.assert_array_equal(first, kept)
    assert not any(np.shares_memory(first, other) for other in others)
    assert not np.array_equal(first, others[0])


def test_a_map_outlives_its_tensor(segmenter):
    tensor = frame_tensor()
    probability = segmenter.infer(tensor)
    kept = probability.copy()
    tensor[...] = 0
    np.testing.assert_array_equal(probability, kept)


def test_it_may_be_used_from_another_thread_than_the_one_that_made_it(segmenter):
    results = []
    thread = threading.Thread(target=lambda: results.append(segmenter.infer(frame_tensor())), daemon=True)
    thread.start()
    thread.join(DEADLINE_S)
    np.testing.assert_array_equal(results[0], segmenter.infer(frame_tensor()))


@pytest.mark.parametrize(
    "tensor",
    [
        np.zeros((1, 16, 32, 1), np.float32),
        np.zeros((32, 32), np.float32),
        np.zeros((1, 1, 32, 32), np.float32),
        np.zeros((2, 32, 32, 1), np.float32),
        np.zeros((1, 32, 32, 1), np.float64),
    ],
    ids=lambda tensor: f"{tensor.shape}-{tensor.dtype}",
)
def test_a_tensor_of_another_shape_or_dtype_is_refused_with_both_named(segmenter, tensor):
    with pytest.raises(ValueError, match=r"\(1, 32, 32, 1\) float32, got .*\(") as error:
        segmenter.infer(tensor)
    assert str(tensor.shape) in str(error.value)


def test_info_names_plugin_provider_precision_and_threads(segmenter, request):
    info = segmenter.info
    assert info.backend == request.node.callspec.params["segmenter"]
    assert info.provider
    assert info.precision == "float32"
    assert info.threads >= 1


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_close_may_be_repeated_and_ends_inference(name, tmp_path):
    plugin = plugins("segmenters")[name]
    if plugin.missing:
        pytest.skip(f"segmenter {name!r} needs {plugin.missing}")
    opened = plugin.load()(EXAMPLES[name](tmp_path), SPEC, ModelSettings(backend=name))
    kept = opened.infer(frame_tensor())
    copy = kept.copy()
    opened.close()
    opened.close()
    np.testing.assert_array_equal(kept, copy)
    with pytest.raises(ModelError, match="closed"):
        opened.infer(frame_tensor())


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_what_is_no_model_is_a_model_error_that_names_the_file(name, tmp_path):
    plugin = plugins("segmenters")[name]
    if plugin.missing:
        pytest.skip(f"segmenter {name!r} needs {plugin.missing}")
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"this is no model at all")
    with pytest.raises(ModelError, match=r"broken\.onnx") as error:
        plugin.load()(broken, SPEC, ModelSettings(backend=name))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("backend", sorted(plugins("segmenters")))
@pytest.mark.parametrize("model", sorted(bundled_models()))
def test_every_bundled_model_reproduces_its_golden_frame_on_every_backend(model, backend):
    plugin = plugins("segmenters")[backend]
    if plugin.missing:
        pytest.skip(f"segmenter {backend!r} needs {plugin.missing}")
    with load_model(ModelSettings(name=model, backend=backend)) as loaded:
        assert loaded.info.backend == backend


@pytest.mark.parametrize(
    ("model", "weights"),
    [(name, entry.file) for name, path in bundled_models().items() for entry in read_card(path).weights],
)
def test_every_bundled_file_reproduces_its_golden_frame_on_onnx_runtime(model, weights):
    settings = ModelSettings(name=str(bundled_models()[model].with_name(weights)), backend="onnx")
    with load_model(settings) as loaded:
        assert loaded.weights.file == weights
