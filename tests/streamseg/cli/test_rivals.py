"""The table of ``streamseg bench --backends``."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from rich.console import Console

from streamseg.backends.answers import recall
from streamseg.backends.choice import question_of
from streamseg.cli import _rivals
from streamseg.cli._rivals import BARE, Pace, Rival, compare, plain, rivals_table
from streamseg.errors import ModelNotFoundError
from streamseg.model_card import golden_output, read_card
from streamseg.registry import Plugin, plugins
from streamseg.settings import ModelSettings
from tests.support.tiny_models import SPEC, golden_of, listed, make_card, onnx_unet, quantised

pytestmark = pytest.mark.usefixtures("user_cache")


@pytest.fixture(autouse=True)
def two_backends(monkeypatch):
    """Let ONNX Runtime be installed, which runs everything, and one that plays no model; each turn is short."""
    idle = Plugin("segmenters", "idle", "")
    monkeypatch.setattr(_rivals, "installed", lambda: [plugins("segmenters")["onnx"], idle])
    monkeypatch.setattr("streamseg.model.find", lambda _, name: {"idle": idle}.get(name, plugins("segmenters")["onnx"]))
    monkeypatch.setattr(_rivals, "RUNS_A_TURN", 1)


@pytest.fixture
def settings(tmp_path):
    onnx.save(onnx_unet(), tmp_path / "tiny.onnx")
    onnx.save(quantised(onnx_unet()), tmp_path / "tiny.int8.onnx")
    entries = [listed(tmp_path / "tiny.onnx"), listed(tmp_path / "tiny.int8.onnx", "int8")]
    wrong = golden_output(np.zeros(SPEC.size, np.float32), 0.01)
    path = make_card(tmp_path, entries, {"float32": golden_of(onnx_unet()), "int8": wrong})
    return ModelSettings(name=str(path))


def _text(rivals):
    console = Console(width=200)
    with console.capture() as capture:
        console.print(rivals_table(rivals))
    return capture.get().splitlines()


def test_every_backend_in_every_precision_is_there_after_the_bare_network(settings):
    rivals = compare(settings, 2, lambda: None)
    assert [(rival.backend, rival.precision) for rival in rivals] == [
        (BARE, "float32"),
        ("onnx", "float32"),
        ("idle", "float32"),
        ("onnx", "int8"),
        ("idle", "int8"),
    ]
    bare, exact, *_ = rivals
    for use in ("single", "at once"):
        assert bare.paces[use].ratio == 1
        assert len(bare.paces[use].times_ms) == len(exact.paces[use].times_ms) == 2
        assert exact.paces[use].ratio > 1  # a network of 32x32 against one of 256x256


def test_what_answers_wrong_is_shown_as_wrong_and_not_measured(settings):
    (wrong,) = [
        rival for rival in compare(settings, 1, lambda: None) if rival.precision == "int8" and rival.is_golden is False
    ]
    assert (wrong.backend, wrong.paces) == ("onnx", {})
    assert "golden frame" in wrong.fault


@pytest.mark.parametrize("use", ["single", "at once"])
def test_the_choice_for_each_use_is_remembered_for_backend_auto(settings, use):
    rivals = compare(settings, 1, lambda: None)
    assert [rival.backend for rival in rivals if rival.paces and rival.paces[use].is_chosen] == ["onnx"]
    assert recall(question_of(settings, read_card(Path(settings.name)), use)) == "onnx"


def test_each_round_of_each_use_is_reported(settings):
    rounds = []
    compare(settings, 3, lambda: rounds.append(1))
    assert len(rounds) == 6


def test_a_model_that_is_not_there_is_an_error():
    with pytest.raises(ModelNotFoundError):
        compare(ModelSettings(name="us-fetal-hed"), 1, lambda: None)


PACES = {"single": Pace((1.0, 2.0, 4.0), 2.5, is_chosen=True), "at once": Pace((1.0, 2.0, 5.0), 3.5)}


def test_the_table_gives_time_and_rate_with_range_and_ratio_and_proof_and_choice():
    (row,) = _text([Rival("onnx", "int8", "CPU", PACES, is_golden=True)])[1:]
    assert " ".join(row.split()) == ("onnx CPU int8 2.0 (1.0 to 4.0) 2.50 500.0 (200.0 to 1000.0) 3.50 right for live")


def test_the_table_says_what_a_backend_was_chosen_for():
    both = {use: replace(pace, is_chosen=True) for use, pace in PACES.items()}
    neither = {use: replace(pace, is_chosen=False) for use, pace in PACES.items()}
    chosen, other = _text([Rival("onnx", "int8", "CPU", paces, is_golden=True) for paces in (both, neither)])[1:]
    assert chosen.split()[-4:] == ["for", "live", "and", "files"]
    assert other.split()[-1] == "right"


def test_the_table_says_why_a_backend_was_left_out():
    (row,) = _text([Rival("onnx", "int8", fault="largest difference 0.9", is_golden=False)])[1:]
    assert row.split()[:3] == ["onnx", "int8", "WRONG"]
    assert "left out: largest difference 0.9" in row


def test_plain_values_hold_every_round():
    values = plain(Rival("onnx", "int8", "CPU", PACES, is_golden=True))
    assert values["single"] == {"median_ms": 2, "rounds_ms": [1.0, 2.0, 4.0], "ratio": 2.5, "chosen": True}
    assert values["at_once"]["ratio"] == 3.5
    assert plain(Rival("onnx", "int8", fault="no"))["single"] is None
