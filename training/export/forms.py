"""The forms in which a network can be exported beside the ONNX file, and what each of them needs."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Literal

import keras

from streamseg.errors import MissingDependencyError
from training.data.samples import Samples
from training.export.derived import write_phase_forms
from training.export.form import Form
from training.export.keras_files import write_keras, write_saved_model
from training.export.onnx_files import write_dynamic
from training.folding import kernels_of

FormName = Literal["int8", "phase", "dynamic", "keras", "saved-model", "tflite", "coreml"]

NEEDS: Mapping[FormName, Mapping[str, str]] = {
    "saved-model": {"tensorflow": "tensorflow"},
    "tflite": {"tensorflow": "tensorflow", "ai_edge_litert": "litert"},
    "coreml": {"coremltools": "coreml"},
}
"""Packages that a form needs, each with the extra of streamseg that brings it."""


def check_installed(wanted: Collection[FormName]) -> None:
    """Look for what the forms ``wanted`` need, before minutes are spent on others.

    Raises
    ------
    MissingDependencyError
        A package is not installed.
    """
    for form in sorted(wanted):
        for package, extra in NEEDS.get(form, {}).items():
            if importlib.util.find_spec(package) is None:
                raise MissingDependencyError(
                    f"--{form} needs the package {package}; pip install 'streamseg[{extra}]' adds it"
                )


def write_forms(
    wanted: Collection[FormName],
    network: keras.Model,
    size: int,
    folder: Path,
    *,
    name: str,
    calibration: Samples | None,
) -> Iterator[Form]:
    """Write ``network``, which ships, into ``folder`` in each form that is ``wanted`` beside the fixed ONNX files.

    With ``calibration``, which are training pictures, LiteRT and the phase form are written in int8 too.

    Raises
    ------
    TrainingError
        Keras does not run on TensorFlow where a form asks for that, or the disk is full.
    """
    if "phase" in wanted:
        yield from write_phase_forms(folder / f"{name}.onnx", calibration)
    if "dynamic" in wanted:
        yield write_dynamic(kernels_of(network), size, folder, name=name)
    if "keras" in wanted:
        yield write_keras(network, folder, name=name)
    if "saved-model" in wanted:
        yield write_saved_model(network, size, folder, name=name)
    if "tflite" in wanted:
        from training.export.lite_rt import write_lite_rt  # noqa: PLC0415 - an extra of its own

        yield from write_lite_rt(network, size, folder, name=name, calibration=calibration)
    if "coreml" in wanted:
        # Where it cannot run what it writes, it says so eight times while it is imported.
        logging.getLogger("coremltools").setLevel(logging.ERROR)
        from training.export.core_ml import write_core_ml  # noqa: PLC0415 - an extra of its own

        yield write_core_ml(kernels_of(network), size, folder, name=name)
