"""``python -m training blend``: finish a run with other weights than those of its best epoch."""

from __future__ import annotations

from pathlib import Path

import click

from training.cli.options import FOLDER
from training.data.prepared import Prepared
from training.data.samples import prepare_samples


@click.command()
@click.argument("run", type=FOLDER)
@click.option(
    "--epoch",
    "parts",
    type=(click.IntRange(1), click.FloatRange(0, min_open=True)),
    multiple=True,
    required=True,
    help="A kept epoch and its share in the blend; give it for each.",
)
@click.option(
    "--data", type=FOLDER, required=True, help="Prepared folder, on whose validation part the threshold is chosen."
)
def blend(run: Path, parts: tuple[tuple[int, float], ...], data: Path) -> None:
    """Blend the weights of epochs that RUN kept (keep_every of its recipe), and take the blend for its best ones."""
    shares = {epoch - 1: share for epoch, share in parts}
    if len(shares) < len(parts):
        raise click.BadParameter("an epoch is given twice", param_hint="'--epoch'")
    prepared = Prepared.open(data)
    from training.fitting.blending import blend as blend_weights  # noqa: PLC0415 - imports Keras
    from training.fitting.run_folder import RunFolder  # noqa: PLC0415 - imports Keras

    folder = RunFolder(run)
    subjects = frozenset(prepared.split().subjects("validation"))
    choice = blend_weights(folder, shares, prepare_samples(prepared.cases(subjects), folder.input_spec()))
    click.echo(f"{run}: threshold {choice.threshold}, Dice {choice.validation_dice:.4f}")
