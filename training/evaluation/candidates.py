"""What is evaluated: the files of a model that ship, whether of a run or of a model that has its card already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from streamseg.model import bundled_models, find_card, load_model
from streamseg.model_card import InputSpec, MaskRule, Precision, read_card
from streamseg.settings import ModelSettings
from training.evaluation.measured import Infer


@dataclass(frozen=True, slots=True, eq=False)
class WeightsFile:
    """One file of a model, opened; ``sha256`` is its digest."""

    precision: Precision
    sha256: str
    infer: Infer


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A model to evaluate.

    Attributes
    ----------
    threshold_origin
        Half a sentence that says where ``threshold`` comes from.
    files
        Its files, float32 first.
    mask
        Which parts of its masks count.
    """

    name: str
    spec: InputSpec
    threshold: float
    threshold_origin: str
    files: tuple[WeightsFile, ...]
    mask: MaskRule = field(default_factory=MaskRule)


@contextmanager
def open_shipped(name_or_path: str) -> Iterator[Candidate]:
    """Open a bundled model, or one by the path of its card or of one of its files, checked against its card.

    Raises
    ------
    ModelError
        The model cannot be used, or is not the one that its card describes.
    """
    card = read_card(find_card(name_or_path))
    is_one_file = name_or_path not in bundled_models() and Path(name_or_path).suffix != ".json"
    # The path of a file says its precision; else each one of the card is opened.
    precisions = ["float32"] if is_one_file else sorted({weights.precision for weights in card.weights})
    with ExitStack() as closing:
        models = [
            closing.enter_context(
                load_model(
                    # Named, so that figures do not depend on which backend is fastest where they are measured.
                    ModelSettings.model_validate({"name": name_or_path, "precision": precision, "backend": "onnx"})
                )
            )
            for precision in precisions
        ]
        files = tuple(WeightsFile(model.weights.precision, model.weights.sha256, model.infer) for model in models)
        yield Candidate(f"{card.name} {card.version}", card.input, card.threshold, "its model card's", files, card.mask)
