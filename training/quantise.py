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
from numpy.typing import NDArray
from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

from training.onnx_graph import INPUT

# The last convolution and the sigmoid stay float32: 1/256 steps of probability would be visible in the heatmap.
QUANTISED_OPERATORS = ["Conv", "Relu", "MaxPool", "Resize", "Concat"]
FLOAT_NODES = ["head"]


def quantise(float_file: Path, int8_file: Path, images: NDArray[np.float32]) -> None:
    """Write ``float_file`` in int8 (QDQ) to ``int8_file``, calibrated on the training ``images`` (n, h, w), 0 to 1.

    Activations are unsigned and weights signed: the one pairing that both ONNX Runtime and OpenVINO compute right.
    Weights use 7 of their 8 bits, so that processors without VNNI, which add pairs of products in 16 bits, cannot
    overflow (2 x 255 x 64 < 32768).
    """
    # The quantiser advises steps that this graph, written without a converter, has no need of.
    logging.getLogger().addFilter(_is_no_advice)
    try:
        quantize_static(
            str(float_file),
            str(int8_file),
            _Pictures(images),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=QUANTISED_OPERATORS,
            nodes_to_exclude=FLOAT_NODES,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.getLogger().removeFilter(_is_no_advice)


class _Pictures:
    """A `CalibrationDataReader`, which hands the calibration pictures over one by one."""

    def __init__(self, images: NDArray[np.float32]) -> None:
        self._tensors: Iterator[NDArray[np.float32]] = iter(images[:, np.newaxis, :, :, np.newaxis])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        tensor = next(self._tensors, None)
        return None if tensor is None else {INPUT: tensor}


def _is_no_advice(record: logging.LogRecord) -> bool:
    return "pre-processing" not in record.getMessage()
