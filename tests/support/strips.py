"""What drawings consist of, as text that a person can read: each line with the ink of every cell below it."""

from collections.abc import Iterable

from rich.style import Style
from textual.strip import Strip

from streamseg.dashboard.widgets._ink import Ink

# What each part is drawn with, as a letter in stored drawings.
LETTERS = {"text": "T", "muted": "m", "line": "l", "fill": "f", "accent": "A", "good": "g", "warning": "w", "bad": "b"}


def lettered_ink(*, is_ascii: bool = False) -> Ink:
    """Return ink whose styles can be told apart, without true colours, so that gradients stay one style."""
    return Ink(**{part: Style(color=f"color({code})") for code, part in enumerate(LETTERS, 1)}, is_ascii=is_ascii)


def describe(strips: Iterable[Strip]) -> str:
    """Return each line between bars, and below it a letter for the ink of each cell that is not blank."""
    ink = lettered_ink()
    letters = {getattr(ink, part): letter for part, letter in LETTERS.items()}
    letters[ink.bad + Style(reverse=True)] = "R"
    lines = []
    for strip in strips:
        inks = "".join(
            letters.get(segment.style, "?") if character != " " else " "
            for segment in strip
            for character in segment.text
        )
        lines += [f"|{strip.text}|", f" {inks}".rstrip()]
    return "\n".join(lines)
