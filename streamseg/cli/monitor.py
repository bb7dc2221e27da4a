"""``streamseg monitor``: the dashboard for a stream that runs elsewhere."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from streamseg.cli import _cockpit
from streamseg.cli._command import Command
from streamseg.feeds.log_feed import LogFeed, LogReplay


@click.command(cls=Command)
@click.argument("log", type=click.Path(path_type=Path))
@click.option("--replay", is_flag=True, help="Play a finished log again in its own time.")
def monitor(*, log: Path, replay: bool) -> int:
    """Show the dashboard for a stream that runs elsewhere, from its log.

    LOG is a file that `streamseg run --log` writes, or has written. It need not be there yet.

    \b
    streamseg run 0 --log run.jsonl --view none &
    streamseg monitor run.jsonl
    """  # noqa: D301 - the \b is click's mark for lines that stay as they are
    with closing(LogReplay(log) if replay else LogFeed(log)) as feed:
        return _cockpit.monitor(feed)
