"""A run's finished network as ONNX files, and ONNX Runtime to look through them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from streamseg.model_card import Precision
from training.onnx_graph import INPUT, unet_graph
from training.quantise import quantise
from training.run_folder import RunFolder
from training.samples import Samples
from training.unet import kernels_of

CALIBRATION_PICTURES = 96


def write_onnx_files(run: RunFolder, samples: Samples, folder: Path, *, name: str) -> dict[Precision, Path]:
    """Write ``name.onnx`` and ``name.int8.onnx`` into ``folder``.

    The int8 file is calibrated on pictures of ``samples``, the training part, spread evenly over it.
    The same run and samples always give the same files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Precision, Path] = {"float32": folder / f"{name}.onnx", "int8": folder / f"{name}.int8.onnx"}
    model = unet_graph(kernels_of(run.finished_model()), run.config().size)
    files["float32"].write_bytes(model.SerializeToString())
    chosen = np.linspace(0, len(samples) - 1, min(CALIBRATION_PICTURES, len(samples))).round().astype(int)
    quantise(files["float32"], files["int8"], samples.images[chosen])
    return files


class OnnxModel:
    """An ONNX file, run on the processor by ONNX Runtime."""

    def __init__(self, file: Path) -> None:
        self._session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability map (h, w) of ``tensor`` (1, h, w, 1), both 0 to 1."""
        (output,) = self._session.run(None, {INPUT: tensor})
        return np.asarray(output[0, :, :, 0], np.float32)
