"""A question with one line for the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from streamseg.geometry import parse_region


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, how to answer, what stands there already, and what says why an answer will not do.

    ``check`` returns an empty string for a good answer.
    """

    heading: str
    hint: str
    value: str = ""
    check: Callable[[str], str] = lambda _: ""


class QuestionScreen(ModalScreen[str | None]):
    """Asks; answers with the words, or None where the person turned away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel", show=False)]
    AUTO_FOCUS = "Input"

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Make the dialog."""
        with Vertical(classes="dialog"):
            yield Static(self._question.heading, classes="heading", markup=False)
            yield Static(self._question.hint, classes="hint", markup=False)
            yield Input(self._question.value)
            yield Static("", classes="refusal", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the answer, or say why it will not do."""
        event.stop()
        refusal = self._question.check(event.value)
        if refusal:
            self.query_one(".refusal", Static).update(refusal)
        else:
            self.dismiss(event.value.strip())


def region_question(region: str, frame_size: tuple[int, int] | None) -> Question:
    """Return the question for the region of interest in frames of ``frame_size`` (height, width)."""
    size = "" if frame_size is None else f" The frame is {frame_size[1]}x{frame_size[0]}."

    def check(answer: str) -> str:
        try:
            parse_region(answer.strip())
        except ValueError as err:
            return str(err)
        return ""

    hint = f"auto (the scan, or the head), whole, or TOP,LEFT,HEIGHT,WIDTH in pixels.{size} Enter takes it, Esc leaves."
    return Question("Region of interest", hint, region, check)


def mark_question(index: int) -> Question:
    """Return the question for the words of a mark."""
    return Question(f"Mark frame {index}", "What is there to be seen? Enter writes it into the log, Esc leaves.")
