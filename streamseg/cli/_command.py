"""What all commands share: options in groups, a log, and a console for results and one for everything else."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from streamseg.errors import SinkError
from streamseg.notice import NOTICE

PLAIN = "%(level)s: %(message)s"
DATED = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


class Command(click.Command):
    """A command with ``--verbose`` and ``--log-file``, whose options stand in their groups in its help."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(click.Option(["-v", "--verbose"], is_flag=True, help="Say what is going on, on stderr."))
        self.params.append(
            click.Option(["--log-file"], type=click.Path(path_type=Path), help="Write what is going on to this file.")
        )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options under the title of their group; those without one come last."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                groups.setdefault(getattr(param, "group", "Options"), []).append(record)
        for title in sorted(groups, key=lambda title: title == "Options"):
            with formatter.section(title):
                formatter.write_dl(groups[title])

    def invoke(self, ctx: click.Context) -> Any:
        """Set the log up, then run the command."""
        level = logging.WARNING if ctx.params.get("quiet") else NOTICE
        set_up_logging(is_verbose=ctx.params.pop("verbose"), path=ctx.params.pop("log_file"), level=level)
        return super().invoke(ctx)


class StderrHandler(logging.Handler):
    """Writes to what standard error is at that moment: a progress display takes it over while it is shown."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; where only notices and worse are, a notice just at a terminal, for a person to read."""
        if record.levelno == self.level == NOTICE and not sys.stderr.isatty():
            return
        record.level = record.levelname.lower()
        sys.stderr.write(f"streamseg: {self.format(record)}\n")


def set_up_logging(*, is_verbose: bool, path: Path | None, level: int = NOTICE) -> None:
    """Send what is of ``level`` or worse to standard error, or everything where ``is_verbose``.

    Everything goes to the file ``path`` too, where one is given.

    Raises
    ------
    SinkError
        The file cannot be written.
    """
    handlers: list[logging.Handler] = [StderrHandler(logging.DEBUG if is_verbose else level)]
    handlers[0].setFormatter(logging.Formatter(DATED if is_verbose else PLAIN))
    if path is not None:
        try:
            handlers.append(logging.FileHandler(path, encoding="utf-8"))
        except OSError as err:
            raise SinkError(f"cannot write the log file {path}: {err.strerror}; choose another --log-file") from err
        handlers[1].setFormatter(logging.Formatter(DATED))
    logging.addLevelName(NOTICE, "NOTE")
    package = logging.getLogger("streamseg")
    package.setLevel(logging.DEBUG)
    package.propagate = False
    for handler in list(package.handlers):
        package.removeHandler(handler)
        handler.close()
    for handler in handlers:
        package.addHandler(handler)


def out() -> Console:
    """Return the console for results: standard output."""
    return Console(highlight=False, markup=False)


def aside() -> Console:
    """Return the console for all that is not a result: standard error."""
    return Console(stderr=True, highlight=False, markup=False)
