"""An evaluation as files: JSON for machines, Markdown and plots for readers."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure as Plot

from training.data.pictures import write_bytes
from training.errors import TrainingError
from training.evaluation.examples import Example
from training.evaluation.markdown import to_markdown
from training.evaluation.plots import plot_calibration, plot_examples, plot_frames, plot_pixels, plot_thresholds
from training.evaluation.results import Evaluation

DOTS_PER_INCH = 130
UNSAFE = re.compile(r"[^\w.-]+")


def write_report(
    evaluation: Evaluation, folder: Path, examples: Sequence[Example] = (), *, loss_curve: Path | None = None
) -> tuple[Path, Path]:
    """Write ``evaluation-DATA-PART.json`` and ``.md`` into ``folder``, and return their paths.

    Plots go into a folder of that name, in the place of any others.

    Parameters
    ----------
    examples
        Pictures for a page of them; no page without.
    loss_curve
        The figure (.png) of the run, if there is one.

    Raises
    ------
    TrainingError
        A file cannot be written.
    """
    stem = f"evaluation-{UNSAFE.sub('-', evaluation.data)}-{evaluation.part}"
    try:
        (folder / stem).mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise TrainingError(f"cannot make the folder {folder / stem}: {err.strerror}; choose another --report") from err
    for outdated in (folder / stem).glob("*.png"):
        outdated.unlink()  # above all a page of pictures that is now left out
    pictures = {title: _png(plot) for title, plot in _plots(evaluation, examples).items()}
    if loss_curve is not None:
        pictures["Loss while training"] = loss_curve.read_bytes()
    links = {title: f"{stem}/{title.lower().replace(',', '').replace(' ', '-')}.png" for title in pictures}
    for title, content in pictures.items():
        write_bytes(content, folder / links[title])
    machine, reader = folder / f"{stem}.json", folder / f"{stem}.md"
    write_bytes(f"{evaluation.model_dump_json(indent=1)}\n".encode(), machine)
    write_bytes(to_markdown(evaluation, links).encode(), reader)
    return machine, reader


def _plots(evaluation: Evaluation, examples: Sequence[Example]) -> dict[str, Plot]:
    """Return the plots of each precision by title."""
    plots = {}
    for report in evaluation.reports:
        if report.frames is not None:
            plots[f"Precision and recall of pictures, {report.precision}"] = plot_frames(report)
        if evaluation.pictures_with_structure:
            plots[f"Precision and recall of pixels, {report.precision}"] = plot_pixels(report, evaluation.threshold)
        plots[f"Thresholds, {report.precision}"] = plot_thresholds(report, evaluation.threshold)
        plots[f"Calibration, {report.precision}"] = plot_calibration(report)
    if examples:
        plots[f"Pictures drawn at random, {evaluation.reports[0].precision}"] = plot_examples(examples)
    return plots


def _png(plot: Plot) -> bytes:
    stream = io.BytesIO()
    plot.savefig(stream, format="png", dpi=DOTS_PER_INCH)
    return stream.getvalue()
