"""Which measurements are taken: those of the model card, unless the user names others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from streamseg.model_card import MeasurementKind

CARD = "card"
NONE = "none"


def check_kinds(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``words`` where they name measurements, or are just ``card`` or ``none``.

    Raises
    ------
    ValueError
        They do not.
    """
    known = get_args(MeasurementKind)
    if words not in ((CARD,), (NONE,)) and not (words and set(words) <= set(known)):
        raise ValueError(f"give {CARD}, {NONE}, or some of {', '.join(known)} with commas between")
    return words


def chosen_kinds(words: Sequence[str], of_card: tuple[MeasurementKind, ...]) -> tuple[MeasurementKind, ...]:
    """Return the measurements that ``words``, checked by `check_kinds`, ask for; each once."""
    if tuple(words) == (CARD,):
        return of_card
    return () if tuple(words) == (NONE,) else tuple(dict.fromkeys(cast("Sequence[MeasurementKind]", words)))
