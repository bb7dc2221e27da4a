"""What is kept of a picture once its pixels are gone: counts and sums, out of which every figure comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Scores
from streamseg.measure.ellipse import Ellipse, ellipse_of
from streamseg.model_card import InputSpec
from streamseg.postprocess import frame_scores, threshold_mask
from streamseg.prepare import prepare, restore
from streamseg.steering.live_settings import LiveSettings
from training.data.case import Case
from training.data.samples import placement_of
from training.evaluation.areas import pixels_reaching
from training.evaluation.calibration import calibration_sums
from training.evaluation.lesions import Lesions, find_lesions
from training.evaluation.surface import SurfaceDistance, surface_distance
from training.metrics import Overlap

Infer = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""From a tensor (1, h, w, 1) to a probability map (h, w), both 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a model makes of a picture.

    Attributes
    ----------
    probability
        (H, W), 0 to 1, in the picture's own pixels.
    mask
        (H, W): where the probability reaches the threshold, without the parts that do not count.
    """

    probability: NDArray[np.float32]
    mask: NDArray[np.bool_]
    scores: Scores


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A picture, its answer measured against the expert's mask.

    Attributes
    ----------
    overlap
        At the chosen threshold.
    reaching_px, hits_px
        Pixels that reach each of `training.evaluation.areas.THRESHOLDS`, and those of them in the expert's mask.
    surface
        None where one of the masks is empty.
    calibration
        See `training.evaluation.calibration.calibration_sums`.
    difference_mm
        Head circumference found minus the expert's, where both are known.
    ellipse
        Overlap of the ellipse fitted to the model's mask, where the structure is known to be one: a head.
    likeness
        Overlap with the mask of the float32 file, in the expert's place.
    """

    name: str
    subject: str
    pixels: int
    spacing_mm: float | None
    overlap: Overlap
    reaching_px: NDArray[np.int_]
    hits_px: NDArray[np.int_]
    scores: Scores
    surface: SurfaceDistance | None
    lesions: Lesions
    calibration: NDArray[np.float64]
    difference_mm: float | None
    ellipse: Overlap | None
    likeness: Overlap

    @property
    def has_structure(self) -> bool:
        """Whether the expert marked anything."""
        return self.overlap.expert > 0


def answer(case: Case, infer: Infer, spec: InputSpec, live: LiveSettings) -> Answer:
    """Return what a model makes of ``case``, found as it is when serving; its region is the one that it is made for."""
    placement = placement_of(case, spec)
    model_map = infer(prepare(case.image, case.unit, spec, placement))
    probability = restore(model_map, placement)
    mask = threshold_mask(probability, placement.region, live)
    scores = frame_scores(placement.letterbox.inner.crop(model_map), float(mask.mean()))
    return Answer(probability, mask, scores)


def measure(case: Case, found: Answer, exact: Answer) -> Measured:
    """Measure ``found`` against the expert's mask, and its likeness to ``exact``, the answer of the float32 file."""
    spacing_mm = case.spacing_mm or 1.0
    ellipse = None if case.circumference_mm is None else ellipse_of(found.mask, (spacing_mm, spacing_mm))
    return Measured(
        name=case.name,
        subject=case.subject,
        pixels=case.mask.size,
        spacing_mm=case.spacing_mm,
        overlap=Overlap.of(case.mask, found.mask),
        reaching_px=pixels_reaching(found.probability),
        hits_px=pixels_reaching(found.probability[case.mask]),
        scores=found.scores,
        surface=surface_distance(case.mask, found.mask),
        lesions=find_lesions(case.mask, found.mask),
        calibration=calibration_sums(found.probability, case.mask),
        difference_mm=_difference_mm(case, ellipse),
        ellipse=_ellipse_overlap(case, ellipse),
        likeness=Overlap.of(exact.mask, found.mask),
    )


def _difference_mm(case: Case, ellipse: Ellipse | None) -> float | None:
    if case.circumference_mm is None or case.spacing_mm is None or ellipse is None:
        return None
    return ellipse.circumference - case.circumference_mm


def _ellipse_overlap(case: Case, ellipse: Ellipse | None) -> Overlap | None:
    if case.circumference_mm is None:
        return None
    filled = np.zeros_like(case.mask) if ellipse is None else ellipse.mask((case.mask.shape[0], case.mask.shape[1]))
    return Overlap.of(case.mask, filled)
