"""The int8 file answers as the float32 file does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from streamseg.model_card import Precision
from training.data.prepared import Prepared
from training.data.samples import Samples, prepare_samples, unit_images
from training.export.onnx_files import OnnxModel, write_onnx_files
from training.fitting.run_folder import RunFolder
from training.metrics import Overlap


@pytest.fixture(scope="module")
def samples(tiny_run: RunFolder, tiny_data: Prepared) -> Samples:
    """Return the training part of the small data set."""
    return prepare_samples(tiny_data.cases(tiny_run.split().train), tiny_run.input_spec())


@pytest.fixture(scope="module")
def files(tiny_run: RunFolder, samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> dict[Precision, Path]:
    """Return both files of the small run."""
    return write_onnx_files(tiny_run, samples, tmp_path_factory.mktemp("onnx"), name="tiny")


def test_masks_agree_with_those_of_float32(
    files: dict[Precision, Path], tiny_run: RunFolder, tiny_data: Prepared
) -> None:
    held_out = prepare_samples(tiny_data.cases(tiny_run.split().test), tiny_run.input_spec())
    tensors = unit_images(held_out.images)[:, np.newaxis, :, :, np.newaxis]
    exact, rounded = (
        np.stack([OnnxModel(files[precision]).infer(tensor) >= 0.5 for tensor in tensors])
        for precision in ("float32", "int8")
    )
    assert 0.01 < exact.mean() < 0.99
    # The network has hardly learned, so many pixels are undecided; a broken quantisation scores near 0.
    assert Overlap.of(exact, rounded).iou > 0.8


def test_weights_are_signed_7_bit_so_that_no_processor_overflows(files: dict[Precision, Path]) -> None:
    kernels = [
        onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(files["int8"]).graph.initializer
        if tensor.name.endswith("_kernel_quantized")
    ]
    assert len(kernels) == 17  # of 19: the first and the last convolution stay float32
    assert all(kernel.dtype == np.int8 and np.abs(kernel.astype(int)).max() <= 64 for kernel in kernels)


def test_the_same_run_gives_the_same_files(
    files: dict[Precision, Path], tiny_run: RunFolder, samples: Samples, tmp_path: Path
) -> None:
    again = write_onnx_files(tiny_run, samples, tmp_path, name="tiny")
    assert {precision: file.read_bytes() for precision, file in again.items()} == {
        precision: file.read_bytes() for precision, file in files.items()
    }
