"""Which graphics the terminal has, found out by asking it once, before an application owns it."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

GraphicsChoice = Literal["auto", "blocks", "sixel", "kitty"]
"""How pictures are drawn: by what the terminal answers, or as told."""

# Asked in one go. Every terminal answers the last question, so that nobody waits for one who does not know the others.
_KITTY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_CELL_SIZE = "\x1b[16t"
_ATTRIBUTES = "\x1b[c"
_ATTRIBUTES_ANSWER = re.compile(r"\x1b\[\?([\d;]*)c")
_CELL_SIZE_ANSWER = re.compile(r"\x1b\[6;(\d+);(\d+)t")
_KITTY_ANSWER = "\x1b_Gi=31;OK"
_SIXEL_ATTRIBUTE = "4"


@dataclass(frozen=True, slots=True)
class TerminalGraphics:
    """How pictures reach the terminal, and how high and wide a cell is in pixels."""

    kind: Literal["blocks", "sixel", "kitty"] = "blocks"
    cell_px: tuple[int, int] = (20, 10)


def parse_answers(answers: str, choice: GraphicsChoice = "auto") -> TerminalGraphics:
    """Return what the terminal's ``answers`` say, or what was chosen.

    Sixel goes first: terminals that have both (WezTerm, Konsole) do not draw Kitty's placeholders, while Kitty and
    Ghostty have no Sixel.
    """
    size = _CELL_SIZE_ANSWER.search(answers)
    cell_px = (int(size[1]), int(size[2])) if size and int(size[1]) and int(size[2]) else (20, 10)
    if choice != "auto":
        return TerminalGraphics(choice, cell_px)
    attributes = _ATTRIBUTES_ANSWER.search(answers)
    if attributes and _SIXEL_ATTRIBUTE in attributes[1].split(";")[1:]:
        return TerminalGraphics("sixel", cell_px)
    return TerminalGraphics("kitty" if _KITTY_ANSWER in answers else "blocks", cell_px)


def ask_terminal(choice: GraphicsChoice = "auto", *, timeout_s: float = 0.5) -> TerminalGraphics:
    """Ask the terminal what it can draw; blocks where there is none, or none that answers within ``timeout_s``.

    To be called before a Textual application starts, which from then on reads all that the terminal says. On Windows
    nothing is asked: what is chosen is believed, and ``auto`` means blocks.
    """
    reading, writing = sys.__stdin__, sys.__stderr__  # where Textual reads and writes
    if choice == "blocks" or sys.platform == "win32" or reading is None or writing is None:
        return parse_answers("", choice)
    if not (reading.isatty() and writing.isatty()):
        return parse_answers("", choice)
    return parse_answers(_ask(reading.fileno(), writing.fileno(), timeout_s), choice)


def _ask(reading: int, writing: int, timeout_s: float) -> str:
    answers = ""
    end_s = time.monotonic() + timeout_s
    with _unbuffered(reading):
        os.write(writing, (_KITTY + _CELL_SIZE + _ATTRIBUTES).encode("ascii"))
        while not _ATTRIBUTES_ANSWER.search(answers):
            left_s = end_s - time.monotonic()
            if left_s <= 0 or not select.select([reading], [], [], left_s)[0]:
                break
            received = os.read(reading, 1024)
            if not received:
                break
            answers += received.decode("latin-1")
    return answers


@contextmanager
def _unbuffered(terminal: int) -> Iterator[None]:
    """Have the terminal hand over each character unseen, and put it back as it was."""
    import termios  # noqa: PLC0415 (not on Windows)
    import tty  # noqa: PLC0415 (not on Windows)

    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSANOW)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
