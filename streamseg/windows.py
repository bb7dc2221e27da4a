"""Windows of Hounsfield units: presets by name, those given as numbers, and what people and the model see."""

from __future__ import annotations

import re
from types import MappingProxyType

from streamseg.model_card import InputSpec, Window

CARD = "card"
PRESETS = MappingProxyType(
    {
        "brain": Window(centre_hu=40, width_hu=120),
        "stroke": Window(centre_hu=40, width_hu=40),
        "subdural": Window(centre_hu=75, width_hu=215),
        "bone": Window(centre_hu=480, width_hu=2500),
        "soft-tissue": Window(centre_hu=40, width_hu=400),
    }
)
_NUMBERS = re.compile(r"(-?\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")


def check_window(text: str) -> str:
    """Return ``text`` where it names a window.

    Raises
    ------
    ValueError
        It does not.
    """
    if text != CARD:
        parse_window(text)
    return text


def parse_window(text: str) -> Window:
    """Return the window that ``text`` names: a preset, or ``"CENTRE/WIDTH"`` in Hounsfield units.

    Raises
    ------
    ValueError
        It is neither, or the width is not above 0.
    """
    if text in PRESETS:
        return PRESETS[text]
    found = _NUMBERS.fullmatch(text)
    if found is None or float(found[2]) <= 0:
        raise ValueError(f"give CENTRE/WIDTH in HU, such as 40/120, or one of {', '.join(PRESETS)}, {CARD}")
    return Window(centre_hu=float(found[1]), width_hu=float(found[2]))


def shown_window(text: str, spec: InputSpec) -> Window | None:
    """Return the window through which people see Hounsfield units: the one that ``text`` names, else the model's."""
    return spec.window if text == CARD else parse_window(text)


def seen_by_model(text: str, spec: InputSpec) -> InputSpec:
    """Return what the model takes: through its own window, whatever is shown; without one, what is shown."""
    return spec if spec.window is not None else spec.model_copy(update={"window": shown_window(text, spec)})
