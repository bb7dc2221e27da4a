"""The card of a model, for reading."""

import pytest
from rich.console import Console

from streamseg.cli.models import card_report, file_state, models_table, plain_card
from streamseg.model_card import Agreement, DataSet, InputSpec, Measurement, Window, read_card
from tests.support.tiny_models import golden_of, listed, make_card, onnx_unet

FIGURE = Measurement(metric="Dice", value=0.97125, data="HC18 test", n=150, interval=(0.9689, 0.9731))


@pytest.fixture
def card_path(tmp_path):
    weights = tmp_path / "tiny.onnx"
    model = onnx_unet()
    weights.write_bytes(model.SerializeToString())
    return make_card(
        tmp_path,
        [listed(weights)],
        {"float32": golden_of(model)},
        accuracy=(FIGURE,),
        input=InputSpec(height=32, width=32, window=Window(centre_hu=40, width_hu=80)),
        training_data=(DataSet(name="HC18", licence="CC BY 4.0", citation="van den Heuvel 2018"),),
    )


def text_of(renderable):
    console = Console(width=160)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_a_card_says_everything_that_a_user_must_know(card_path):
    text = text_of(card_report(read_card(card_path), {"tiny.onnx": "checksum is right"}))
    for part in (
        "tiny 1",
        "noise, at a probability of 0.5 or more",
        "window 40 / 80 HU",
        "HC18 (CC BY 4.0)",
        "van den Heuvel 2018",
        "tiny.onnx, float32: checksum is right",
        "intended use  tests",
        "limits        everything",
        "Research use only. Not a medical device.",
    ):
        assert part in text
    figures = next(line for line in text.splitlines() if line.startswith("Dice"))
    assert figures.split() == ["Dice", "0.9712", "0.9689", "to", "0.9731", "150", "float32", "HC18", "test"]


def test_a_card_says_how_far_each_file_is_from_training_where_it_knows(card_path):
    card = read_card(card_path)
    states = {"tiny.onnx": "checksum is right"}
    assert "agreement" not in text_of(card_report(card, states))
    compared = Agreement(file="tiny.onnx", format="onnx", batch=4, frames=32, max_abs_difference=3.3e-6)
    uncompared = Agreement(file="tiny.mlpackage", format="coreml", batch=1, frames=0, max_abs_difference=None)
    lines = text_of(card_report(card.model_copy(update={"agreement": (compared, uncompared)}), states)).splitlines()
    first = next(index for index, line in enumerate(lines) if line.startswith("agreement with training"))
    assert lines[first + 1].split() == ["tiny.onnx", "4", "3.3e-06", "32"]
    assert lines[first + 2].split() == ["tiny.mlpackage", "1", "not", "compared", "0"]


def test_the_list_names_each_model_and_its_licence(card_path):
    line = text_of(models_table([read_card(card_path)])).splitlines()[1]
    assert line.split() == ["tiny", "1", "noise", "US", "float32", "MIT"]


def test_weights_are_compared_with_the_card(card_path):
    weights = read_card(card_path).weights[0]
    assert file_state(weights, card_path) == "checksum is right"
    (card_path.parent / "tiny.onnx").write_bytes(b"other")
    assert "is not the file that its card describes" in file_state(weights, card_path)


def test_the_plain_card_leaves_out_only_the_pictures(card_path):
    card = read_card(card_path)
    assert set(type(card).model_fields) - set(plain_card(card)) == {"golden"}


def test_a_file_made_for_one_backend_says_so_and_from_which_file(card_path):
    card = read_card(card_path)
    made = card.weights[0].model_copy(update={"file": "b.onnx", "derived_from": "a.onnx", "backends": ("openvino",)})
    card = card.model_copy(update={"weights": (made,)})
    console = Console(width=200)
    with console.capture() as capture:
        console.print(card_report(card, {"b.onnx": "checksum is right"}))
    assert "b.onnx, float32, a.onnx by another graph for openvino: checksum is right" in capture.get()
