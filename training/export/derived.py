"""Files that are calculated from a float32 ONNX file alone: int8, and the phase form of both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from training.data.samples import Samples, unit_images
from training.export.form import Form, Infer
from training.export.half import read_wide
from training.export.onnx_files import OnnxModel
from training.export.phase_form import phase_form
from training.export.quantise import quantise

PHASE_BACKENDS = ("openvino",)
"""Where it is faster (docs/performance.md). ONNX Runtime has no transposed convolution in int8."""


def write_int8_form(float_file: Path, samples: Samples) -> Form:
    """Write ``NAME.int8.onnx``, calibrated on training ``samples``, beside ``NAME.onnx``."""
    path = float_file.with_name(f"{float_file.stem}.int8.onnx")
    quantise(float_file, path, unit_images(samples.images))
    return Form(path, "onnx", partial(_open, path), precision="int8")


def write_phase_forms(float_file: Path, samples: Samples | None) -> Iterator[Form]:
    """Write ``NAME.phase.onnx`` and, with training ``samples``, ``NAME.phase.int8.onnx`` beside ``NAME.onnx``.

    Raises
    ------
    TrainingError
        The network has no phase form.
    """
    origin = float_file.name
    path = float_file.with_name(f"{float_file.stem}.phase.onnx")
    path.write_bytes(phase_form(read_wide(float_file)).SerializeToString())
    yield Form(path, "onnx", partial(_open, path), backends=PHASE_BACKENDS, derived_from=origin)
    if samples is not None:
        int8 = float_file.with_name(f"{float_file.stem}.phase.int8.onnx")
        quantise(path, int8, unit_images(samples.images))
        yield Form(int8, "onnx", partial(_open, int8), precision="int8", backends=PHASE_BACKENDS, derived_from=origin)


def _open(path: Path) -> Infer:
    return OnnxModel(path).infer_all
