"""The group of commands, and the one place where errors become text."""

import pytest
from click.testing import CliRunner

from streamseg import __version__
from streamseg.cli import COMMANDS, commands


def test_version_names_the_program_and_its_version():
    assert CliRunner().invoke(commands, ["--version"]).stdout == f"streamseg {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_every_command_and_says_that_it_is_for_research(arguments):
    result = CliRunner().invoke(commands, arguments, terminal_width=200)
    assert result.exit_code == 0
    assert "Research use only" in result.stdout
    for name, summary in COMMANDS.items():
        assert name in result.stdout
        assert summary in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_first_line_of_a_commands_help_is_its_line_in_the_list(name):
    command = commands.get_command(None, name)
    assert command.help.splitlines()[0] == COMMANDS[name]


def calls():
    """Yield the words that call each command, those within a command included."""
    for name in COMMANDS:
        command = commands.get_command(None, name)
        within = list(getattr(command, "commands", {}))
        yield from ([name, each] for each in within) if within else [[name]]


@pytest.mark.parametrize("words", list(calls()), ids=" ".join)
def test_every_command_has_a_help_with_verbose_and_log_file(words):
    result = CliRunner().invoke(commands, [*words, "--help"])
    assert result.exit_code == 0
    assert "--verbose" in result.stdout
    assert "--log-file" in result.stdout
