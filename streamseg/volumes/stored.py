"""What a reader makes of a header: how the values lie, what their axes are, where they are, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.storage import Layout

AxisKind = Literal["space", "time", "colour"]

# Shorter than any voxel of a patient, in mm: an axis of this length has no direction.
_NO_LENGTH_MM = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A volume, or pictures in time, as described by its header.

    Attributes
    ----------
    form
        What the file is, to be shown: ``"NIfTI"``.
    axes
        Of each axis of the layout: a direction in space, time (or a list of pictures), or the parts of a colour.
    affine_mm
        (4, 4) from the indices of the three axes in space to (x, y, z) in mm, with DICOM's axes: to the left, the back
        and the head. None where the header does not say.
    spacing_mm
        Of the axes in space, None where the header does not say.
    rescale
        (slope, intercept) from what is stored to what is meant.
    display_range
        What the header says is to be shown black and white, after the rescale.
    modality
        DICOM code of the modality, where the header says it.
    fields
        Of a sequence: everything that its header says, by name.
    is_backwards
        Whether it is the last axis in space along which the columns of a picture are counted, and not the first.
    """

    form: str
    layout: Layout
    axes: tuple[AxisKind, ...]
    affine_mm: NDArray[np.float64] | None = None
    spacing_mm: tuple[float, ...] | None = None
    rescale: tuple[float, float] = (1.0, 0.0)
    display_range: tuple[float, float] | None = None
    modality: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    is_backwards: bool = False

    @property
    def name(self) -> str:
        """Of the file, to be shown."""
        return self.layout.path.name


def arranged(stored: Stored, values: NDArray[Any]) -> NDArray[Any]:
    """Return ``values`` with their axes in one order: three of space, time, and the colours last where there are any.

    Raises
    ------
    SourceUnreadableError
        There are more axes than that, or the colours are not three or four parts of one byte.
    """
    space, moments, colour = (
        [place for place, kind in enumerate(stored.axes) if kind == wanted] for wanted in ("space", "time", "colour")
    )
    if not 1 <= len(space) <= 3 or len(moments) > 1 or len(colour) > 1:
        raise SourceUnreadableError(
            f"{stored.name} has {len(space)} axes in space, {len(moments)} in time and {len(colour)} of colours; "
            "3, 1 and 1 can be played"
        )
    ordered = values.transpose(*(reversed(space) if stored.is_backwards else space), *moments, *colour)
    shape = (*ordered.shape[: len(space)], *[1] * (3 - len(space)), ordered.shape[len(space)] if moments else 1)
    if not colour:
        return ordered.reshape(shape)
    parts = ordered.shape[-1]
    if parts not in (1, 3, 4) or (parts > 1 and values.dtype != np.uint8):
        raise SourceUnreadableError(
            f"{stored.name} holds {parts} {values.dtype} values for each voxel; colours are 3 or 4 of uint8"
        )
    # The fourth part is transparency.
    return ordered[..., 0].reshape(shape) if parts == 1 else ordered[..., :3].reshape(*shape, 3)


def checked_affine(affine: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return ``affine`` (4, 4) where its three axes have a length and span space, else None."""
    if not np.isfinite(affine).all():
        return None
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if lengths.min() < _NO_LENGTH_MM or abs(np.linalg.det(affine[:3, :3] / lengths)) < 1e-3:
        return None
    return affine


def floats(text: str) -> tuple[float, ...]:
    """Return the numbers in ``text``, apart by blanks or commas; none where it holds anything else."""
    try:
        return tuple(float(part) for part in re.split(r"[\s,]+", text.strip()) if part)
    except ValueError:
        return ()
