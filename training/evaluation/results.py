"""What an evaluation comes to: the one JSON that report, plots and model card are made from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streamseg.model_card import Precision
from training.data.split import Part
from training.errors import TrainingError

Table = Literal["study", "overlap", "surface", "lesions", "frames", "calibration", "circumference", "likeness"]
Curve = tuple[float | None, ...]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Figure(_Part):
    """A figure with its 95 % interval.

    Attributes
    ----------
    n, counted
        Over how many of what.
    is_key
        Whether it belongs into a model card, where there is room for a few.
    """

    table: Table
    metric: str
    value: float
    interval: tuple[float, float] | None
    n: Annotated[int, Field(ge=1)]
    counted: str = "pictures"
    is_key: bool = False


class ThresholdCurves(_Part):
    """Figures over all pixels at each threshold; None where one is not defined."""

    threshold: Curve
    dice: Curve
    iou: Curve
    two_class_iou: Curve
    precision: Curve
    recall: Curve
    pearson: Curve


class PrecisionRecallCurve(_Part):
    """Precision and recall of the mean-probability frame score, by falling score."""

    precision: Curve
    recall: Curve


class CalibrationCurve(_Part):
    """Bins of probability: its mean, the share of pixels that are of the structure (None: no pixel), and the pixels."""

    probability: Curve
    share: Curve
    pixels: tuple[int, ...]


class PrecisionReport(_Part):
    """Figures and curves of one file, which ``sha256`` tells apart from every other, and the pictures of lowest Dice.

    ``frames`` is None where there are not both pictures with the structure and without.
    """

    precision: Precision
    sha256: str
    figures: tuple[Figure, ...]
    thresholds: ThresholdCurves
    calibration: CalibrationCurve
    frames: PrecisionRecallCurve | None
    worst: tuple[tuple[str, float], ...]

    def table(self, name: Table) -> dict[str, Figure]:
        """Return the figures of a table, by metric."""
        return {figure.metric: figure for figure in self.figures if figure.table == name}


class Evaluation(_Part):
    """All that was measured on one part of the data.

    Attributes
    ----------
    threshold_origin
        Half a sentence that says where the threshold comes from.
    subject_word
        What a subject is: patient, examination.
    pictures_with_structure
        Of ``pictures``, those in which the expert marked anything.
    """

    model: str
    data: str
    part: Part
    subjects: int
    subject_word: str
    pictures: int
    pictures_with_structure: int
    threshold: float
    threshold_origin: str
    resamples: int
    reports: Annotated[tuple[PrecisionReport, ...], Field(min_length=1)]


def read_evaluation(file: Path) -> Evaluation:
    """Read the JSON of an evaluation.

    Raises
    ------
    TrainingError
        The file is missing or is no evaluation.
    """
    try:
        return Evaluation.model_validate_json(file.read_bytes())
    except OSError as err:
        raise TrainingError(f"cannot read the evaluation {file}: {err.strerror}") from err
    except ValidationError as err:
        raise TrainingError(f"{file} is not an evaluation: {err.errors()[0]['msg']}; evaluate again") from err
