"""A run's finished network as ONNX files, and ONNX Runtime to look through them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from streamseg.model_card import Precision
from training.data.prepared import Prepared
from training.data.samples import Samples, unit_images
from training.export.form import SEVERAL, SINGLE, Form
from training.export.frames import spread_samples
from training.export.network import Kernels
from training.export.onnx_graph import INPUT, unet_graph
from training.export.quantise import quantise
from training.fitting.run_folder import RunFolder
from training.folding import kernels_of

CALIBRATION_PICTURES = 96


def calibration_samples(run: RunFolder, data: Prepared) -> Samples:
    """Return at most `CALIBRATION_PICTURES` training pictures of ``run``, evenly spread; only they are read.

    Raises
    ------
    TrainingError
        ``data`` is not what the run learnt from, or holds none of them.
    """
    return spread_samples(run, data, "train", most=CALIBRATION_PICTURES)


def write_onnx_files(run: RunFolder, samples: Samples | None, folder: Path, *, name: str) -> dict[Precision, Path]:
    """Write ``name.onnx`` and, where there are ``samples``, ``name.int8.onnx`` into ``folder``; each takes one picture.

    The int8 file is calibrated on ``samples``, those of `calibration_samples`. The same run and samples always
    give the same files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Precision, Path] = {"float32": folder / f"{name}.onnx"}
    model = unet_graph(kernels_of(run.finished_model()), run.config().size)
    files["float32"].write_bytes(model.SerializeToString())
    if samples is None:
        return files
    files["int8"] = folder / f"{name}.int8.onnx"
    quantise(files["float32"], files["int8"], unit_images(samples.images))
    return files


def fixed_form(path: Path, precision: Precision) -> Form:
    """Return a file of `write_onnx_files` to be compared."""
    return Form(path, "onnx", lambda: OnnxModel(path).infer_all, precision=precision)


def write_dynamic(kernels: Kernels, size: int, folder: Path, *, name: str) -> Form:
    """Write ``name.dynamic.onnx``, which takes any number of pictures, into ``folder``."""
    path = folder / f"{name}.dynamic.onnx"
    path.write_bytes(unet_graph(kernels, size, batch=None).SerializeToString())
    return Form(path, "onnx", lambda: OnnxModel(path).infer_all, batches=(SINGLE, SEVERAL))


class OnnxModel:
    """An ONNX file, run on the processor by ONNX Runtime."""

    def __init__(self, file: Path) -> None:
        self._session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability map (h, w) of ``tensor`` (1, h, w, 1), both 0 to 1."""
        return np.asarray(self.infer_all(tensor)[0], np.float32)

    def infer_all(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability maps (n, h, w) of ``tensor`` (n, h, w, 1), both 0 to 1."""
        (output,) = self._session.run(None, {INPUT: tensor})
        return np.asarray(output[..., 0], np.float32)
