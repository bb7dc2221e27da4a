"""``python -m training``: one file per command, imported when it is called, so that only what needs Keras waits for it.

`main` is the one place where an error becomes text and an exit code.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

import click
from rich.console import Console
from rich.logging import RichHandler

from streamseg.command_group import CommandGroup
from streamseg.errors import MissingDependencyError, StreamsegError
from streamseg.interruption import heed_interruptions

INTERRUPTED = 130

COMMANDS: Mapping[str, str] = {
    "phantom": "Make a data set of computed pictures with exact masks.",
    "prepare": "Bring a data set into the one form that the other commands read, and split it.",
    "info": "Say what a prepared data set holds.",
    "train": "Train a model by a recipe.",
    "blend": "Finish a run with a blend of the weights of several epochs.",
    "evaluate": "Measure a model on one part of a prepared data set.",
    "export": "Write what ships of a run: model files and model card.",
    "renew": "Make int8 and phase files of a model that ships anew, from its float32 file.",
}
"""Each command with the first line of its help."""


class TrainingGroup(CommandGroup):
    """The commands of `COMMANDS`; for one whose packages are absent, what to install."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        try:
            return super().get_command(ctx, cmd_name)
        except ModuleNotFoundError as err:
            if (err.name or "").startswith(("training", "streamseg")):
                raise
            raise MissingDependencyError(
                f"{cmd_name} needs the package {err.name}; pip install 'streamseg[training]' adds it"
            ) from err


@click.group(
    cls=TrainingGroup, package=__name__, summaries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
def commands() -> None:
    """Make the models of streamseg."""
    handler = RichHandler(console=Console(stderr=True), show_path=False)
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[handler])


def main() -> int:
    """Run the command line and return its exit code; an error is one line on stderr."""
    heed_interruptions()
    try:
        return int(commands.main(prog_name="python -m training", standalone_mode=False) or 0)
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", INTERRUPTED)
    except click.ClickException as err:
        return _fail(f"error: {err.format_message()}", err.exit_code)
    except StreamsegError as err:
        return _fail(f"error: {err}", err.exit_code)


def _fail(message: str, exit_code: int) -> int:
    sys.stderr.write(f"training: {' '.join(message.split())}\n")
    return exit_code
