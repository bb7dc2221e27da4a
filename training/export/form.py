"""A file in one of the forms in which a network is exported, and how to look through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from streamseg.model_card import Precision, Weights, WeightsFormat, sha256_of

Infer = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Probability maps (n, h, w) of tensors (n, h, w, 1), both float32, 0 to 1."""

SINGLE, SEVERAL = 1, 4
"""Pictures at once: as the stream gives them, and as who takes batches may."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """An exported file or folder.

    Attributes
    ----------
    open
        Opens it on its own runtime; None where that does not run here.
    batches
        How many pictures at once it is compared with.
    backends, derived_from
        As in the card.
    """

    path: Path
    format: WeightsFormat
    open: Callable[[], Infer] | None
    precision: Precision = "float32"
    batches: tuple[int, ...] = (SINGLE,)
    backends: tuple[str, ...] = ()
    derived_from: str | None = None

    def weights(self) -> Weights:
        """Return the entry of the card."""
        return Weights(
            file=self.path.name,
            format=self.format,
            precision=self.precision,
            sha256=sha256_of(self.path),
            backends=self.backends,
            derived_from=self.derived_from,
        )
