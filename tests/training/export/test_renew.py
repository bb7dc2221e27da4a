"""What ships beside a float32 file, made anew from it."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from streamseg.backends.choice import installed
from streamseg.errors import ChecksumError
from streamseg.model import load_model
from streamseg.model_card import ModelCard, check_weights, golden_map, read_card
from streamseg.settings import ModelSettings
from tests.support.tiny_runs import write_run
from training.data.prepared import Prepared
from training.export.card_text import CardText
from training.export.renew import renew
from training.export.shipment import Shipment, export
from training.fitting.run_folder import RunFolder

FIGURE = {"metric": "Dice", "value": 0.9, "data": "none", "n": 1}


@pytest.fixture(scope="module")
def shipped(
    tiny_run: RunFolder, tiny_data: Prepared, us_text: CardText, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the card of the small run, shipped in float32 alone, with a figure of each precision."""
    folder = tmp_path_factory.mktemp("shipped")
    export(tiny_run, tiny_data, folder, Shipment("tiny", us_text))
    path = folder / "tiny.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["accuracy"] = [FIGURE | {"precision": precision} for precision in ("float32", "int8")]
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def renewed(shipped: Path, tiny_data: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the card that was written."""
    out = tmp_path_factory.mktemp("renewed")
    renew(shipped, tiny_data, out)
    return out / "tiny.json"


@pytest.fixture(scope="module")
def card(renewed: Path) -> ModelCard:
    return read_card(renewed)


def test_the_float32_file_stays_byte_for_byte_what_it_is(shipped: Path, renewed: Path) -> None:
    assert renewed.with_name("tiny.onnx").read_bytes() == shipped.with_name("tiny.onnx").read_bytes()


def test_the_card_describes_the_files_beside_it_and_what_each_was_made_from(renewed: Path, card: ModelCard) -> None:
    for weights in card.weights:
        check_weights(weights, renewed.with_name(weights.file))
    assert [(each.file, each.backends, each.derived_from) for each in card.weights] == [
        ("tiny.onnx", (), None),
        ("tiny.int8.onnx", (), None),
        ("tiny.phase.onnx", ("openvino",), "tiny.onnx"),
        ("tiny.phase.int8.onnx", ("openvino",), "tiny.onnx"),
    ]


def test_the_answer_to_the_golden_frame_stays_in_float32_and_comes_in_int8(shipped: Path, card: ModelCard) -> None:
    assert card.golden.outputs["float32"] == read_card(shipped).golden.outputs["float32"]
    exact, rounded = (golden_map(card.golden.outputs[precision]) for precision in ("float32", "int8"))
    assert 0 < np.abs(exact - rounded).max() < 0.3


def test_agreement_is_given_for_every_file(card: ModelCard) -> None:
    differences = {each.file: each.max_abs_difference for each in card.agreement}
    assert list(differences) == [weights.file for weights in card.weights]
    assert differences["tiny.phase.onnx"] is not None
    assert differences["tiny.phase.onnx"] <= 1e-5


def test_figures_of_the_int8_file_that_is_gone_are_dropped(card: ModelCard) -> None:
    assert [figure.precision for figure in card.accuracy] == ["float32"]


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_each_backend_takes_the_file_made_for_it_and_proves_it(renewed: Path, precision: str) -> None:
    for plugin in installed():
        if plugin.is_last_resort or (plugin.name, precision) == ("ncnn", "int8"):
            continue
        settings = ModelSettings.model_validate({"name": str(renewed), "backend": plugin.name, "precision": precision})
        with load_model(settings) as model:
            assert (".phase." in model.weights.file) == (plugin.name == "openvino")


def test_a_network_without_a_phase_form_is_renewed_without_one(
    tiny_data: Prepared, us_text: CardText, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = write_run(tmp_path / "run", tiny_data, size=32, network="fast")
    export(run, tiny_data, tmp_path / "shipped", Shipment("fast", us_text))
    with caplog.at_level(logging.INFO):
        card = renew(tmp_path / "shipped" / "fast.json", tiny_data, tmp_path / "out")
    assert [weights.file for weights in card.weights] == ["fast.onnx", "fast.int8.onnx"]
    assert "fast.onnx has no phase form" in caplog.text


def test_another_float32_file_than_that_of_the_card_is_refused(
    shipped: Path, tiny_data: Prepared, tmp_path: Path
) -> None:
    for name in ("tiny.json", "tiny.onnx"):
        (tmp_path / name).write_bytes(shipped.with_name(name).read_bytes())
    (tmp_path / "tiny.onnx").write_bytes(b"another one")
    with pytest.raises(ChecksumError, match=r"tiny\.onnx is not the file"):
        renew(tmp_path / "tiny.json", tiny_data, tmp_path / "out")
