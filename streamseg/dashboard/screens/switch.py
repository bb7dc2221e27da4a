"""Another source, model, backend or precision, without leaving the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, get_args

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static

from streamseg import registry
from streamseg.model import bundled_models
from streamseg.settings import AUTO, ModelSettings, StreamSettings

PRECISIONS = tuple(str(word) for word in get_args(ModelSettings.model_fields["precision"].annotation))


@dataclass(frozen=True, slots=True)
class Switch:
    """What to go over to."""

    location: str
    settings: StreamSettings


class SwitchScreen(ModalScreen[Switch | None]):
    """Asks what to go over to; answers None where the person turned away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel", show=False)]
    AUTO_FOCUS = "Input"

    def __init__(self, location: str, settings: StreamSettings) -> None:
        super().__init__()
        self._location = location
        self._settings = settings

    def compose(self) -> ComposeResult:
        """Make the dialog."""
        model = self._settings.model
        with Vertical(classes="dialog"):
            yield Static("Switch", classes="heading")
            yield Label("Source: a file, a folder, a camera (0) or synthetic:head", classes="muted")
            yield Input(self._location, id="location")
            yield Label("Model: a bundled one, or a file with its card beside it")
            yield Input(model.name, id="model", placeholder=", ".join(bundled_models()))
            with Horizontal(classes="buttons"):
                yield Select(_options(_backends()), value=model.backend, allow_blank=False, id="backend", compact=True)
                yield Select(
                    _options(PRECISIONS), value=model.precision, allow_blank=False, id="precision", compact=True
                )
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Switch", id="switch", variant="primary", compact=True)

    @on(Button.Pressed, "#cancel")
    def turn_away(self) -> None:
        """Close the dialog."""
        self.dismiss(None)

    @on(Button.Pressed, "#switch")
    @on(Input.Submitted)
    def answer(self) -> None:
        """Close the dialog with what was chosen."""
        chosen = {
            "name": self.query_one("#model", Input).value.strip() or self._settings.model.name,
            "backend": self.query_one("#backend", Select).value,
            "precision": self.query_one("#precision", Select).value,
        }
        model = self._settings.model.model_copy(update=chosen)
        location = self.query_one("#location", Input).value.strip() or self._location
        self.dismiss(Switch(location, self._settings.model_copy(update={"model": model})))


def _backends() -> tuple[str, ...]:
    usable = (name for name, plugin in registry.plugins("segmenters").items() if plugin.missing is None)
    return (AUTO, *usable)


def _options(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(word, word) for word in words]
