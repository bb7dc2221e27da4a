"""What ships agrees with Keras in every form, its card describes it, and what would mislead is refused."""

from __future__ import annotations

import importlib.util
import platform
from pathlib import Path

import keras
import numpy as np
import pytest

from streamseg.errors import GoldenFrameError
from streamseg.model import load_model
from streamseg.model_card import InputSpec, ModelCard, Window, check_weights, decode_frame, read_card
from streamseg.settings import ModelSettings
from tests.support.tiny_runs import write_run
from training.data.prepared import Prepared
from training.data.split import Part
from training.errors import TrainingError
from training.evaluation.evaluate import evaluate
from training.evaluation.results import Evaluation
from training.evaluation.run_candidate import open_run
from training.export.card_text import CardText
from training.export.forms import NEEDS, FormName
from training.export.shipment import Shipment, export
from training.fitting.run_folder import RunFolder
from training.unet import PARAMETER_COUNT

pytestmark = [
    # Keras itself raises it when it saves; numpy 2 and TensorFlow disagree about a keyword.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # coremltools leaves a temporary folder to the garbage collector.
    pytest.mark.filterwarnings("ignore:Implicitly cleaning up:ResourceWarning"),
]

FORMS: tuple[FormName, ...] = ("int8", "phase", "dynamic", "keras", "saved-model", "tflite", "coreml")
THERE = frozenset(form for form in FORMS if all(map(importlib.util.find_spec, NEEDS.get(form, {}))))


def evaluation_of(run: RunFolder, data: Prepared, part: Part) -> Evaluation:
    """Return what `python -m training evaluate` finds."""
    with open_run(run, data) as candidate:
        return evaluate(candidate, data.cases(run.split().subjects(part)), data.info, part, resamples=50)[0]


@pytest.fixture(scope="module")
def evaluation(tiny_run: RunFolder, tiny_data: Prepared) -> Evaluation:
    """Return the evaluation of the run on its test part."""
    return evaluation_of(tiny_run, tiny_data, "test")


@pytest.fixture(scope="module")
def shipped(
    tiny_run: RunFolder,
    tiny_data: Prepared,
    evaluation: Evaluation,
    us_text: CardText,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a folder with everything that can be exported here."""
    out = tmp_path_factory.mktemp("models")
    export(tiny_run, tiny_data, out, Shipment("tiny", us_text, (evaluation,), THERE))
    return out


@pytest.fixture(scope="module")
def card(shipped: Path) -> ModelCard:
    """Return the card that was written."""
    return read_card(shipped / "tiny.json")


def test_the_card_describes_the_files_beside_it_and_nothing_else_is_left(
    shipped: Path, card: ModelCard, tiny_run: RunFolder
) -> None:
    for weights in card.weights:
        check_weights(weights, shipped / weights.file)
    assert {path.name for path in shipped.iterdir()} == {"tiny.json", *(weights.file for weights in card.weights)}
    assert [weights.file for weights in card.weights[:2]] == ["tiny.onnx", "tiny.int8.onnx"]
    assert card.input.size == (48, 48)
    assert card.threshold == tiny_run.choice().threshold
    assert {figure.precision for figure in card.accuracy} == {"float32", "int8"}


def test_a_fast_network_ships_in_every_form(ct_data: Prepared, ct_text: CardText, tmp_path: Path) -> None:
    """All but 8 bits, whose masks are compared: those of random weights are noise; and it joins nothing doubled."""
    run = write_run(tmp_path / "run", ct_data, network="fast")
    forms = THERE - {"int8", "phase"}
    card = export(run, ct_data, tmp_path / "out", Shipment("fast", ct_text, forms=forms))
    differences = {each.file: each.max_abs_difference for each in card.agreement if each.frames}
    assert len(differences) >= len(forms)
    assert all(difference <= 1e-4 for difference in differences.values())


def test_every_form_is_compared_with_keras_and_the_free_ones_at_two_batch_sizes(card: ModelCard) -> None:
    batches: dict[str, list[int]] = {}
    for each in card.agreement:
        batches.setdefault(each.file, []).append(each.batch)
        if each.format == "coreml" and platform.system() != "Darwin":
            assert (each.frames, each.max_abs_difference) == (0, None)
            continue
        assert each.frames == 4
        assert each.max_abs_difference is not None
        assert each.precision == "int8" or each.max_abs_difference <= 1e-4
    assert list(batches) == [weights.file for weights in card.weights]
    assert ("tiny.int8.tflite" in batches) == ("tflite" in THERE)
    single = {"tiny.onnx", "tiny.int8.onnx", "tiny.phase.onnx", "tiny.phase.int8.onnx", "tiny.mlpackage"}
    assert all(sizes == ([1] if file in single else [1, 4]) for file, sizes in batches.items())


def test_a_stream_can_load_each_onnx_and_tensorflow_file(shipped: Path, card: ModelCard) -> None:
    backends = {"onnx": "onnx", "keras": "tensorflow", "savedmodel": "tensorflow"}
    for weights in card.weights:
        if weights.format in backends:
            settings = ModelSettings(name=str(shipped / weights.file), backend=backends[weights.format])
            load_model(settings).close()


def test_the_keras_file_is_the_study_s_network(shipped: Path) -> None:
    assert keras.saving.load_model(shipped / "tiny.keras").count_params() == PARAMETER_COUNT


def test_an_export_of_ct_carries_the_window_and_a_golden_frame_in_hounsfield_units(
    ct_run: RunFolder, ct_data: Prepared, ct_text: CardText, tmp_path: Path
) -> None:
    card = export(ct_run, ct_data, tmp_path, Shipment("ct", ct_text))
    assert card.input.window == Window(centre_hu=40, width_hu=120)
    assert decode_frame(card.golden).dtype == np.int16
    load_model(ModelSettings(name=str(tmp_path / "ct.onnx"))).close()
    wrong = card.model_copy(update={"input": InputSpec(height=32, width=32, window=Window(centre_hu=60, width_hu=80))})
    (tmp_path / "ct.json").write_text(wrong.model_dump_json())
    with pytest.raises(GoldenFrameError):
        load_model(ModelSettings(name=str(tmp_path / "ct.onnx")))


def test_figures_measured_on_other_weights_are_refused_and_nothing_is_written(
    ct_run: RunFolder, ct_data: Prepared, ct_text: CardText, evaluation: Evaluation, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=r"other weights than ct\.onnx: its sha256 is [0-9a-f]{12}\.\.\."):
        export(ct_run, ct_data, tmp_path, Shipment("ct", ct_text, (evaluation,)))
    assert not list(tmp_path.iterdir())


def test_a_run_that_is_not_finished_is_refused(ct_data: Prepared, ct_text: CardText, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", ct_data, epochs_done=1)
    with pytest.raises(TrainingError, match=r"not finished: 1 of 2 epochs are done; .* --resume"):
        export(run, ct_data, tmp_path / "out", Shipment("ct", ct_text))
    (run.path / "log.csv").unlink()
    with pytest.raises(TrainingError, match="not finished: 0 of 2"):
        export(run, ct_data, tmp_path / "out", Shipment("ct", ct_text))


def test_the_text_of_another_modality_is_refused(
    ct_run: RunFolder, ct_data: Prepared, us_text: CardText, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=r"text is for modality US, the run in .* for CT"):
        export(ct_run, ct_data, tmp_path, Shipment("ct", us_text))


@pytest.mark.parametrize("name", ["CT", "a/b", "", ".ct"])
def test_a_name_that_no_card_may_have_is_refused(
    ct_run: RunFolder, ct_data: Prepared, ct_text: CardText, tmp_path: Path, name: str
) -> None:
    with pytest.raises(TrainingError, match="cannot be the name of a model"):
        export(ct_run, ct_data, tmp_path, Shipment(name, ct_text))


def test_data_that_the_run_did_not_learn_from_is_refused(
    ct_run: RunFolder, tiny_data: Prepared, ct_text: CardText, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=r"learnt from noise, .* holds hc18"):
        export(ct_run, tiny_data, tmp_path, Shipment("ct", ct_text))
