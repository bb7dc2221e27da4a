"""The dashboard's two looks. Calm greys; colour only for what the eye should find, and never alone."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="streamseg-dark",
    primary="#5f9ea8",
    secondary="#7d8ea3",
    accent="#f0b854",
    foreground="#d8dde3",
    background="#0f1215",
    surface="#14181c",
    panel="#1b2026",
    success="#6fbf8b",
    warning="#f0b854",
    error="#ec6a5e",
    dark=True,
    variables={"block-cursor-text-style": "none"},
)
LIGHT = Theme(
    name="streamseg-light",
    primary="#23707c",
    secondary="#5b6b7d",
    accent="#a85b00",
    foreground="#22272c",
    background="#fafafa",
    surface="#f1f3f4",
    panel="#e4e8ea",
    success="#1f7a45",
    warning="#a85b00",
    error="#b3261e",
    dark=False,
    variables={"block-cursor-text-style": "none"},
)
THEMES = (DARK, LIGHT)
