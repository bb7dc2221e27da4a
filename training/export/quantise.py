"""The int8 file: 8-bit weights and activations, calibrated on training pictures.

References
----------
Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
doi 10.1109/CVPR.2018.00286.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

from training.export.half import read_wide
from training.export.onnx_graph import INPUT

QUANTISED_OPERATORS = ["Conv", "ConvTranspose", "Relu", "MaxPool", "Resize", "Concat", "Add"]
# Measured on the validation part of us-fetal-head (87 pictures, mean Dice 0.97269 in float32), at first with the first
# convolution in 8 bits: mean Dice, Dice between the masks of both precisions, mean change of a probability.
#   lowest and highest value of all pictures   0.97247  0.99897  4.6e-4   (entropy chose the same ranges)
#   99.999th percentile                        0.97226  0.99872  6.0e-4
#   99.99th percentile                         0.97257  0.99870  5.5e-4
#   mean of the pictures' extremes             0.97263  0.99924  3.3e-4   with that convolution in float32:
#                                              0.97267  0.99946  2.5e-4
# On a half-trained CT model the order was the same: Dice between masks 0.981 for the first line, 0.991 for the last.
# OpenVINO gives the same figures to 1e-5, and the phase form 0.97268 on both: docs/performance.md.
CALIBRATION = CalibrationMethod.MinMax
CALIBRATION_OPTIONS = {"CalibMovingAverage": True}


def quantise(float_file: Path, int8_file: Path, images: NDArray[np.float32]) -> None:
    """Write ``float_file`` in int8 (QDQ) to ``int8_file``, calibrated on the training ``images`` (n, h, w), 0 to 1.

    Activations are unsigned and weights signed: the one pairing that both ONNX Runtime and OpenVINO compute right.
    Weights use 7 of their 8 bits, so that processors without VNNI, which add pairs of products in 16 bits, cannot
    overflow (2 x 255 x 64 < 32768).
    """
    # The quantiser advises steps that this graph, written without a converter, has no need of.
    logging.getLogger().addFilter(_is_no_advice)
    # Given a path, it writes a file beside it, and does not notice when the disk is full.
    model = read_wide(float_file)
    try:
        quantize_static(
            model,
            str(int8_file),
            _Pictures(images),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=QUANTISED_OPERATORS,
            nodes_to_exclude=_outermost(model),
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CALIBRATION,
            extra_options=dict(CALIBRATION_OPTIONS),
        )
    finally:
        logging.getLogger().removeFilter(_is_no_advice)


def _outermost(model: onnx.ModelProto) -> list[str]:
    """Return the names of the first and the last convolution, which stay in float32, as does what follows it.

    The last one, since 1/256 steps of probability would show in the heatmap, and the first one, which in the study's
    network is 0.3 % of the work and makes a quarter of the error.
    """
    names = [node.name for node in model.graph.node if node.op_type in ("Conv", "ConvTranspose")]
    last = max(names.index(node.name) for node in model.graph.node if node.op_type == "Conv")
    return [names[0], *names[last:]]


class _Pictures:
    """A `CalibrationDataReader`, which hands the calibration pictures over one by one."""

    def __init__(self, images: NDArray[np.float32]) -> None:
        self._tensors: Iterator[NDArray[np.float32]] = iter(images[:, np.newaxis, :, :, np.newaxis])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        tensor = next(self._tensors, None)
        return None if tensor is None else {INPUT: tensor}


def _is_no_advice(record: logging.LogRecord) -> bool:
    return "pre-processing" not in record.getMessage()
