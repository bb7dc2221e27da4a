"""A group of commands that are imported when they are called."""

import sys

import click
import pytest
from click.testing import CliRunner

from streamseg.command_group import CommandGroup

SUMMARIES = {"second_command": "Comes first.", "first_command": "Comes last."}


@pytest.fixture
def group(tmp_path, monkeypatch):
    package = tmp_path / "some_commands"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first_command.py").write_text(
        "import click\n\n@click.command()\ndef first_command():\n    click.echo('it ran')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield CommandGroup(package="some_commands", summaries=SUMMARIES)
    for name in [name for name in sys.modules if name.startswith("some_commands")]:
        del sys.modules[name]


def test_help_lists_the_commands_in_their_order_and_imports_none(group):
    shown = CliRunner().invoke(group, ["--help"]).output
    assert shown.index("Comes first.") < shown.index("Comes last.")
    assert not any(name.startswith("some_commands") for name in sys.modules)


def test_a_command_is_imported_when_it_is_called(group):
    assert CliRunner().invoke(group, ["first_command"]).output == "it ran\n"


def test_a_name_that_is_not_listed_is_no_command(group):
    assert group.get_command(click.Context(group), "third_command") is None
    assert CliRunner().invoke(group, ["third_command"]).exit_code == 2
