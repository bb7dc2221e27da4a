"""What ships agrees with Keras, its card describes it, and figures of other weights are refused."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from streamseg.model_card import ModelCard, check_weights, decode_png, golden_map, read_card
from streamseg.prepare import Placement, prepare
from training.card_text import read_card_text
from training.errors import TrainingError
from training.evaluate import evaluate
from training.export import Shipment, check_agreement, export
from training.onnx_files import OnnxModel
from training.run_folder import RunFolder
from training.samples import Samples
from training.unet import PARAMETER_COUNT, build_unet

CARDS = Path(__file__).resolve().parents[2] / "training" / "cards"

# Keras itself raises it when it saves; numpy 2 and TensorFlow disagree about a keyword.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def shipped(tiny_run: RunFolder, tiny_hc18: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with everything that an export writes."""
    out = tmp_path_factory.mktemp("models")
    text = read_card_text(CARDS / "us-fetal-head.toml")
    shipment = Shipment("tiny", text, evaluate(tiny_run, tiny_hc18, "test"), with_int8=True, with_keras=True)
    export(tiny_run, tiny_hc18, out, shipment)
    return out


@pytest.fixture(scope="module")
def card(shipped: Path) -> ModelCard:
    """Return the card that was written."""
    return read_card(shipped / "tiny.json")


def test_the_card_describes_the_files_beside_it(shipped: Path, card: ModelCard, tiny_run: RunFolder) -> None:
    assert [weights.precision for weights in card.weights] == ["float32", "int8"]
    for weights in card.weights:
        check_weights(weights, shipped / weights.file)
    assert card.input.size == (48, 48)
    assert card.threshold == tiny_run.choice().threshold
    assert {figure.precision for figure in card.accuracy} == {"float32", "int8"}


def test_each_file_gives_the_golden_answer(shipped: Path, card: ModelCard) -> None:
    frame = decode_png(card.golden.frame_png)
    tensor = prepare(frame, "grey", card.input, Placement.fit(frame.shape[:2], None, card.input))
    for weights in card.weights:
        golden = card.golden.outputs[weights.precision]
        np.testing.assert_allclose(
            OnnxModel(shipped / weights.file).infer(tensor), golden_map(golden), rtol=0, atol=golden.tolerance
        )


def test_the_keras_file_is_the_same_network(shipped: Path, card: ModelCard) -> None:
    model = keras.saving.load_model(shipped / "tiny.keras")
    assert model.count_params() == PARAMETER_COUNT
    image = np.random.default_rng(4).random((1, 48, 48), np.float32)
    assert check_agreement(OnnxModel(shipped / card.weights[0].file), model, Samples(image, image)) <= 1e-4


def test_a_file_that_disagrees_with_keras_is_not_shipped(shipped: Path) -> None:
    image = np.random.default_rng(4).random((1, 48, 48), np.float32)
    with pytest.raises(TrainingError, match="do not ship it"):
        check_agreement(OnnxModel(shipped / "tiny.onnx"), build_unet(batch_norm=False), Samples(image, image))


def test_figures_measured_on_other_weights_are_refused(tiny_run: RunFolder, tiny_hc18: Path, tmp_path: Path) -> None:
    evaluation = evaluate(tiny_run, tiny_hc18, "validation")
    report = evaluation.reports[0].model_copy(update={"sha256": "0" * 64})
    shipment = Shipment(
        "tiny",
        read_card_text(CARDS / "us-fetal-head.toml"),
        evaluation.model_copy(update={"reports": (report,)}),
        with_int8=False,
        with_keras=False,
    )
    with pytest.raises(TrainingError, match=r"not of the weights in tiny\.onnx"):
        export(tiny_run, tiny_hc18, tmp_path, shipment)
