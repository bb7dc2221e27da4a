"""A sequence made ready to play: its frames in their time, upright, and where each of them lies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.frame import Frame, Modality
from streamseg.geometry import ImagePlane
from streamseg.settings import SourceSettings
from streamseg.volumes import sequence
from streamseg.volumes.intensities import Intensities, judge
from streamseg.volumes.sequence import FrameFields, Upright
from streamseg.volumes.stored import Stored
from streamseg.volumes.transforms import Path
from streamseg.volumes.views import triple

RATE_HZ = 10.0
UNTIMED = "the file says no times, or times that do not grow; its frames are played at {:g} per second (--rate)"
UNPLACED = "the file says where the probe was, but not how the picture lies in it; where frames lie is not known"
UNSCALED = "the file does not say how large a pixel is (PLUS then writes 1 mm); measurements are in pixels"


@dataclass(frozen=True, slots=True, eq=False)
class Cine:
    """Frames of a sequence.

    Attributes
    ----------
    pictures
        (N, H, W) or (N, H, W, 3) as stored.
    places
        Which of them are shown, in order.
    way
        The transforms that say where a frame lies.
    form
        What the file is, to be shown.
    """

    pictures: NDArray[Any]
    places: tuple[int, ...]
    times_ns: tuple[int, ...]
    fields: FrameFields
    way: Path | None
    upright: Upright
    intensities: Intensities
    spacing_mm: tuple[float, float] | None
    modality: Modality | None
    form: str
    warnings: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.places)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the frames in pixels."""
        height, width = self.pictures.shape[1:3]
        return (width, height) if self.upright.swaps else (height, width)

    @property
    def rate_hz(self) -> float | None:
        """Mean number of frames per second; None for a single one."""
        return (self.count - 1) * 1e9 / self.times_ns[-1] if self.count > 1 else None

    @property
    def detail(self) -> str:
        """What is played, to be shown."""
        height, width = self.size
        rate = f" at {self.rate_hz:.4g} Hz" if self.rate_hz else ""
        code = f", {self.upright.code}" if self.upright.code else ""
        return f"{self.count} frames, {self.form} sequence {self.pictures.dtype.name} {width}x{height}{code}{rate}"

    def frame(self, index: int, captured_ns: int) -> Frame:
        """Return the frame of that index."""
        place = self.places[index]
        to_room = None if self.way is None else sequence.to_room(self.fields, self.way, place)
        return Frame(
            self.intensities.shown(self.upright.apply(self.pictures[place])),
            index=index,
            captured_ns=captured_ns,
            media_time_ns=self.times_ns[index],
            spacing_mm=self.spacing_mm,
            modality=self.modality,
            unit=self.intensities.unit,
            plane=None if to_room is None else _plane(to_room),
        )


def make_cine(stored: Stored, voxels: NDArray[Any], settings: SourceSettings) -> Cine:
    """Make ``voxels`` (I, J, N) or (I, J, N, 3) ready to play.

    Raises
    ------
    SourceUnreadableError
        No frame holds a picture, or its values cannot be shown.
    """
    fields = sequence.split_fields(stored.fields, voxels.shape[2])
    kind = sequence.said(fields, "UltrasoundImageType").upper()
    if kind.startswith("RF"):
        raise SourceUnreadableError(f"{stored.name} holds radio-frequency lines; convert it to pictures first")
    places = sequence.good_frames(fields)
    if not places:
        raise SourceUnreadableError(f"no frame of {stored.name} holds a picture: all are marked as invalid")
    rate_hz = settings.rate_hz or RATE_HZ
    times_ns = sequence.media_times_ns(fields, places)
    upright, way = sequence.upright(fields), sequence.way_to_room(fields)
    is_ultrasound = bool(kind or upright.code or stored.modality == "US")
    intensities = judge(replace(stored, modality="US") if is_ultrasound else stored, voxels)
    cine = Cine(
        pictures=voxels.transpose(2, 1, 0, *range(3, voxels.ndim)),
        places=places,
        times_ns=times_ns or tuple(round(index * 1e9 / rate_hz) for index in range(len(places))),
        fields=fields,
        way=way,
        upright=upright,
        intensities=intensities,
        spacing_mm=_spacing_mm(stored, fields, way, is_swapped=upright.swaps),
        modality="US" if is_ultrasound else "CT" if intensities.unit == "hu" else None,
        form=stored.form,
    )
    return replace(cine, warnings=(*intensities.warnings, *_remarks(cine, settings, is_timed=times_ns is not None)))


def _remarks(cine: Cine, settings: SourceSettings, *, is_timed: bool) -> Iterator[str]:
    left_out = len(cine.fields.frames) - cine.count
    if left_out:
        yield f"frames that the file marks as invalid are left out: {left_out}"
    if not is_timed and cine.count > 1:
        yield UNTIMED.format(settings.rate_hz or RATE_HZ)
    elif settings.rate_hz and cine.count > 1:
        yield "a sequence is played at the times in it; --rate is for volumes"
    if settings.axis != "axial" or settings.slab_mm:
        yield "a sequence is played frame by frame; --axis and --slab are for volumes"
    if cine.upright.swaps or any(cine.upright.turned):
        yield f"frames are stored as {cine.upright.code}; they are shown as MF, upright, the probe's mark on the right"
    yield from _on_places(cine)


def _on_places(cine: Cine) -> Iterator[str]:
    if cine.way is not None:
        lost = sum(sequence.to_room(cine.fields, cine.way, place) is None for place in cine.places)
        missing = f"; it is not valid in {lost} of {cine.count} frames" if lost else ""
        yield f"where frames lie is taken from {cine.way.text}{missing}"
    elif sequence.has_transforms(cine.fields):
        yield UNPLACED
    if cine.spacing_mm is None:
        yield UNSCALED


def _spacing_mm(
    stored: Stored, fields: FrameFields, way: Path | None, *, is_swapped: bool
) -> tuple[float, float] | None:
    """Return (row, column) of the upright picture: from the transforms, else from the header if that knows."""
    if way is not None:
        found = (sequence.to_room(fields, way, place) for place in range(len(fields.frames)))
        to_room = next((each for each in found if each is not None), None)
        if to_room is not None:
            return float(np.linalg.norm(to_room[:3, 1])), float(np.linalg.norm(to_room[:3, 0]))
    if stored.spacing_mm is None or (stored.fields and set(stored.spacing_mm) == {1.0}):
        return None
    across, down = stored.spacing_mm[:2]
    return (across, down) if is_swapped else (down, across)


def _plane(to_room: NDArray[np.float64]) -> ImagePlane:
    across, down = (to_room[:3, own] / np.linalg.norm(to_room[:3, own]) for own in (0, 1))
    return ImagePlane(triple(to_room[:3, 3]), triple(across), triple(down))
