"""``python -m training export``: write what ships of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from training.cli.options import FILE, FOLDER, NEW
from training.data.prepared import Prepared
from training.evaluation.results import read_evaluation
from training.export.card_text import read_card_text
from training.export.forms import FormName
from training.export.shipment import Shipment
from training.export.shipment import export as write_shipment
from training.fitting.run_folder import RunFolder

CARDS = Path(__file__).parents[1] / "cards"


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--data", type=FOLDER, required=True, help="Prepared data set: calibrates int8, checks agreement.")
@click.option("--out", type=NEW, required=True, help="Folder to write to.")
@click.option("--name", required=True, help="Name of the model.")
@click.option("--card", type=NEW, help="Text of the card; cards/NAME.toml beside this program where not given.")
@click.option(
    "--evaluation", type=FILE, multiple=True, help="JSON of `evaluate`: its figures go into the card. May be repeated."
)
@click.option("--int8", is_flag=True, help="Also NAME.int8.onnx, in 8 bits, and NAME.int8.tflite with --tflite.")
@click.option(
    "--phase", is_flag=True, help="Also NAME.phase.onnx, and with --int8 NAME.phase.int8.onnx: faster on OpenVINO."
)
@click.option("--dynamic", is_flag=True, help="Also NAME.dynamic.onnx, for any number of pictures at once.")
@click.option("--keras", is_flag=True, help="Also NAME.keras, for the TensorFlow segmenter.")
@click.option("--saved-model", is_flag=True, help="Also NAME.savedmodel, TensorFlow's folder.")
@click.option("--tflite", is_flag=True, help="Also NAME.tflite, for LiteRT; needs the extra litert.")
@click.option("--coreml", is_flag=True, help="Also NAME.mlpackage, for Core ML; needs the extra coreml.")
def export(run: Path, data: Path, out: Path, name: str, **options: Any) -> None:
    """Write what ships of RUN: NAME.onnx, the other forms asked for, and the model card."""
    forms: tuple[FormName, ...] = get_args(FormName)
    shipment = Shipment(
        name=name,
        text=read_card_text(options["card"] or CARDS / f"{name}.toml"),
        evaluations=tuple(read_evaluation(file) for file in options["evaluation"]),
        forms=frozenset(form for form in forms if options[form.replace("-", "_")]),
    )
    card = write_shipment(RunFolder(run), Prepared.open(data), out, shipment)
    click.echo(f"{out / name}: version {card.version}, threshold {card.threshold}, {len(card.weights)} files")
