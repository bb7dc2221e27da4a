"""``python -m training train``: train a model by a recipe."""

from __future__ import annotations

from pathlib import Path

import click

from training.cli.options import FILE, FOLDER, NEW
from training.config import read_config


@click.command()
@click.argument("config", type=FILE)
@click.option("--data", type=FOLDER, help="Prepared data set; that of CONFIG where it is not given.")
@click.option("--out", type=NEW, help="Folder of the run; runs/NAME of CONFIG where it is not given.")
@click.option("--resume", is_flag=True, help="Go on after the last finished epoch.")
def train(config: Path, data: Path | None, out: Path | None, *, resume: bool) -> None:
    """Train by the recipe CONFIG."""
    recipe = read_config(config)
    if data is not None:
        recipe = recipe.model_copy(update={"data": data.resolve()})
    from training.fitting.train import train as train_by  # noqa: PLC0415 - a fault of the recipe is told before Keras loads

    run = train_by(recipe, out or Path("runs") / config.stem, resume=resume)
    choice = run.choice()
    click.echo(f"{run.path}: epoch {choice.epoch + 1}, threshold {choice.threshold}, Dice {choice.validation_dice:.4f}")
