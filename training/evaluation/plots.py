"""The plots of a report. Colours by Okabe and Ito, which the colour-blind tell apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Plot
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from training.evaluation.examples import Example
from training.evaluation.results import Curve, PrecisionReport

BLUE, ORANGE, GREEN, RED, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#8A8A8A"
SIZE_INCHES = (6.0, 4.2)
PAGE_INCHES = 12.6
HEAT_FLOOR = 0.15


def plot_frames(report: PrecisionReport) -> Plot:
    """Return the precision-recall curve of the mean-probability frame score, with its best F1."""
    plot = Plot(SIZE_INCHES, layout="constrained")
    axes = _axes(plot, "recall", "precision")
    if report.frames is not None:
        axes.step(_values(report.frames.recall), _values(report.frames.precision), where="pre", color=BLUE, lw=2)
    figures = report.table("study")
    best = [figures.get(f"{name} at the best F1") for name in ("recall", "precision")]
    if best[0] is not None and best[1] is not None:
        axes.plot(best[0].value, best[1].value, "o", color=ORANGE, ms=8, label="best F1, picked on these pictures")
        axes.legend(frameon=False, loc="lower left")
    area = figures.get("area under the precision-recall curve, by mean probability")
    title = "Pictures by mean probability" + (f": area {area.value:.3f}" if area is not None else "")
    axes.set_title(title, loc="left", fontsize=11)
    return plot


def plot_pixels(report: PrecisionReport, chosen: float) -> Plot:
    """Return the precision-recall curve of all pixels, the ``chosen`` threshold marked."""
    plot = Plot(SIZE_INCHES, layout="constrained")
    axes = _axes(plot, "recall", "precision")
    curves = report.thresholds
    recall, precision = _values(curves.recall), _values(curves.precision)
    axes.plot(recall, precision, color=BLUE, lw=2)
    nearest = int(np.argmin(np.abs(_values(curves.threshold) - chosen)))
    axes.plot(recall[nearest], precision[nearest], "o", color=ORANGE, ms=8, label=f"chosen threshold, {chosen:.2f}")
    axes.legend(frameon=False, loc="lower left")
    area = report.table("overlap").get("area under the precision-recall curve, by pixel")
    axes.set_title("Pixels by probability" + (f": area {area.value:.3f}" if area else ""), loc="left", fontsize=11)
    return plot


def plot_thresholds(report: PrecisionReport, chosen: float) -> Plot:
    """Return overlap over all pixels and Pearson's r by threshold, the ``chosen`` one marked."""
    plot = Plot(SIZE_INCHES, layout="constrained")
    axes = _axes(plot, "threshold", "")
    curves = report.thresholds
    lines = (
        ("Dice", curves.dice, BLUE, "-"),
        ("IoU", curves.iou, GREEN, "-"),
        ("IoU, background included", curves.two_class_iou, GREY, "-"),
        ("precision", curves.precision, ORANGE, "--"),
        ("recall", curves.recall, RED, "--"),
        ("Pearson r of areas", curves.pearson, PURPLE, ":"),
    )
    for name, curve, colour, style in lines:
        axes.plot(_values(curves.threshold), _values(curve), color=colour, ls=style, lw=2, label=name)
    axes.axvline(chosen, color="black", lw=1, label=f"chosen, {chosen:.2f}")
    axes.set_title("All pixels pooled, by threshold", loc="left", fontsize=11)
    plot.legend(frameon=False, loc="outside right center", fontsize=9)
    return plot


def plot_calibration(report: PrecisionReport) -> Plot:
    """Return the share of pixels that are of the structure by probability, and below it how many pixels there are."""
    plot = Plot((SIZE_INCHES[0], 5.2), layout="constrained")
    upper, lower = plot.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    curve = report.calibration
    _style(upper, "", "share that is of the structure")
    upper.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--", label="perfect")
    upper.plot(_values(curve.probability), _values(curve.share), "o-", color=BLUE, lw=2, ms=5, label=report.precision)
    upper.legend(frameon=False, loc="upper left")
    upper.set_title("Calibration over all pixels", loc="left", fontsize=11)
    edges = np.linspace(0, 1, len(curve.pixels) + 1)
    lower.bar(edges[:-1], curve.pixels, width=edges[1], align="edge", color=BLUE, edgecolor="white", lw=0.5)
    _style(lower, "probability", "pixels")
    lower.set_ylim(auto=True)
    lower.set_yscale("log")
    return plot


def plot_examples(examples: Sequence[Example]) -> Plot:
    """Return a page: of each example the scan, what the model makes of it, and what the expert drew."""
    pairs = (len(examples) + 1) // 2
    tallest = max(example.image.shape[0] / example.image.shape[1] for example in examples)
    plot = Plot((PAGE_INCHES, 0.5 + pairs * (0.25 + tallest * PAGE_INCHES / 6)), layout="constrained")
    grid = plot.subplots(pairs, 6, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for index, example in enumerate(examples):
        row, column = index % pairs, 3 * (index // pairs)
        scan, model, expert = grid[row, column : column + 3]
        for axes in (scan, model, expert):
            axes.imshow(example.image, cmap="gray", vmin=0, vmax=255, interpolation="bilinear")
        faint = np.ma.masked_less(example.probability, HEAT_FLOOR)
        model.imshow(faint, cmap="inferno", vmin=0, vmax=1, alpha=0.4, interpolation="bilinear")
        _outline(model, example.mask, BLUE)
        _outline(expert, example.expert, ORANGE)
        scan.set_title(example.name, loc="left", fontsize=8)
        expert.set_title(
            f"Dice {example.dice:.2f}" if example.expert.any() else "no structure", loc="right", fontsize=8
        )
    keys = [Line2D([], [], color=BLUE, label="model"), Line2D([], [], color=ORANGE, label="expert")]
    plot.legend(handles=keys, loc="outside upper right", ncols=2, frameon=False, fontsize=9)
    return plot


def _outline(axes: Axes, mask: NDArray[np.bool_], colour: str) -> None:
    if mask.any() and not mask.all():
        axes.contour(mask, levels=[0.5], colors=[colour], linewidths=1.1)


def _axes(plot: Plot, x: str, y: str) -> Axes:
    axes = plot.add_subplot()
    _style(axes, x, y)
    return axes


def _style(axes: Axes, x: str, y: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.grid(color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _values(curve: Curve) -> NDArray[np.float64]:
    """Return ``curve`` with NaN, which breaks a line, where it is not defined."""
    return np.array(curve, np.float64)
