"""``streamseg run``: a stream through the whole line."""

from __future__ import annotations

import click

from streamseg.cli._command import Command
from streamseg.cli._playing import play
from streamseg.cli._settings_options import effective_settings, settings_options
from streamseg.settings import to_toml


@click.command(cls=Command)
@click.argument("source", required=False)
@settings_options()
@click.option("--print-config", is_flag=True, help="Write the settings in force as TOML, and end.")
@click.option("--quiet", is_flag=True, help="Say nothing but warnings and errors.")
@click.pass_context
def run(ctx: click.Context, *, source: str | None, print_config: bool, quiet: bool) -> int:
    """Segment a video, camera or folder of pictures: on screen, recorded, logged.

    SOURCE is a video file, a folder of pictures, a glob pattern, a camera (0, /dev/video0, camera:NAME) or
    synthetic:head. Ctrl-C ends the stream with all outputs finished.

    \b
    streamseg run clip.mp4
    streamseg run clip.mp4 --record overlay.mp4 --log frames.jsonl --summary summary.json
    streamseg run 0 --model us-fetal-head --threshold 0.4
    """  # noqa: D301 - the \b is click's mark for lines that stay as they are
    settings = effective_settings(ctx)
    if print_config:
        click.echo(to_toml(settings), nl=False)
        return 0
    if source is None:
        raise click.UsageError("Missing argument 'SOURCE'.", ctx)
    return play(source, settings, is_quiet=quiet)
