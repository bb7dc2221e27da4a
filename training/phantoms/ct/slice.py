"""One slice of a head before it is scanned: densities, and where everything that blood may follow lies.

Positions are in mm in the head's own frame: ``x`` to the right of an upright picture, ``y`` towards the back of the
head, ``z`` upwards from the base of the skull. A slice that is cut obliquely or of a head that is turned has
coordinates to match, so that whatever is painted by coordinates lies right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FAR_MM = 1000.0
"""Stands for a distance to something that is not in the slice."""


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The pixels of one slice; all arrays (H, W) float32.

    Attributes
    ----------
    hu
        Density in Hounsfield units: noise-free where computed, as scanned where ``is_scanned``.
    pixel_mm
        Distance between neighbouring pixels.
    x_mm, y_mm, z_mm
        Position in the head's frame.
    height_mm
        From the base of the skull to the vertex, inside.
    inner_mm
        Depth below the inner face of the skull; negative in bone, scalp and air. In a skull that was opened, below the
        dura.
    fluid
        Share of cerebrospinal fluid outside the ventricles, 0 to 1: sulci, fissures, cisterns.
    ventricles
        Share of ventricular fluid, 0 to 1.
    falx_mm, tentorium_mm
        Distance from the middle of the membrane; `FAR_MM` where the slice does not meet it.
    is_scanned
        Whether ``hu`` comes from a scanner: blurred and noisy already.
    """

    hu: Floats
    pixel_mm: float
    x_mm: Floats
    y_mm: Floats
    z_mm: Floats
    height_mm: float
    inner_mm: Floats
    fluid: Floats
    ventricles: Floats
    falx_mm: Floats
    tentorium_mm: Floats
    is_scanned: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.hu.shape[0], self.hu.shape[1]
