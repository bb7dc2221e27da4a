"""Makes anew what ships of a model beside its float32 file, from that file: int8 and phase form."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from streamseg.golden import golden_tensor
from streamseg.model_card import Agreement, ModelCard, Weights, check_weights, golden_output, read_card
from training.data.prepared import Prepared
from training.data.samples import Samples
from training.errors import TrainingError
from training.export.agreement import LOWEST_DICE, ask
from training.export.derived import write_int8_form, write_phase_forms
from training.export.form import SINGLE, Form
from training.export.frames import spread_over
from training.export.golden import TOLERANCES
from training.export.half import read_wide
from training.export.onnx_files import CALIBRATION_PICTURES, OnnxModel
from training.export.phase_form import has_phase_form
from training.export.proof import prove
from training.export.shipment import HELD_OUT_PICTURES
from training.export.staging import staged
from training.metrics import Overlap

logger = logging.getLogger(__name__)


def renew(card_file: Path, data: Prepared, out: Path) -> ModelCard:
    """Write int8 and any phase files of a model that ships, its float32 file as it is, and the card to ``out``.

    Calibrated on the training part of ``data``, compared on its validation part. Figures of accuracy that the card
    states for int8 are dropped with the file that they were measured on.

    Raises
    ------
    TrainingError
        A new file does not answer as the float32 file does, ``data`` has none of the pictures, or the disk is full.
    ModelError
        The card or its float32 file cannot be used, or a new file fails on a backend.
    """
    card = read_card(card_file)
    exact = next(each for each in card.weights if (each.format, each.precision) == ("onnx", "float32"))
    check_weights(exact, card_file.with_name(exact.file))
    split = data.split()
    calibration = spread_over(data, frozenset(split.train), card.input, most=CALIBRATION_PICTURES)
    held_out = spread_over(data, frozenset(split.validation), card.input, most=HELD_OUT_PICTURES)
    with staged(out) as folder:
        float_file = Path(shutil.copyfile(card_file.with_name(exact.file), folder / exact.file))
        forms = [write_int8_form(float_file, calibration), *_phase_forms(float_file, calibration)]
        card = _renewed(card, exact, forms, list(_agreements(card, float_file, forms, held_out)))
        text = json.dumps(card.model_dump(mode="json"), indent=1, ensure_ascii=False)
        (folder / card_file.name).write_text(text + "\n", encoding="utf-8")
        prove(forms)
    return card


def _phase_forms(float_file: Path, calibration: Samples) -> Iterator[Form]:
    """Yield the phase forms of a network that has one, as those do that join channels after doubling them."""
    if has_phase_form(read_wide(float_file)):
        yield from write_phase_forms(float_file, calibration)
    else:
        logger.info("%s has no phase form; none is written", float_file.name)


def _renewed(card: ModelCard, exact: Weights, forms: Sequence[Form], agreements: Sequence[Agreement]) -> ModelCard:
    """Return ``card`` with the new ``forms``, their agreement, a golden answer in int8, and no accuracy of old ones."""
    rounded = next(form for form in forms if form.precision == "int8")
    answer = golden_output(OnnxModel(rounded.path).infer(golden_tensor(card)), TOLERANCES["int8"])
    golden = card.golden.model_copy(update={"outputs": card.golden.outputs | {"int8": answer}})
    kept = [each for each in card.agreement if each.file == exact.file]
    return card.model_copy(
        update={
            "weights": (exact, *(form.weights() for form in forms)),
            "golden": golden,
            "accuracy": tuple(each for each in card.accuracy if each.precision == "float32"),
            "agreement": (*kept, *agreements),
        }
    )


def _agreements(card: ModelCard, float_file: Path, forms: Sequence[Form], held_out: Samples) -> Iterator[Agreement]:
    """Yield how far each of ``forms`` is from the float32 file, which itself was compared with Keras at its export.

    Raises
    ------
    TrainingError
        Too far.
    """
    expected = ask(OnnxModel(float_file).infer_all, held_out.images, SINGLE)
    for form in forms:
        found = ask(OnnxModel(form.path).infer_all, held_out.images, SINGLE)
        dice = Overlap.of(expected >= card.threshold, found >= card.threshold).dice
        if not dice >= LOWEST_DICE:  # written so that NaN is caught
            raise TrainingError(
                f"{form.path.name} is not the network of {float_file.name}: their masks have a Dice of {dice:.3f}, "
                f"less than {LOWEST_DICE}; do not ship it"
            )
        yield Agreement(
            file=form.path.name,
            format=form.format,
            precision=form.precision,
            batch=SINGLE,
            frames=len(found),
            max_abs_difference=float(np.abs(found - expected).max()),
        )
