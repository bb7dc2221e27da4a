"""Counts what was found slice by slice, each slice once, however often and in which order it is played."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from streamseg.frame import Scores, Segmentation
from streamseg.stacks.extents import slice_extents_mm

NO_POSITIONS = "the positions of the slices are not known"
NO_SPACING = "the distance between pixels is not known"


@dataclass(frozen=True, slots=True)
class SliceFinding:
    """What was found in one slice.

    Attributes
    ----------
    place
        Which slice of the stack, from 0.
    index
        Of the frame in the stream, as the log names it.
    position_mm, thickness_mm
        As in `streamseg.frame.Frame`; None where the source does not know them.
    """

    place: int
    index: int
    position_mm: float | None
    thickness_mm: float | None
    area_px: int
    area_mm2: float | None
    scores: Scores
    threshold: float

    @classmethod
    def of(cls, segmentation: Segmentation) -> SliceFinding:
        """Return what was found in the frame of ``segmentation``."""
        frame = segmentation.frame
        return cls(
            place=frame.place,
            index=frame.index,
            position_mm=frame.position_mm,
            thickness_mm=None if frame.plane is None else frame.plane.thickness_mm,
            area_px=segmentation.area_px,
            area_mm2=segmentation.area_mm2,
            scores=segmentation.scores,
            threshold=segmentation.threshold,
        )


@dataclass(frozen=True, slots=True)
class StackVolume:
    """What was found over a stack so far.

    Attributes
    ----------
    volume_ml
        Sum of area times extent over the slices that were seen; None where ``why_not`` says why there is none.
    slices_seen, slice_count
        How many slices have a mask of their own, of how many; the latter None where the length is not known.
    with_finding
        How many slices have a mask that is not empty.
    """

    volume_ml: float | None
    slices_seen: int
    slice_count: int | None
    with_finding: int
    why_not: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether every slice of the stack was seen."""
        return self.slice_count is not None and self.slices_seen >= self.slice_count

    @property
    def words(self) -> str:
        """The volume, with the slices that it is of."""
        volume = f"not known: {self.why_not}" if self.volume_ml is None else f"{self.volume_ml:.2f} mL"
        whole = "" if self.is_complete else f" seen, of {self.slice_count or 'an unknown number'}: incomplete"
        return f"{volume}; a finding in {self.with_finding} of {self.slices_seen} slices{whole}"


class StackBook:
    """The slices of a stack, as they come. A slice that comes again counts as it was found last.

    One thread may add while others ask.

    Parameters
    ----------
    slice_count
        How many slices the whole stack has, where known.
    """

    def __init__(self, slice_count: int | None = None) -> None:
        self._slice_count = slice_count
        self._slices: dict[int, SliceFinding] = {}
        self._lock = threading.Lock()

    def add(self, segmentation: Segmentation) -> bool:
        """Count a slice, and return whether it was: a mask carried over from another frame is none of its own."""
        if not segmentation.is_own:
            return False
        found = SliceFinding.of(segmentation)
        with self._lock:
            self._slices[found.place] = found
        return True

    @property
    def slices(self) -> tuple[SliceFinding, ...]:
        """The slices seen, in the order of the stack."""
        with self._lock:
            return tuple(self._slices[place] for place in sorted(self._slices))

    @property
    def volume(self) -> StackVolume:
        """What was found so far."""
        slices = self.slices
        with_finding = sum(each.area_px > 0 for each in slices)
        try:
            volume_ml, why_not = sum(slice_volumes_ml(slices)), ""
        except ValueError as err:
            volume_ml, why_not = None, str(err)
        return StackVolume(volume_ml, len(slices), self._slice_count, with_finding, why_not)


def extents_mm(slices: tuple[SliceFinding, ...]) -> tuple[float, ...]:
    """Return the length of the stack that each slice stands for; see `slice_extents_mm`.

    Raises
    ------
    ValueError
        That cannot be known; the message says why.
    """
    positions_mm = [each.position_mm for each in slices if each.position_mm is not None]
    if not slices or len(positions_mm) < len(slices):
        raise ValueError(NO_POSITIONS)
    extents = slice_extents_mm([each.place for each in slices], positions_mm, slices[0].thickness_mm)
    return tuple(float(extent) for extent in extents)


def slice_volumes_ml(slices: tuple[SliceFinding, ...]) -> tuple[float, ...]:
    """Return what each slice adds to the volume: its area times the length of the stack that it stands for.

    Raises
    ------
    ValueError
        That cannot be known; the message says why.
    """
    extents = np.asarray(extents_mm(slices))
    areas_mm2 = [each.area_mm2 for each in slices if each.area_mm2 is not None]
    if len(areas_mm2) < len(slices):
        raise ValueError(NO_SPACING)
    return tuple(float(volume_ml) for volume_ml in extents * areas_mm2 / 1000)
