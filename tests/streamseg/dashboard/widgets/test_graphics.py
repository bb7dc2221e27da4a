"""What the terminal says about graphics is understood, and it is left as it was."""

import os
import sys
import threading

import pytest

from streamseg.dashboard.widgets.graphics import TerminalGraphics, ask_terminal, parse_answers

KITTY = "\x1b_Gi=31;OK\x1b\\"
NO_KITTY = "\x1b_Gi=31;ENOTSUPPORTED:\x1b\\"
SIZE = "\x1b[6;34;17t"
PLAIN = "\x1b[?62;22c"
SIXEL = "\x1b[?62;4;22c"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (PLAIN, TerminalGraphics("blocks")),
        (SIZE + SIXEL, TerminalGraphics("sixel", (34, 17))),
        (KITTY + SIZE + PLAIN, TerminalGraphics("kitty", (34, 17))),
        (KITTY + SIXEL, TerminalGraphics("sixel")),
        (NO_KITTY + PLAIN, TerminalGraphics("blocks")),
        ("\x1b[?4c", TerminalGraphics("blocks")),  # the first number is the class: a VT132, not Sixel
        ("\x1b[6;0;0t" + PLAIN, TerminalGraphics("blocks")),
        ("q\x1b[6;34", TerminalGraphics("blocks")),
        ("", TerminalGraphics("blocks")),
    ],
)
def test_answers_tell_what_the_terminal_can_draw(answers, expected):
    assert parse_answers(answers) == expected


@pytest.mark.parametrize("choice", ["blocks", "sixel", "kitty"])
def test_a_choice_holds_whatever_the_terminal_says(choice):
    assert parse_answers(KITTY + SIZE + SIXEL, choice) == TerminalGraphics(choice, (34, 17))


@pytest.fixture
def terminal(monkeypatch):
    """Return the far end of a terminal, to answer from."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo terminals of this kind")
    far, near = os.openpty()
    with os.fdopen(near, "r+b", buffering=0) as stream:
        monkeypatch.setattr(sys, "__stdin__", stream)
        monkeypatch.setattr(sys, "__stderr__", stream)
        yield far
    os.close(far)


def test_a_terminal_is_asked_once_and_put_back_as_it_was(terminal):
    import termios

    before = termios.tcgetattr(terminal)
    asked = []

    def answer():
        while b"\x1b[c" not in b"".join(asked):
            asked.append(os.read(terminal, 1024))
        os.write(terminal, (KITTY + SIZE + PLAIN).encode())

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    assert ask_terminal(timeout_s=20) == TerminalGraphics("kitty", (34, 17))
    thread.join(20)
    assert not thread.is_alive()
    assert termios.tcgetattr(terminal) == before


@pytest.mark.usefixtures("terminal")
def test_a_silent_terminal_gets_blocks():
    assert ask_terminal(timeout_s=0.01) == TerminalGraphics()


def test_where_there_is_no_terminal_nobody_is_asked(tmp_path, monkeypatch):
    with (tmp_path / "input").open("w+") as stream:
        monkeypatch.setattr(sys, "__stdin__", stream)
        monkeypatch.setattr(sys, "__stderr__", stream)
        assert ask_terminal() == TerminalGraphics()
        assert ask_terminal("kitty") == TerminalGraphics("kitty")
    assert not (tmp_path / "input").read_text()
