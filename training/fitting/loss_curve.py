"""The figure of the loss curves, as in the study: training and validation over the epochs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.fitting.checkpoint import EpochRecord
from training.whole_file import write_whole

SIZE_IN = (7.0, 6.0)
DOTS_PER_INCH = 120


def write_loss_curve(history: Sequence[EpochRecord], file: Path) -> None:
    """Draw loss above Dice over the epochs of ``history`` into ``file`` (.png); dotted where a stage begins.

    Raises
    ------
    TrainingError
        It cannot be written.
    """
    figure = Figure(figsize=SIZE_IN, layout="constrained")
    losses, dices = figure.subplots(2, sharex=True)
    epochs = [record.epoch + 1 for record in history]
    marker = "o" if len(history) == 1 else None
    losses.plot(epochs, [record.loss for record in history], label="training", marker=marker)
    losses.plot(epochs, [record.validation_loss for record in history], label="validation", marker=marker)
    losses.set_ylabel("loss")
    dices.plot(epochs, [record.mean_dice for record in history], label="mean of pictures", marker=marker)
    dices.plot(epochs, [record.pooled_dice for record in history], label="pooled over pixels", marker=marker)
    dices.xaxis.get_major_locator().set_params(integer=True)
    dices.set(xlabel="epoch", ylabel="Dice on validation", ylim=(0, 1))
    for axes in (losses, dices):
        for before, after in pairwise(history):
            if before.stage != after.stage:
                axes.axvline(after.epoch + 0.5, color="grey", linestyle=":")
        axes.grid(alpha=0.3)
        axes.legend()
    canvas = FigureCanvasAgg(figure)
    write_whole(file, lambda stream: canvas.print_figure(stream, format="png", dpi=DOTS_PER_INCH))
