"""What the values of a volume mean, and how they become Hounsfield units, grey levels or colours.

The rules, in this order:

1. Colours and grey values of 8 bits are shown as they are.
2. A volume is CT in Hounsfield units if its header says CT, or if it says nothing of the kind and the lowest value is
   -500 or less: only CT goes from air (-1000) to bone.
3. All other values are grey levels: black and white are what the header says is to be shown, else the 0.5th and the
   99.5th percentile, and what lies between is scaled linearly.

The values are looked at in slices spread evenly over the volume, so that a big one need not be read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.frame import Unit
from streamseg.volumes.stored import Stored

LOWEST_OF_CT = -500
PERCENTILES = (0.5, 99.5)
SLICES_LOOKED_AT = 32
VALUES_LOOKED_AT = 1 << 20
_HU_LIMITS = np.iinfo(np.int16)
_AIR_HU = -1024


@dataclass(frozen=True, slots=True)
class Intensities:
    """How values are shown.

    Attributes
    ----------
    rescale
        (slope, intercept), applied first.
    levels
        What becomes black and white; None where values are shown as they are.
    warnings
        What the user must know of it.
    """

    unit: Unit
    rescale: tuple[float, float] = (1.0, 0.0)
    levels: tuple[float, float] | None = None
    warnings: tuple[str, ...] = ()

    def shown(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the picture of ``values`` (H, W) or (H, W, 3): int16 Hounsfield units, or uint8; always a copy."""
        if values.dtype == np.uint8 and self.unit == "grey" and self.levels is None:
            return np.array(values, order="C")
        if values.dtype == np.int16 and self.unit == "hu" and self.rescale == (1.0, 0.0):
            return np.array(values, np.int16, order="C")
        slope, intercept = self.rescale
        meant = values.astype(np.float64) * slope + intercept
        if self.unit == "hu":
            finite = np.nan_to_num(meant, nan=_AIR_HU)
            return np.ascontiguousarray(np.clip(np.rint(finite), _HU_LIMITS.min, _HU_LIMITS.max).astype(np.int16))
        low, high = self.levels or (0.0, 255.0)
        share = np.clip((np.nan_to_num(meant, nan=low) - low) / (high - low), 0, 1)
        return np.ascontiguousarray(np.rint(share * 255).astype(np.uint8))


def judge(stored: Stored, voxels: NDArray[Any]) -> Intensities:
    """Find out what the values of ``voxels`` (I, J, K) or (I, J, K, 3), as they are stored, mean.

    Raises
    ------
    SourceUnreadableError
        They are no real numbers, or none of them is finite.
    """
    if voxels.dtype.kind not in "buif":
        raise SourceUnreadableError(f"{stored.name} holds {voxels.dtype} values; real numbers can be played")
    is_plain = stored.rescale == (1.0, 0.0)
    if voxels.dtype == np.uint8 and is_plain and stored.modality != "CT":
        return Intensities("grey")
    if voxels.dtype == np.bool_:
        return Intensities("grey", levels=(0.0, 1.0))
    sample = _sample(voxels).astype(np.float64) * stored.rescale[0] + stored.rescale[1]
    finite = sample[np.isfinite(sample)]
    if finite.size == 0:
        raise SourceUnreadableError(f"no value of {stored.name} is a finite number; export it again")
    return _judge(stored, finite, has_gaps=finite.size < sample.size)


def _judge(stored: Stored, sample: NDArray[np.float64], *, has_gaps: bool) -> Intensities:
    lowest = float(sample.min())
    if stored.modality == "CT" or (not stored.modality and lowest <= LOWEST_OF_CT):
        return Intensities("hu", stored.rescale, warnings=tuple(_ct_remarks(stored, lowest, has_gaps=has_gaps)))
    low, high = (float(level) for level in stored.display_range or np.percentile(sample, PERCENTILES))
    if not low < high:
        low, high = lowest, float(sample.max())
    if not low < high:
        high = low + max(1.0, abs(low))
    whence = "as its header says" if stored.display_range else "its 0.5th and 99.5th percentile"
    warnings = [f"{stored.layout.dtype.name} values from {low:.6g} to {high:.6g} are shown as black to white, {whence}"]
    if has_gaps:
        warnings.append("values that are no finite numbers are shown as black or white")
    return Intensities("grey", stored.rescale, (low, high), tuple(warnings))


def _ct_remarks(stored: Stored, lowest: float, *, has_gaps: bool) -> Iterator[str]:
    if not stored.modality:
        yield f"values as low as {lowest:.6g} are taken for Hounsfield units of a CT; the file does not name them"
    if has_gaps:
        yield f"values that are no numbers are shown as air, {_AIR_HU} HU"


def _sample(voxels: NDArray[Any]) -> NDArray[Any]:
    """Return values of slices spread evenly over the last axis in space, of which every n-th."""
    count = voxels.shape[2]
    places = np.unique(np.linspace(0, count - 1, min(count, SLICES_LOOKED_AT)).round().astype(int))
    step = max(1, int(np.sqrt(voxels.shape[0] * voxels.shape[1] * len(places) / VALUES_LOOKED_AT)))
    return np.stack([voxels[::step, ::step, place] for place in places])
