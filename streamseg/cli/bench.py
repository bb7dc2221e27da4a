"""``streamseg bench``: how much of bare inference the whole pipeline reaches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Group
from rich.progress import Progress

from streamseg import __version__
from streamseg.cli import _measuring as measuring
from streamseg.cli._command import Command, aside, out
from streamseg.cli._json_file import JsonFile
from streamseg.cli._report import facts_table, stages_table
from streamseg.cli._rivals import RUNS_A_TURN, STUDY, USES, compare, plain, rivals_table
from streamseg.cli._samples import sample_video
from streamseg.cli._settings_options import effective_settings, settings_options
from streamseg.machine import describe_machine, machine_line, required_versions
from streamseg.model import Model, load_model
from streamseg.settings import StreamSettings
from streamseg.timing import Spread

TITLES = {
    "bare": "bare inference",
    "single": "bare, one at a time",
    "pipeline": "pipeline",
    "recorded": "pipeline, recorded",
}


@click.command(cls=Command)
@click.argument("source", required=False)
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write everything measured to this file.")
@click.option("--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="Rounds of taking turns.")
@click.option(
    "--frames", type=click.IntRange(2), default=100, show_default=True, help="Frames of each contestant in a round."
)
@click.option("--record", "kind", flag_value="recorded", help="Measure the pipeline with a recording as well.")
@click.option(
    "--backends",
    "kind",
    flag_value="backends",
    help="Compare the model alone on every backend instead, without SOURCE.",
)
@settings_options("model", "postprocess", "overlay", "buffer", "overwrite")
@click.pass_context
def bench(
    ctx: click.Context, *, source: str | None, json_path: Path | None, rounds: int, frames: int, kind: str | None
) -> None:
    """Measure the whole pipeline against bare inference.

    Bare inference is the model alone, on one prepared tensor, in the same session as the pipeline, which goes from
    SOURCE (by default the bundled clip) to the drawn overlay. It infers as many pictures at once as the pipeline does;
    where that is more than one, it is measured one at a time too. They take turns, in reversed order every other round;
    medians over the rounds are given. A first round to warm up is left out.

    With --backends, the model alone runs on its golden frame in each of its precisions on each installed backend, one
    frame at a time as for live sources, and several at once as for files. All take turns with the study's network,
    float32, on ONNX Runtime left to itself (bare, one at a time). Backend auto remembers which is the fastest at each.
    """
    settings = effective_settings(ctx)
    if kind == "backends":
        if source is not None:
            raise click.UsageError("--backends measures the model alone, on its golden frame; leave SOURCE out")
        compare_backends(settings, json_path, rounds)
        return
    location, is_recorded = source or str(sample_video()), kind == "recorded"
    with (
        JsonFile(json_path, can_overwrite=settings.output.overwrite) as file,
        load_model(settings.model, use="at once") as model,
    ):
        contest = measure(location, model, settings, rounds=rounds, frames=frames, is_recorded=is_recorded)
        result = as_json(contest, location, model, frames=frames)
        file.write(result)
    out().print(report(contest, result))


def compare_backends(settings: StreamSettings, json_path: Path | None, rounds: int) -> None:
    """Measure the model alone on every backend, and print and write how they did."""
    console = aside()
    with JsonFile(json_path, can_overwrite=settings.output.overwrite) as file:
        with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
            task = progress.add_task("measuring", total=rounds * len(USES))
            rivals = compare(settings.model, rounds, partial(progress.advance, task))
        file.write({"rivals": [plain(rival) for rival in rivals], "rounds": rounds, **measured_on()})
    out().print(rivals_table(rivals))
    out().print(f"\n{rounds} rounds of {RUNS_A_TURN} runs each, medians; bare is {STUDY} as exported. {machine_line()}")


def measured_on() -> dict[str, Any]:
    """Return machine and versions as plain values."""
    return {"machine": describe_machine(), "versions": {"streamseg": __version__} | required_versions()}


def measure(
    location: str, model: Model, settings: StreamSettings, *, rounds: int, frames: int, is_recorded: bool
) -> measuring.Contest:
    """Warm up, then measure."""
    tensor = measuring.first_tensor(location, model, settings)
    brief, full = (measuring.endless(settings, count) for count in (measuring.WARM_UP_FRAMES, frames))
    warm_up: dict[str, measuring.Measure] = {
        "bare": partial(measuring.bare_inference, model.lanes, tensor, measuring.WARM_UP_FRAMES),
        "pipeline": partial(measuring.pipeline, location, model, brief),
    }
    contestants: dict[str, measuring.Measure] = {"bare": partial(measuring.bare_inference, model.lanes, tensor, frames)}
    if len(model.lanes) > 1:
        contestants["single"] = partial(measuring.bare_inference, model.single, tensor, frames)
    contestants["pipeline"] = partial(measuring.pipeline, location, model, full)
    if is_recorded:
        contestants["recorded"] = partial(measuring.recorded_pipeline, location, model, full)
    console = aside()
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("measuring", total=len(warm_up) + rounds * len(contestants))
        measuring.hold(warm_up, 1, partial(progress.advance, task))
        return measuring.hold(contestants, rounds, partial(progress.advance, task))


def as_json(contest: measuring.Contest, location: str, model: Model, *, frames: int) -> dict[str, Any]:
    """Return everything measured, and what it was measured on, as plain values."""
    rates: dict[str, Any] = {}
    for name in contest.rounds:
        rates[f"{name}_fps"] = contest.fps(name)
        rates[f"{name}_fps_range"] = contest.range_fps(name)
        if name != "bare":
            rates["ratio" if name == "pipeline" else f"{name}_ratio"] = contest.ratio(name, "bare")
    return rates | {
        "stages": _plain(contest.stages("pipeline")),
        "bare_stages": _plain(contest.stages("bare")),
        "frames_per_round": frames,
        "warm_up_frames": measuring.WARM_UP_FRAMES,
        "rounds": {name: [measured.fps for measured in each] for name, each in contest.rounds.items()},
        "source": Path(location).name,
        "model": {"name": model.card.name, "version": model.card.version, "sha256": model.weights.sha256},
        "backend": model.info.backend,
        "provider": model.info.provider,
        "precision": model.info.precision,
        "threads": model.info.threads,
        "lanes": len(model.lanes),
        **measured_on(),
    }


def _plain(stages: Mapping[str, Spread]) -> dict[str, dict[str, float]]:
    return {
        stage: {"count": spread.count, "p50": spread.p50, "p95": spread.p95, "p99": spread.p99, "max": spread.maximum}
        for stage, spread in stages.items()
    }


def report(contest: measuring.Contest, result: dict[str, Any]) -> Group:
    """Return what was measured as tables."""
    facts = {}
    for name in contest.rounds:
        low, high = contest.range_fps(name)
        share = f", {contest.ratio(name, 'bare'):.2f} of bare inference" if name != "bare" else ""
        facts[TITLES[name]] = f"{contest.fps(name):.1f} frames/s ({low:.1f} to {high:.1f}){share}"
    machine = result["machine"]
    facts["measured"] = f"{len(contest.rounds['bare'])} rounds of {result['frames_per_round']} frames, medians"
    facts["model"] = f"{result['model']['name']} {result['model']['version']}, sha256 {result['model']['sha256'][:12]}"
    facts["runtime"] = (
        f"{result['backend']}, {result['provider']}, {result['precision']}, {result['threads']} threads, "
        f"{result['lanes']} at once"
    )
    facts["machine"] = f"{machine['cpu']}, {machine['cores_available']} of {machine['cores']} cores"
    return Group(facts_table(facts), "", stages_table(contest.stages("pipeline")))
