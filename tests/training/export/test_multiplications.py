"""The work of a graph is counted as by hand, in float32 and in 8 bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from training.config import FastConfig
from training.export.multiplications import count_multiplications
from training.export.onnx_graph import unet_graph
from training.export.quantise import quantise
from training.fast import build_fast
from training.folding import kernels_of

SIZE = 16
# Stem, encoder, encoder after the pooling, narrowing before the up-sampling, decoder, head.
BY_HAND = (8 * 4 + 9 * 8 * 8) * 8**2 + (9 * 8 * 16 + 16 * 8) * 4**2 + (9 * 8 * 8 + 8 * 4) * 8**2


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a small network in float32."""
    network = build_fast(FastConfig(patch=2, filters=(8, 16), convolutions=1), batch_norm=False)
    path = tmp_path / "small.onnx"
    path.write_bytes(unet_graph(kernels_of(network), SIZE).SerializeToString())
    return path


def test_every_place_counts_its_kernel(file: Path) -> None:
    assert count_multiplications(onnx.load(file)) == BY_HAND


def test_8_bits_multiply_as_often(file: Path, tmp_path: Path) -> None:
    int8 = tmp_path / "small.int8.onnx"
    quantise(file, int8, np.random.default_rng(1).random((2, SIZE, SIZE), np.float32))
    model = onnx.load(int8)
    assert "DequantizeLinear" in {node.op_type for node in model.graph.node}
    assert count_multiplications(model) == BY_HAND
