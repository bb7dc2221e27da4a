"""One annotated picture, as every data set's reader gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Unit


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A picture with the expert's mask.

    Attributes
    ----------
    name
        Unique in its data set; the stem of its files in a prepared folder.
    subject
        What a split must keep together: the patient, or the examination where patients are not told apart.
    image
        (H, W) uint8 display grey levels, or int16 Hounsfield units where ``unit`` is ``"hu"``.
    mask
        (H, W) bool.
    spacing_mm
        Distance between neighbouring pixels, the same in both directions, where it is known.
    circumference_mm
        Circumference of the structure as the expert measured it, where there is such a figure.
    """

    name: str
    subject: str
    image: NDArray[Any]
    mask: NDArray[np.bool_]
    spacing_mm: float | None = None
    unit: Unit = "grey"
    circumference_mm: float | None = None
