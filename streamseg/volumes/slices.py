"""A volume made ready to play: slices in the direction asked for, or the means of slabs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SettingsError
from streamseg.frame import Frame
from streamseg.settings import SourceSettings
from streamseg.volumes.intensities import Intensities, judge
from streamseg.volumes.squaring import Squaring
from streamseg.volumes.stored import Stored
from streamseg.volumes.views import SIDES, View, look_along, obliqueness_degrees

RATE_HZ = 10.0
# Directions in a header are rounded; an angle smaller than this is none.
ASKEW_DEGREES = 0.5
UNDIRECTED = "the file does not say where left, front and head are; the slices are shown as they are stored"
UNSCALED = "the file says no distance between voxels; measurements are in pixels"


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """The slices of a volume, or slabs of several, in order."""

    view: View
    intensities: Intensities
    squaring: Squaring
    per_slab: int
    rate_hz: float
    detail: str
    warnings: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of frames."""
        return -(-len(self.view.voxels) // self.per_slab)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the frames in pixels."""
        return self.squaring.shown

    def frame(self, index: int, captured_ns: int) -> Frame:
        """Return the frame of that index."""
        first = index * self.per_slab
        last = min(first + self.per_slab, self.view.voxels.shape[0]) - 1
        middle = (first + last) / 2
        view, spacing_mm = self.view, self.view.spacing_mm
        thickness_mm = view.step_mm * (last - first + 1) if view.step_mm and self.per_slab > 1 else None
        picture = self.squaring.apply(self.intensities.shown(self._values(first, last)))
        return Frame(
            picture,
            index=index,
            captured_ns=captured_ns,
            media_time_ns=round(index * 1e9 / self.rate_hz),
            spacing_mm=None if spacing_mm is None else self.squaring.spacing_mm(spacing_mm),
            modality="CT" if self.intensities.unit == "hu" else None,
            unit=self.intensities.unit,
            position_mm=view.position_mm(middle),
            plane=self.squaring.plane(view.plane(middle, thickness_mm), spacing_mm),
        )

    def _values(self, first: int, last: int) -> NDArray[Any]:
        slab = self.view.voxels[first : last + 1]
        return np.asarray(slab[0] if first == last else np.mean(slab, axis=0, dtype=np.float64))


def make_slices(stored: Stored, voxels: NDArray[Any], settings: SourceSettings) -> Slices:
    """Turn ``voxels`` (I, J, K) or (I, J, K, 3) as the settings ask.

    Raises
    ------
    SettingsError
        A direction or a slab is asked for that the file does not say enough for.
    SourceUnreadableError
        The values cannot be shown.
    """
    is_directed = stored.affine_mm is not None
    if settings.axis in ("coronal", "sagittal") and not is_directed:
        raise SettingsError(
            f"{stored.name} does not say where left, front and head are, so there is no {settings.axis} view; "
            "use --axis stored"
        )
    intensities = judge(stored, voxels)
    view = look_along(voxels, stored.affine_mm, stored.spacing_mm, settings.axis)
    per_slab = _per_slab(stored, view, settings.slab_mm)
    axis = settings.axis if is_directed else "stored"
    squaring = Squaring.of(view.voxels.shape[1:3], None if axis == "stored" else view.spacing_mm)
    rate_hz = settings.rate_hz or RATE_HZ
    return Slices(
        view,
        intensities,
        squaring,
        per_slab,
        rate_hz,
        detail=_detail(stored, view, settings, axis=axis, per_slab=per_slab),
        warnings=(*intensities.warnings, *_remarks(stored, view, squaring)),
    )


def _per_slab(stored: Stored, view: View, slab_mm: float | None) -> int:
    """Return how many slices make a slab; at least one."""
    if slab_mm is None:
        return 1
    if not view.step_mm:
        raise SettingsError(f"{stored.name} does not say how far apart its slices are; leave out --slab")
    return max(1, round(slab_mm / view.step_mm))


def _detail(stored: Stored, view: View, settings: SourceSettings, *, axis: str, per_slab: int) -> str:
    height, width = view.voxels.shape[1:3]
    step = f" {view.step_mm:.4g} mm apart" if view.step_mm else ""
    slab = f", means of {per_slab} ({view.step_mm * per_slab:.4g} mm)" if per_slab > 1 and view.step_mm else ""
    sides = "" if axis == "stored" else f", {SIDES[axis]}"
    return (
        f"{'as stored' if axis == 'stored' else axis}{sides}; {view.voxels.shape[0]} slices{step}{slab}, "
        f"{stored.form} {view.voxels.dtype.name} {width}x{height} at {settings.rate_hz or RATE_HZ:.4g} Hz"
    )


def _remarks(stored: Stored, view: View, squaring: Squaring) -> Iterator[str]:
    if stored.affine_mm is None:
        yield UNDIRECTED
    elif (degrees := obliqueness_degrees(stored.affine_mm)) > ASKEW_DEGREES:
        yield (
            f"the volume lies askew in the patient, by {degrees:.1f} degrees; it is shown along its own axes, "
            "named after those of the patient that they are nearest to"
        )
    if view.lean_degrees > ASKEW_DEGREES:
        yield (
            f"the slices are stacked {view.lean_degrees:.1f} degrees off the right angle, as by a tilted gantry; "
            "distances between them are measured at right angles"
        )
    if view.skew_degrees > ASKEW_DEGREES:
        yield (
            f"rows and columns of this view are {view.skew_degrees:.1f} degrees off the right angle: shapes are "
            "distorted, and so is what is measured in it"
        )
    if view.spacing_mm is None:
        yield UNSCALED
    elif squaring.is_needed:
        yield (
            f"a voxel is {view.spacing_mm[0]:.4g} mm high and {view.spacing_mm[1]:.4g} mm wide in this view; "
            "pictures are stretched to square pixels"
        )
