"""The command line: one file per command, imported when it is called, so that ``streamseg --help`` is instant.

`main` is the one place where an error becomes text and an exit code; `streamseg.errors` lists the codes.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

import click

from streamseg import __version__
from streamseg.command_group import CommandGroup
from streamseg.errors import StreamsegError
from streamseg.interruption import heed_interruptions

logger = logging.getLogger(__name__)

INTERRUPTED = 130

COMMANDS: Mapping[str, str] = {
    "run": "Segment a video, camera or folder of pictures: on screen, recorded, logged.",
    "demo": "Segment the bundled clip with the bundled model.",
    "monitor": "Show the dashboard for a stream that runs elsewhere, from its log.",
    "segment": "Write masks, probability maps and scores of pictures and videos.",
    "series": "List the DICOM series of a file or folder.",
    "profile": "Keep what is the same for every stream of one scanner.",
    "devices": "List the cameras of this machine.",
    "models": "List the bundled models, or read the card of one.",
    "bench": "Measure the whole pipeline against bare inference.",
    "doctor": "Check what works on this machine, and say what would add the rest.",
}
"""Each command with the first line of its help."""


@click.group(
    cls=CommandGroup,
    package=__name__,
    summaries=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="streamseg", message="%(prog)s %(version)s")
@click.pass_context
def commands(ctx: click.Context) -> None:
    """Segment ultrasound-style video in real time, with a heatmap on the picture.

    Research use only. Not a medical device.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> int:
    """Run the command line and return its exit code."""
    heed_interruptions()
    try:
        return int(commands.main(prog_name="streamseg", standalone_mode=False) or 0)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", INTERRUPTED, None)
    except click.UsageError as err:
        where = err.ctx.command_path if err.ctx else "streamseg"
        return _fail(f"error: {err.format_message()} See `{where} --help`.", err.exit_code, err)
    except click.ClickException as err:
        return _fail(f"error: {err.format_message()}", err.exit_code, err)
    except StreamsegError as err:
        return _fail(f"error: {err}", err.exit_code, err)
    except Exception as err:  # noqa: BLE001 - whatever nobody foresaw still ends in one clear line
        return _fail(*_unforeseen(err), err)


def _unforeseen(error: BaseException) -> tuple[str, int]:
    """Return line and exit code for ``error``; an interruption that met the import of a library is an ImportError."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt):
            return "interrupted", INTERRUPTED
        cause = cause.__cause__ or cause.__context__
    return f"error: unexpected {type(error).__name__}: {error}; please report it, with what --verbose says", 1


def _fail(message: str, exit_code: int, error: Exception | None) -> int:
    logger.debug("ended with exit code %d", exit_code, exc_info=error)
    sys.stderr.write(f"streamseg: {' '.join(message.split())}\n")
    return exit_code
