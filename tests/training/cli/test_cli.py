"""Every command is there, waits for Keras only where it needs it, and ends an error with one line and its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from training.cli import COMMANDS, commands, main
from training.data.prepared import Prepared


def run_main(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setattr(sys, "argv", ["training", *map(str, arguments)])
    return main()


def test_help_lists_every_command_without_importing_it() -> None:
    result = CliRunner().invoke(commands, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)


@pytest.mark.parametrize("command", ["prepare", "info"])
def test_commands_about_data_do_not_wait_for_keras(command: str) -> None:
    script = f"import sys, training.cli.{command}; sys.exit(any(n in sys.modules for n in ('keras', 'tensorflow')))"
    assert subprocess.run([sys.executable, "-c", script], timeout=120, check=False).returncode == 0


def test_the_package_runs_as_a_program(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "training", "info", tmp_path]
    result = subprocess.run(arguments, timeout=120, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (9, "")
    assert result.stderr.startswith(f"training: error: {tmp_path} has no dataset.json")


def test_a_package_that_is_missing_is_named_with_the_command_that_adds_it(tmp_path: Path) -> None:
    hide = "import sys; sys.modules['nibabel'] = None; from training.cli import main; sys.exit(main())"
    arguments = [sys.executable, "-c", hide, "prepare", "hc18", tmp_path, "--out", tmp_path / "out"]
    result = subprocess.run(arguments, timeout=120, check=False, capture_output=True, text=True)
    assert result.returncode == 7
    assert result.stderr == (
        "training: error: prepare needs the package nibabel; pip install 'streamseg[training]' adds it\n"
    )


def test_an_error_is_one_line_and_an_exit_code_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, "info", tmp_path) == 9
    assert capsys.readouterr().err == (
        f"training: error: {tmp_path} has no dataset.json: make it with `python -m training prepare`\n"
    )


def test_an_interruption_is_one_line_and_exit_code_130(
    tiny_data: Prepared, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.cli.info.take_inventory", interrupt)
    assert run_main(monkeypatch, "info", tiny_data.path) == 130
    assert capsys.readouterr().err.strip() == "training: interrupted"


@pytest.mark.parametrize("arguments", [["split"], ["info"], ["prepare", "hc18", "."], ["info", "/none"]])
def test_a_wrong_command_line_is_one_line_and_exit_code_2(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, *arguments) == 2
    assert capsys.readouterr().err.startswith("training: error: ")
