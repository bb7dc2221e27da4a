"""``streamseg models``: the bundled models, and the card of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from streamseg.cli._command import Command, out
from streamseg.cli._report import facts_table
from streamseg.errors import ChecksumError
from streamseg.model import bundled_models, find_card
from streamseg.model_card import Measurement, ModelCard, Weights, check_weights, read_card


@click.command(cls=Command)
@click.argument("name", required=False)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def models(*, name: str | None, is_json: bool) -> None:
    """List the bundled models, or read the card of one.

    NAME is a bundled model, or the path of a model file or card.
    """
    if name is not None:
        path = find_card(name)
        card = read_card(path)
        states = {weights.file: file_state(weights, path) for weights in card.weights}
        if is_json:
            click.echo(json.dumps(plain_card(card) | {"checksums": states}, indent=2))
        else:
            out().print(card_report(card, states))
        return
    cards = [read_card(path) for path in bundled_models().values()]
    if is_json:
        click.echo(json.dumps([plain_card(card) for card in cards], indent=2))
    else:
        out().print(models_table(cards))


def models_table(cards: list[ModelCard]) -> Group:
    """Return the models by name, and how to see more."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("name", "version", "outlines", "on", "weights", "licence"):
        table.add_column(title, overflow="fold")
    for card in cards:
        weights = ", ".join(dict.fromkeys(weights.precision for weights in card.weights))
        table.add_row(card.name, card.version, card.structure.name, card.modality, weights, card.licence)
    return Group(table, "", Text("streamseg models NAME shows the card of one.", style="dim"))


def card_report(card: ModelCard, states: dict[str, str]) -> Group:
    """Return the card for reading, with the state of each file of weights."""
    window = card.input.window
    facts = {
        "task": card.task,
        "outlines": f"{card.structure.name}, at a probability of {card.threshold:g} or more",
        "takes": f"{card.modality}, {card.input.width}x{card.input.height} {card.input.colour}"
        + (f", window {window.centre_hu:g} / {window.width_hu:g} HU" if window else ""),
        "intended use": card.intended_use,
        "limits": card.limits,
        "licence": card.licence,
        "trained on": "\n".join(
            f"{data.name} ({data.licence})\n{data.citation}".rstrip() for data in card.training_data
        ),
        "weights": "\n".join(f"{each.file}, {_made_for(each)}: {states[each.file]}" for each in card.weights),
    }
    return Group(
        Text(f"{card.name} {card.version}", style="bold"),
        facts_table(facts),
        "",
        accuracy_table(card) if card.accuracy else "The card states no accuracy.",
        "",
        *((agreement_table(card), "") if card.agreement else ()),
        Text(card.notice, style="bold"),
    )


def accuracy_table(card: ModelCard) -> Table:
    """Return every figure of the card, with what it was measured on."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("accuracy", "value", "95 % interval", "N", "precision", "measured on"):
        table.add_column(title, overflow="fold")
    for each in card.accuracy:
        table.add_row(*_cells(each))
    return table


def agreement_table(card: ModelCard) -> Table:
    """Return how far each exported file is from the network that was trained."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("agreement with training", "batch", "largest difference of a probability", "held-out frames"):
        table.add_column(title, overflow="fold")
    for each in card.agreement:
        difference = "not compared" if each.max_abs_difference is None else f"{each.max_abs_difference:.1e}"
        table.add_row(each.file, str(each.batch), difference, str(each.frames))
    return table


def plain_card(card: ModelCard) -> dict[str, Any]:
    """Return the card without the pictures of its golden frame."""
    return card.model_dump(mode="json", exclude={"golden"})


def file_state(weights: Weights, card_path: Path) -> str:
    """Return whether the file of ``weights`` is the one of the card, in words."""
    try:
        check_weights(weights, card_path.with_name(weights.file))
    except ChecksumError as err:
        return str(err)
    return "checksum is right"


def _made_for(weights: Weights) -> str:
    origin = f", {weights.derived_from} by another graph" if weights.derived_from else ""
    readers = f" for {', '.join(weights.backends)}" if weights.backends else ""
    return f"{weights.precision}{origin}{readers}"


def _cells(figure: Measurement) -> Iterator[str]:
    yield figure.metric
    yield f"{figure.value:.4g}"
    yield "" if figure.interval is None else f"{figure.interval[0]:.4g} to {figure.interval[1]:.4g}"
    yield str(figure.n)
    yield figure.precision
    yield figure.data
