"""Small models with random weights, and cards for them, made on the spot. One set of weights, every format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from streamseg.model_card import (
    DataSet,
    Golden,
    GoldenOutput,
    InputSpec,
    ModelCard,
    Structure,
    Weights,
    encode_png,
    golden_output,
    sha256_of,
)
from streamseg.settings import ModelSettings

SPEC = InputSpec(height=32, width=32)
FILTERS = (4, 8)

Kernels = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]


def kernels(filters: Sequence[int] = FILTERS, *, seed: int = 0) -> Kernels:
    """Return kernel (kh, kw, in, out) and bias (out,) of each convolution of a small U-Net, by name, in order."""
    generator = np.random.default_rng(seed)
    return {
        name: (
            (generator.standard_normal(shape) * np.sqrt(2 / np.prod(shape[:3]))).astype(np.float32),
            (generator.standard_normal(shape[3]) * 0.1).astype(np.float32),
        )
        for name, shape in _shapes(filters)
    }


def onnx_unet(filters: Sequence[int] = FILTERS, *, spec: InputSpec = SPEC, seed: int = 0) -> onnx.ModelProto:
    """Return the U-Net of `kernels` as ONNX, (1, h, w, 1) in and out, NCHW inside."""
    weights = kernels(filters, seed=seed)
    nodes = [helper.make_node("Transpose", ["frame"], ["nchw"], perm=[0, 3, 1, 2])]
    tensor = "nchw"
    for level in range(len(filters)):
        if level:
            nodes.append(helper.make_node("MaxPool", [tensor], [f"down{level}"], kernel_shape=[2, 2], strides=[2, 2]))
            tensor = f"down{level}"
        tensor = _onnx_block(nodes, tensor, f"encoder{level}")
    for level in reversed(range(len(filters) - 1)):
        nodes.append(
            helper.make_node(
                "Resize",
                [tensor, "", "scales"],
                [f"up{level}"],
                mode="nearest",
                nearest_mode="floor",
                coordinate_transformation_mode="asymmetric",
            )
        )
        nodes.append(helper.make_node("Concat", [f"up{level}", f"encoder{level}_2"], [f"join{level}"], axis=1))
        tensor = _onnx_block(nodes, f"join{level}", f"decoder{level}")
    nodes += [
        helper.make_node("Conv", [tensor, "head.w", "head.b"], ["logit"], name="head", kernel_shape=[1, 1]),
        helper.make_node("Sigmoid", ["logit"], ["probability"]),
        helper.make_node("Transpose", ["probability"], ["map"], perm=[0, 2, 3, 1]),
    ]
    constants = {"scales": np.array([1, 1, 2, 2], np.float32)}
    for name, (kernel, bias) in weights.items():
        constants |= {f"{name}.w": np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), f"{name}.b": bias}
    shape = [1, *spec.size, 1]
    return onnx_model(nodes, {"frame": shape}, {"map": shape}, constants)


def onnx_model(
    nodes: Sequence[onnx.NodeProto],
    inputs: dict[str, list[Any]],
    outputs: dict[str, list[Any]],
    constants: dict[str, NDArray[Any]] | None = None,
    *,
    dtype: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    """Return a checked model of ``nodes``; a string in a shape is a free dimension."""
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info(name, dtype, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, dtype, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def keras_unet(filters: Sequence[int] = FILTERS, *, spec: InputSpec = SPEC, seed: int = 0) -> Any:
    """Return the U-Net of `kernels` as a Keras model."""
    import keras

    tensor = inputs = keras.Input((*spec.size, 1), name="frame")
    skips = []
    for level, width in enumerate(filters):
        if level:
            tensor = keras.layers.MaxPooling2D(2)(tensor)
        tensor = _keras_block(tensor, f"encoder{level}", width)
        skips.append(tensor)
    for level in reversed(range(len(filters) - 1)):
        tensor = keras.layers.UpSampling2D(2, interpolation="nearest")(tensor)
        tensor = keras.layers.Concatenate()([tensor, skips[level]])
        tensor = _keras_block(tensor, f"decoder{level}", filters[level])
    model = keras.Model(inputs, keras.layers.Conv2D(1, 1, activation="sigmoid", name="head")(tensor))
    for name, kernel in kernels(filters, seed=seed).items():
        model.get_layer(name).set_weights(list(kernel))
    return model


def quantised(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return ``model`` with its input sent through 8-bit quantisation and back."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    first = copy.graph.node[0]
    source = first.input[0]
    first.input[0] = "rounded"
    copy.graph.node.insert(0, helper.make_node("DequantizeLinear", ["levels", "step", "zero"], ["rounded"]))
    copy.graph.node.insert(0, helper.make_node("QuantizeLinear", [source, "step", "zero"], ["levels"]))
    copy.graph.initializer.append(numpy_helper.from_array(np.array(1 / 255, np.float32), "step"))
    copy.graph.initializer.append(numpy_helper.from_array(np.array(0, np.uint8), "zero"))
    onnx.checker.check_model(copy, full_check=True)
    return copy


def frame_tensor(spec: InputSpec = SPEC, *, seed: int = 1) -> NDArray[np.float32]:
    """Return a tensor (1, h, w, 1) float32 of grey levels, 0 to 1."""
    return (grey_frame(spec, seed=seed) * np.float32(1 / 255))[np.newaxis, :, :, np.newaxis]


def grey_frame(spec: InputSpec = SPEC, *, seed: int = 1) -> NDArray[np.uint8]:
    """Return a picture (h, w) of noise, 0 to 255."""
    return np.random.default_rng(seed).integers(0, 256, spec.size, dtype=np.uint8)


def make_card(folder: Path, weights: Sequence[Weights], outputs: dict[str, GoldenOutput], **changes: Any) -> Path:
    """Write the card ``tiny.json`` for ``weights`` into ``folder`` and return its path."""
    card = ModelCard(
        name="tiny",
        version="1",
        task="nothing; a test",
        modality="US",
        input=SPEC,
        structure=Structure(name="noise", colour="#00ff88"),
        threshold=0.5,
        weights=tuple(weights),
        golden=Golden(frame_png=encode_png(grey_frame()), outputs=outputs),
        licence="MIT",
        training_data=(DataSet(name="none", licence="MIT"),),
        intended_use="tests",
        limits="everything",
    )
    path = folder / "tiny.json"
    path.write_text(card.model_copy(update=changes).model_dump_json(), encoding="utf-8")
    return path


def listed(path: Path, precision: str = "float32") -> Weights:
    """Return the card's entry for the weights at ``path``."""
    kinds = {".onnx": "onnx", ".keras": "keras", "": "savedmodel"}
    return Weights(file=path.name, format=kinds[path.suffix], precision=precision, sha256=sha256_of(path))


def golden_of(model: onnx.ModelProto, *, tolerance: float = 1e-3) -> GoldenOutput:
    """Return what ``model`` answers to the golden frame, by the reference runtime of ONNX."""
    from onnx.reference import ReferenceEvaluator

    (answer,) = ReferenceEvaluator(model).run(None, {"frame": frame_tensor()})
    return golden_output(answer[0, :, :, 0], tolerance)


def write_models(folder: Path) -> None:
    """Write the card ``tiny.json`` into ``folder``, with its float32 weights and its 8-bit ones."""
    onnx.save(onnx_unet(), folder / "tiny.onnx")
    onnx.save(quantised(onnx_unet()), folder / "tiny.int8.onnx")
    entries = [listed(folder / "tiny.onnx"), listed(folder / "tiny.int8.onnx", "int8")]
    golden = golden_of(onnx_unet())
    make_card(folder, entries, {"float32": golden, "int8": golden.model_copy(update={"tolerance": 0.1})})


def rewrite_card(folder: Path, **changes: Any) -> None:
    """Change entries of the card ``tiny.json``, whether they fit one another or not."""
    path = folder / "tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def onnx_settings(path: Path | str, **changes: Any) -> ModelSettings:
    """Return settings that play the model at ``path`` with ONNX Runtime, unless ``changes`` names another backend."""
    return ModelSettings(**({"name": str(path), "backend": "onnx"} | changes))


def _shapes(filters: Sequence[int]) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    channels = 1
    for level, width in enumerate(filters):
        yield f"encoder{level}_1", (3, 3, channels, width)
        yield f"encoder{level}_2", (3, 3, width, width)
        channels = width
    for level in reversed(range(len(filters) - 1)):
        width = filters[level]
        yield f"decoder{level}_1", (3, 3, filters[level + 1] + width, width)
        yield f"decoder{level}_2", (3, 3, width, width)
    yield "head", (1, 1, filters[0], 1)


def _onnx_block(nodes: list[onnx.NodeProto], tensor: str, name: str) -> str:
    for layer in (f"{name}_1", f"{name}_2"):
        inputs = [tensor, f"{layer}.w", f"{layer}.b"]
        nodes.append(helper.make_node("Conv", inputs, [f"{layer}.sum"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"{layer}.sum"], [layer]))
        tensor = layer
    return tensor


def _keras_block(tensor: Any, name: str, width: int) -> Any:
    import keras

    for layer in (f"{name}_1", f"{name}_2"):
        tensor = keras.layers.Conv2D(width, 3, padding="same", activation="relu", name=layer)(tensor)
    return tensor
