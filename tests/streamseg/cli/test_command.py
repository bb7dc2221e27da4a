"""The log of a command."""

import logging
import sys

import pytest

from streamseg.cli._command import set_up_logging
from streamseg.errors import SinkError
from streamseg.notice import NOTICE

logger = logging.getLogger("streamseg.anything")


@pytest.fixture(autouse=True)
def _quiet_afterwards():
    yield
    package = logging.getLogger("streamseg")
    for handler in list(package.handlers):
        package.removeHandler(handler)
        handler.close()
    package.propagate = True
    package.setLevel(logging.NOTSET)


def say_everything():
    logger.debug("a detail")
    logger.warning("a warning")


def test_warnings_go_to_standard_error_and_details_do_not(capsys):
    set_up_logging(is_verbose=False, path=None)
    say_everything()
    assert capsys.readouterr() == ("", "streamseg: warning: a warning\n")


def test_verbose_sends_details_to_standard_error_too(capsys):
    set_up_logging(is_verbose=True, path=None)
    say_everything()
    assert [line.split(": ")[-1] for line in capsys.readouterr().err.splitlines()] == ["a detail", "a warning"]


def test_the_log_file_gets_everything_with_its_time_and_thread(tmp_path, capsys):
    set_up_logging(is_verbose=False, path=tmp_path / "run.log")
    say_everything()
    lines = (tmp_path / "run.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert "DEBUG MainThread streamseg.anything: a detail" in lines[0]
    assert capsys.readouterr().err.count("\n") == 1


def test_a_log_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(SinkError, match=r"cannot write the log file .*run\.log"):
        set_up_logging(is_verbose=False, path=tmp_path / "missing" / "run.log")


def test_setting_up_again_replaces_the_log_before(capsys):
    for _ in range(2):
        set_up_logging(is_verbose=False, path=None)
    say_everything()
    assert capsys.readouterr().err.count("a warning") == 1


@pytest.mark.parametrize(
    ("level", "is_terminal", "is_verbose", "is_said"),
    [
        (NOTICE, True, False, True),
        (NOTICE, False, False, False),
        (NOTICE, False, True, True),
        (logging.WARNING, True, False, False),
    ],
    ids=["at a terminal", "into a file", "verbose into a file", "quiet at a terminal"],
)
def test_a_notice_is_said_to_a_person_who_did_not_ask_for_quiet(
    capsys, monkeypatch, level, is_terminal, is_verbose, is_said
):
    set_up_logging(is_verbose=is_verbose, path=None, level=level)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    logger.log(NOTICE, "a notice")
    assert ("a notice" in capsys.readouterr().err) is is_said
