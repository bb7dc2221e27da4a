"""``python -m training``: make a split, train, evaluate, export."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click
from rich.logging import RichHandler

from streamseg.errors import StreamsegError
from training.card_text import read_card_text
from training.config import read_config
from training.datasets import hc18
from training.evaluate import evaluate
from training.export import Shipment, export
from training.report import read_report, to_markdown, write_report
from training.run_folder import RunFolder
from training.split import Part, make_split, write_split
from training.train import train

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(path_type=Path)
CARDS = Path(__file__).parent / "cards"


@click.group()
def cli() -> None:
    """Make the models of streamseg."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False)])


@cli.command("split")
@click.argument("data", type=FOLDER)
@click.option("--out", type=NEW, required=True, help="File to write.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides who goes where.")
@click.option("--validation", type=int, default=69, show_default=True, help="Examinations for validation.")
@click.option("--test", type=int, default=120, show_default=True, help="Examinations for the test.")
def split_command(data: Path, out: Path, seed: int, validation: int, test: int) -> None:
    """Split the examinations of DATA once, for good."""
    split = make_split("hc18", hc18.list_subjects(data), seed=seed, validation=validation, test=test)
    write_split(split, out)
    click.echo(f"{out}: {len(split.train)} to train, {len(split.validation)} to validate, {len(split.test)} to test")


@cli.command("train")
@click.argument("config", type=FILE)
@click.option("--data", type=FOLDER, required=True, help="Folder of the data set.")
@click.option("--out", type=NEW, help="Folder of the run; runs/NAME of CONFIG where it is not given.")
@click.option("--resume", is_flag=True, help="Go on after the last finished epoch.")
def train_command(config: Path, data: Path, out: Path | None, *, resume: bool) -> None:
    """Train by the recipe CONFIG."""
    run = train(read_config(config), data, out or Path("runs") / config.stem, resume=resume)
    choice = run.choice()
    click.echo(f"{run.path}: epoch {choice.epoch + 1}, threshold {choice.threshold}, Dice {choice.validation_dice:.4f}")


@cli.command("evaluate")
@click.argument("run", type=FOLDER)
@click.option("--data", type=FOLDER, required=True, help="Folder of the data set.")
@click.option("--split", "part", type=click.Choice(["train", "validation", "test"]), required=True, help="Which part.")
@click.option("--report", type=NEW, help="Folder for the report; RUN where it is not given.")
def evaluate_command(run: Path, data: Path, part: Part, report: Path | None) -> None:
    """Measure the float32 and the int8 file of RUN on a part of the data."""
    evaluation = evaluate(RunFolder(run), data, part)
    write_report(evaluation, report or run)
    click.echo(to_markdown(evaluation))


@cli.command("export")
@click.argument("run", type=FOLDER)
@click.option("--data", type=FOLDER, required=True, help="Folder of the data set: calibrates int8, checks agreement.")
@click.option("--out", type=NEW, required=True, help="Folder to write to.")
@click.option("--name", required=True, help="Name of the model.")
@click.option("--card", type=NEW, help="Text of the card; cards/NAME.toml beside this program where not given.")
@click.option("--evaluation", type=FILE, help="JSON of `evaluate`: its figures go into the card.")
@click.option("--int8", is_flag=True, help="Also NAME.int8.onnx.")
@click.option("--keras", is_flag=True, help="Also NAME.keras, for the TensorFlow segmenter.")
def export_command(run: Path, data: Path, out: Path, name: str, **options: Any) -> None:
    """Write what ships of RUN: ONNX files and model card."""
    evaluation = options["evaluation"]
    shipment = Shipment(
        name=name,
        text=read_card_text(options["card"] or CARDS / f"{name}.toml"),
        evaluation=read_report(evaluation) if evaluation else None,
        with_int8=options["int8"],
        with_keras=options["keras"],
    )
    card = export(RunFolder(run), data, out, shipment)
    click.echo(f"{out / name}: version {card.version}, threshold {card.threshold}, {len(card.weights)} files")


@cli.command("info")
@click.argument("data", type=FOLDER)
def info_command(data: Path) -> None:
    """Read every file of the data set in DATA and say what is in it."""
    cases = list(hc18.read_cases(data, hc18.list_subjects(data)))
    sizes = Counter(case.image.shape for case in cases)
    size, count = sizes.most_common(1)[0]
    share = sum(float(case.mask.mean()) for case in cases) / len(cases)
    click.echo(f"{len(cases)} pictures of {len({case.subject for case in cases})} examinations")
    click.echo(f"{count} of {size[0]}x{size[1]} pixels (height x width), {len(cases) - count} of other sizes")
    click.echo(f"the head fills {share:.0%} of a picture on average")


def main() -> None:
    """Run the command line; an error is one line on stderr and its own exit code."""
    try:
        cli()
    except StreamsegError as err:
        click.echo(f"error: {err}", err=True)
        sys.exit(err.exit_code)


if __name__ == "__main__":
    main()
