"""A model that takes grey levels for probabilities: its figures can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from streamseg.model_card import InputSpec, Precision
from streamseg.settings import OverlaySettings
from streamseg.steering.live_settings import LiveSettings
from training.data.case import Case
from training.evaluation.candidates import Candidate, WeightsFile
from training.evaluation.measured import Measured, answer, measure
from training.evaluation.sample import Sample

SIDE = 32
SPEC = InputSpec(height=SIDE, width=SIDE)
THRESHOLD = 0.5


def grey_candidate(precisions: Sequence[Precision] = ("float32", "int8")) -> Candidate:
    """Return the model in ``precisions``; that in int8 gives a tenth less."""
    factors = {"float32": 1.0, "int8": 0.9}
    files = tuple(
        WeightsFile(precision, "0" * 64, lambda tensor, factor=factors[precision]: tensor[0, :, :, 0] * factor)
        for precision in precisions
    )
    return Candidate("grey 1.0", SPEC, THRESHOLD, "its model card's", files)


def square_case(
    name: str, *, expert: int = 0, model: int = 0, grey: int = 255, spacing_mm: float | None = None, shift: int = 0
) -> Case:
    """Return a picture of `SIDE` x `SIDE` whose bright square, and the expert's, have so many pixels a side.

    Both squares begin at (2, 2), the bright one ``shift`` rows lower. The subject is the name up to a dash.
    """
    image, mask = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), bool)
    image[2 + shift : 2 + shift + model, 2 : 2 + model] = grey
    mask[2 : 2 + expert, 2 : 2 + expert] = True
    return Case(name, name.partition("-")[0], image, mask, spacing_mm)


def measured(case: Case) -> Measured:
    """Return what the float32 model makes of ``case``."""
    found = answer(
        case, grey_candidate().files[0].infer, SPEC, LiveSettings(threshold=THRESHOLD, overlay=OverlaySettings())
    )
    return measure(case, found, found)


def sample_of(*cases: Case, resamples: int = 50) -> Sample:
    """Return ``cases`` measured."""
    return Sample([measured(case) for case in cases], resamples=resamples)
