"""A model for CT that marks what is dense but no bone, and its card: what it finds can be worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import helper

from streamseg.model_card import Golden, InputSpec, Structure, Window, encode_png, golden_output
from tests.support.tiny_models import frame_tensor, grey_frame, listed, make_card, onnx_model

SIDE = 256
SPEC = InputSpec(height=SIDE, width=SIDE, window=Window(centre_hu=40, width_hu=120))
# Shares of the window: 61 and 88 HU.
LOW, HIGH, STEEPNESS = 0.675, 0.9, 80.0


def write_bright_model(folder: Path) -> Path:
    """Write the model and its card to ``folder`` and return its path."""
    shape = [1, SIDE, SIDE, 1]
    nodes = [
        helper.make_node("Sub", ["frame", "low"], ["above"]),
        helper.make_node("Sub", ["high", "frame"], ["below"]),
        helper.make_node("Min", ["above", "below"], ["inside"]),
        helper.make_node("Mul", ["inside", "steepness"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["map"]),
    ]
    constants = {"low": LOW, "high": HIGH, "steepness": STEEPNESS}
    model = onnx_model(
        nodes,
        {"frame": shape},
        {"map": shape},
        {name: np.array(value, np.float32) for name, value in constants.items()},
    )
    path = folder / "tiny.onnx"
    onnx.save(model, path)
    golden = golden_output(marked(frame_tensor(SPEC)[0, :, :, 0]), 1e-3)
    make_card(
        folder,
        [listed(path)],
        {},
        modality="CT",
        input=SPEC,
        structure=Structure(name="intracranial haemorrhage", colour="#ff5a4f"),
        golden=Golden(frame_png=encode_png(grey_frame(SPEC)), outputs={"float32": golden}),
    )
    return path


def marked(tensor: np.ndarray) -> np.ndarray:
    """Return the probability map of a tensor, 0 to 1."""
    return (1 / (1 + np.exp(-STEEPNESS * np.minimum(tensor - LOW, HIGH - tensor)))).astype(np.float32)
