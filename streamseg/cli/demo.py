"""``streamseg demo``: the bundled clip through the bundled model, with nothing to prepare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from streamseg.cli._command import Command, aside
from streamseg.cli._playing import play, wants_window
from streamseg.cli._samples import sample_video
from streamseg.cli._settings_options import effective_settings, settings_options
from streamseg.cli._terminal import has_terminal
from streamseg.errors import SinkError

MODEL = "us-fetal-head"


@click.command(cls=Command)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Folder for what is written. [default: the current one]",
)
@settings_options("view", "dashboard", "preview", "frames", "backend", "precision", "threads", "overlay")
@click.pass_context
def demo(ctx: click.Context, *, folder: Path) -> int:
    """Segment the bundled clip with the bundled model.

    In a terminal: with the dashboard, again and again until it is left; --no-dashboard or --view window shows it in a
    window instead, or as well. With neither terminal nor display: into streamseg-demo.mp4, with a log and a summary
    beside it; those of an earlier demo are replaced.
    """
    preset: dict[str, Any] = {"model__name": MODEL, "dashboard": has_terminal()}
    settings = effective_settings(ctx, **preset)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise SinkError(f"cannot make the folder {folder}: {err.strerror}; choose another --out") from err
    if settings.dashboard or wants_window(settings):
        preset |= {"output__folder": folder}
        settings = effective_settings(ctx, **preset, playback__loop=True, playback__pace="source")
        return play(str(sample_video()), settings, is_quiet=False)
    recording = folder / "streamseg-demo.mp4"
    files = {
        "output__record": recording,
        "output__log": recording.with_suffix(".jsonl"),
        "output__summary": recording.with_suffix(".json"),
        "output__overwrite": True,
    }
    exit_code = play(str(sample_video()), effective_settings(ctx, **preset, **files), is_quiet=False)
    aside().print(f"the recording is {recording.resolve()}", soft_wrap=True)
    return exit_code
