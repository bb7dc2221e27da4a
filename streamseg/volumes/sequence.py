"""What a sequence of PLUS or 3D Slicer says of its frames: when, which are good, which way up, and where.

References
----------
PLUS toolkit, user manual: sequence file, and ultrasound image orientation (Lasso et al. 2014,
doi 10.1109/TBME.2014.2322864).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.volumes import transforms

_FRAME_FIELD = re.compile(r"Seq_Frame(\d+)_(.+)")
_CODE = re.compile(r"(?:[MU][FN]|[FN][MU])[AD]?")


@dataclass(frozen=True, slots=True, eq=False)
class FrameFields:
    """What a file says of each of its frames, in their order, and of all together."""

    frames: tuple[Mapping[str, str], ...]
    whole: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Upright:
    """How pictures are brought upright: the probe at the top, its marked side on the right, as PLUS has them.

    Attributes
    ----------
    code
        As the file says it: where columns and rows go; empty where it says nothing that is known.
    swaps
        Whether rows and columns are exchanged first.
    turned
        Whether the rows, and the columns, are then shown the other way round.
    """

    code: str = ""
    swaps: bool = False
    turned: tuple[bool, bool] = (False, False)

    def apply(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return ``picture`` (H, W) or (H, W, 3) upright; a view."""
        shown = picture.swapaxes(0, 1) if self.swaps else picture
        return shown[:: -1 if self.turned[0] else 1, :: -1 if self.turned[1] else 1]


def split_fields(fields: Mapping[str, str], count: int) -> FrameFields:
    """Return ``fields`` by the frame that each belongs to."""
    frames: list[dict[str, str]] = [{} for _ in range(count)]
    whole: dict[str, str] = {}
    for key, value in fields.items():
        found = _FRAME_FIELD.fullmatch(key)
        if found is None:
            whole[key] = value.strip()
        elif int(found[1]) < count:
            frames[int(found[1])][found[2]] = value.strip()
    return FrameFields(tuple(frames), whole)


def good_frames(fields: FrameFields) -> tuple[int, ...]:
    """Return the frames that hold a picture: PLUS marks those of which only the tracker's data came."""
    return tuple(place for place, each in enumerate(fields.frames) if each.get("ImageStatus", "OK") != "INVALID")


def media_times_ns(fields: FrameFields, places: Sequence[int]) -> tuple[int, ...] | None:
    """Return when each of the frames at ``places`` is shown, from 0; None where the file does not say, or they mix."""
    try:
        times_s = [float(fields.frames[place]["Timestamp"]) for place in places]
    except (KeyError, ValueError):
        return None
    if not all(math.isfinite(time_s) for time_s in times_s):
        return None
    times_ns = tuple(round((time_s - times_s[0]) * 1e9) for time_s in times_s)
    return times_ns if all(one < other for one, other in itertools.pairwise(times_ns)) else None


def said(fields: FrameFields, name: str) -> str:
    """Return what the file says under ``name``, of itself; NRRD writes such names in small letters with blanks."""
    return next((value for key, value in fields.whole.items() if key.lower().replace(" ", "") == name.lower()), "")


def upright(fields: FrameFields) -> Upright:
    """Return how the pictures are brought upright."""
    # Nothing but a code goes on the screen, whatever else is written there.
    found = _CODE.match(said(fields, "UltrasoundImageOrientation").upper())
    if found is None:
        return Upright()
    across, down = found[0][0], found[0][1]
    if across in "FN":
        return Upright(found[0], swaps=True, turned=(across == "N", down == "U"))
    return Upright(found[0], turned=(down == "N", across == "U"))


def way_to_room(fields: FrameFields) -> transforms.Path | None:
    """Return the transforms that lead from the picture to the room; None where there are none."""
    return transforms.find_path(sorted(_transform_names(fields)))


def has_transforms(fields: FrameFields) -> bool:
    """Whether the file has any transforms at all."""
    return bool(_transform_names(fields))


def to_room(fields: FrameFields, way: transforms.Path, place: int) -> NDArray[np.float64] | None:
    """Return the matrix (4, 4) from pixels (x, y) of the upright picture at ``place`` to mm; None where not valid."""
    # One that holds for all frames, such as ImageToProbe, may be said once.
    return transforms.along(way, {**fields.whole, **fields.frames[place]})


def _transform_names(fields: FrameFields) -> set[transforms.Step]:
    return {name for each in (*fields.frames[:1], fields.whole) for name in transforms.names_of(each)}
