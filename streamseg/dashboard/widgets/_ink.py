"""What drawings are made with: the styles of the theme, and whether there are only ASCII characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.color import Color, blend_rgb
from rich.style import Style


@dataclass(frozen=True, slots=True)
class Ink:
    """Styles by what they are for, so that no drawing names a colour.

    Attributes
    ----------
    text, muted
        Words and numbers; axes, units and what is not important now.
    line, fill
        Curves; the lower end of the gradient under them.
    accent
        What the eye should find: the threshold, findings, the position.
    good, warning, bad
        States. They always come with a word or another sign.
    is_ascii
        Draw with ASCII characters only.
    """

    text: Style = field(default_factory=Style)
    muted: Style = field(default_factory=Style)
    line: Style = field(default_factory=Style)
    fill: Style = field(default_factory=Style)
    accent: Style = field(default_factory=Style)
    good: Style = field(default_factory=Style)
    warning: Style = field(default_factory=Style)
    bad: Style = field(default_factory=Style)
    is_ascii: bool = False


def gradient(low: Style, high: Style, steps: int) -> Sequence[Style]:
    """Return ``steps`` styles from ``low`` to ``high``; all ``high`` where a style has no true colour."""
    if low.color is None or high.color is None or low.color.triplet is None or high.color.triplet is None:
        return [high] * steps
    first, last = low.color.triplet, high.color.triplet
    shares = [step / max(1, steps - 1) for step in range(steps)]
    return [high + Style.from_color(Color.from_triplet(blend_rgb(first, last, share))) for share in shares]
