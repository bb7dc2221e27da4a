"""From a run to what ships: ONNX files that agree with Keras, and the card that vouches for them."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from streamseg.model_card import (
    Golden,
    InputSpec,
    Measurement,
    ModelCard,
    Precision,
    Weights,
    encode_png,
    golden_output,
    sha256_of,
)
from streamseg.phantom import Phantom
from streamseg.prepare import Placement, prepare
from training.card_text import CardText
from training.datasets import hc18
from training.errors import TrainingError
from training.evaluate import Evaluation
from training.onnx_files import OnnxModel, write_onnx_files
from training.run_folder import RunFolder
from training.samples import Samples, prepare_samples
from training.validation import predict

logger = logging.getLogger(__name__)

AGREEMENT = 1e-4
GOLDEN_SEED = 20
GOLDEN_TIME_S = 1.0
# float32: kernels of other processors add in another order. int8: they may also round the other way at each layer.
TOLERANCES: dict[Precision, float] = {"float32": 1e-3, "int8": 0.1}


@dataclass(frozen=True, slots=True)
class Shipment:
    """What to export: name of the model, sentences of its card, and the evaluation whose figures go into it, if any."""

    name: str
    text: CardText
    evaluation: Evaluation | None
    with_int8: bool
    with_keras: bool


def export(run: RunFolder, data: Path, out: Path, shipment: Shipment) -> ModelCard:
    """Write ``NAME.onnx``, ``NAME.int8.onnx``, ``NAME.keras`` (the last two if asked for) and ``NAME.json`` to ``out``.

    Raises
    ------
    TrainingError
        ONNX Runtime and Keras disagree, or the evaluation is of other weights.
    """
    split, spec = run.split(), run.input_spec()
    calibration = prepare_samples(hc18.read_cases(data, set(split.train)), spec)
    held_out = prepare_samples(hc18.read_cases(data, set(split.validation)), spec)
    files = write_onnx_files(run, calibration, out, name=shipment.name)
    keras_model = run.finished_model()
    difference = check_agreement(OnnxModel(files["float32"]), keras_model, held_out)
    logger.info("ONNX and Keras differ by %.1e at most over %d held-out pictures", difference, len(held_out))
    if not shipment.with_int8:
        files.pop("int8").unlink()
    if shipment.with_keras:
        keras_model.save(out / f"{shipment.name}.keras")
    card = _card(run, shipment, spec, files)
    text = json.dumps(card.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (out / f"{shipment.name}.json").write_text(text + "\n", encoding="utf-8")
    return card


def check_agreement(model: OnnxModel, keras_model: keras.Model, samples: Samples) -> float:
    """Return the largest difference of a pixel between both over ``samples``.

    Raises
    ------
    TrainingError
        It is above `AGREEMENT`.
    """
    expected = predict(keras_model, samples.images)
    difference = max(
        float(np.abs(model.infer(image[np.newaxis, :, :, np.newaxis]) - probability).max())
        for image, probability in zip(samples.images, expected, strict=True)
    )
    if difference > AGREEMENT:
        raise TrainingError(
            f"the ONNX file and Keras differ by {difference:.1e}, more than {AGREEMENT:.0e}; do not ship it"
        )
    return difference


def make_golden(files: dict[Precision, Path], spec: InputSpec) -> Golden:
    """Return the golden frame, a phantom that belongs to nobody, with the answer of each of ``files``."""
    image, _ = Phantom(size=spec.size, seed=GOLDEN_SEED).render(GOLDEN_TIME_S)
    tensor = prepare(image, "grey", spec, Placement.fit(spec.size, None, spec))
    outputs = {
        precision: golden_output(OnnxModel(file).infer(tensor), TOLERANCES[precision])
        for precision, file in files.items()
    }
    return Golden(frame_png=encode_png(image), outputs=outputs)


def measurements(evaluation: Evaluation, files: dict[Precision, Path]) -> tuple[Measurement, ...]:
    """Return the figures of ``evaluation`` for the card.

    Raises
    ------
    TrainingError
        They were measured on other weights than ``files``.
    """
    figures = []
    for report in evaluation.reports:
        file = files.get(report.precision)
        if file is None:
            continue
        if sha256_of(file) != report.sha256:
            raise TrainingError(
                f"the evaluation is not of the weights in {file.name}; run `evaluate` on this run again"
            )
        data = f"{evaluation.data}, {evaluation.part} part ({evaluation.subjects} examinations)"
        figures += [
            Measurement(
                metric=figure.metric,
                value=round(figure.value, 4),
                data=data,
                n=figure.n,
                precision=report.precision,
                interval=(round(figure.interval[0], 4), round(figure.interval[1], 4)),
            )
            for figure in report.figures
        ]
    return tuple(figures)


def _card(run: RunFolder, shipment: Shipment, spec: InputSpec, files: dict[Precision, Path]) -> ModelCard:
    text = shipment.text
    return ModelCard(
        name=shipment.name,
        version=text.version,
        task=text.task,
        modality=text.modality,
        input=spec,
        structure=text.structure,
        threshold=run.choice().threshold,
        weights=tuple(
            Weights(file=file.name, format="onnx", precision=precision, sha256=sha256_of(file))
            for precision, file in files.items()
        ),
        golden=make_golden(files, spec),
        licence=text.licence,
        training_data=text.training_data,
        accuracy=measurements(shipment.evaluation, files) if shipment.evaluation else (),
        intended_use=text.intended_use,
        limits=text.limits,
    )
