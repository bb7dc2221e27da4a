"""What ships of a run: its files, compared with Keras, and the card that is proven on them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from streamseg.model_card import NAME_PATTERN, ModelCard, Precision
from training.data.prepared import Prepared
from training.errors import TrainingError
from training.evaluation.results import Evaluation
from training.export.accuracy import measurements
from training.export.agreement import Reference
from training.export.card_text import CardText
from training.export.form import Form
from training.export.forms import FormName, check_installed, write_forms
from training.export.frames import spread_samples
from training.export.golden import make_golden
from training.export.onnx_files import calibration_samples, fixed_form, write_onnx_files
from training.export.proof import prove
from training.export.staging import staged
from training.fitting.run_folder import RunFolder

HELD_OUT_PICTURES = 32


@dataclass(frozen=True, slots=True)
class Shipment:
    """What to export.

    Attributes
    ----------
    name
        Of the model and its files.
    text
        The sentences of its card.
    evaluations
        Those whose figures go into the card.
    forms
        In what forms, beside ``NAME.onnx``.
    """

    name: str
    text: CardText
    evaluations: tuple[Evaluation, ...] = ()
    forms: frozenset[FormName] = frozenset()


def export(run: RunFolder, data: Prepared, out: Path, shipment: Shipment) -> ModelCard:
    """Write ``NAME.onnx``, the other forms of ``shipment``, and ``NAME.json`` to ``out``: all of it, or nothing.

    Raises
    ------
    TrainingError
        The run is not finished or not of this kind, ``data`` is not what it learnt from, a file disagrees with Keras,
        an evaluation is of other weights, or the disk is full.
    MissingDependencyError
        A form needs a package that is not installed.
    """
    _check(run, shipment)
    held_out = spread_samples(run, data, "validation", most=HELD_OUT_PICTURES)
    calibration = calibration_samples(run, data) if "int8" in shipment.forms else None
    network = run.finished_model()
    reference = Reference(network, held_out, run.choice().threshold)
    with staged(out) as folder:
        files = write_onnx_files(run, calibration, folder, name=shipment.name)
        accuracy = tuple(measurements(shipment.evaluations, files))
        forms = [fixed_form(file, precision) for precision, file in files.items()]
        forms += write_forms(
            shipment.forms, network, run.config().size, folder, name=shipment.name, calibration=calibration
        )
        agreement = tuple(each for form in forms for each in reference.compare(form))
        card = _card(run, shipment, files, forms)
        card = card.model_copy(update={"accuracy": accuracy, "agreement": agreement})
        text = json.dumps(card.model_dump(mode="json"), indent=1, ensure_ascii=False)
        (folder / f"{shipment.name}.json").write_text(text + "\n", encoding="utf-8")
        prove(forms)
    return card


def _check(run: RunFolder, shipment: Shipment) -> None:
    """Refuse what would fail after minutes of work, or ship something half made."""
    if not re.fullmatch(NAME_PATTERN, shipment.name):
        raise TrainingError(f"{shipment.name!r} cannot be the name of a model; use small letters, digits, '-' and '.'")
    modality = run.config().modality
    if shipment.text.modality != modality:
        raise TrainingError(
            f"the card's text is for modality {shipment.text.modality}, the run in {run.path} for {modality}; "
            "pass the --card of this model"
        )
    check_installed(shipment.forms)
    done, planned = _epochs_done(run), run.config().epochs
    if done < planned:
        raise TrainingError(
            f"the run in {run.path} is not finished: {done} of {planned} epochs are done; train it on with --resume"
        )


def _epochs_done(run: RunFolder) -> int:
    """Return the number of lines in the run's table of epochs."""
    try:
        return len((run.path / "log.csv").read_text(encoding="utf-8").splitlines()) - 1
    except OSError:
        return 0


def _card(run: RunFolder, shipment: Shipment, files: Mapping[Precision, Path], forms: Iterable[Form]) -> ModelCard:
    text, spec = shipment.text, run.input_spec()
    return ModelCard(
        name=shipment.name,
        version=text.version,
        task=text.task,
        modality=text.modality,
        input=spec,
        structure=text.structure,
        threshold=run.choice().threshold,
        mask=run.config().mask,
        measurements=text.measurements,
        weights=tuple(form.weights() for form in forms),
        golden=make_golden(files, text.modality, spec),
        licence=text.licence,
        training_data=text.training_data,
        intended_use=text.intended_use,
        limits=text.limits,
    )
