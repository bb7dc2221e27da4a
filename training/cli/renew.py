"""``python -m training renew``: make int8 and phase files of a model that ships anew."""

from __future__ import annotations

from pathlib import Path

import click

from streamseg.model import find_card
from training.cli.options import FOLDER, NEW
from training.data.prepared import Prepared
from training.export.renew import renew as renew_files


@click.command()
@click.argument("model")
@click.option("--data", type=FOLDER, required=True, help="Prepared data set that it learnt from: calibrates, compares.")
@click.option("--out", type=NEW, required=True, help="Folder to write to.")
def renew(model: str, data: Path, out: Path) -> None:
    """Make what ships of MODEL beside its float32 file anew, from that file: int8 and phase form, and the card.

    MODEL is a bundled model's name, or the path of its card. The figures for int8 in the card are dropped; `evaluate`
    measures them again.
    """
    card = renew_files(find_card(model), Prepared.open(data), out)
    click.echo(f"{out / card.name}: {', '.join(weights.file for weights in card.weights)}")
