"""The transforms of a tracked sequence: which of them lead from the picture to a place in the room.

References
----------
PLUS toolkit, user manual: coordinate systems (Lasso et al. 2014, doi 10.1109/TBME.2014.2322864).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.volumes.stored import floats

IMAGE = "Image"
# Where a picture is best said to be: the first of these that can be reached.
TARGETS = ("Reference", "Patient", "RAS", "Phantom", "World", "Tracker", "Probe")
_NAME = re.compile(r"([A-Za-z0-9]+?)To([A-Z][A-Za-z0-9]*)Transform")
_OK = "OK"

Step = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Path:
    """The steps from the picture to ``target``; each a transform of the file, or the way back of one."""

    target: str
    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """The steps, to be shown."""
        return " and ".join(f"{source}To{target}" for source, target in self.steps)


def find_path(names: Sequence[Step]) -> Path | None:
    """Return the shortest way from the picture to the best of `TARGETS`; None where no transform is of the picture."""
    ways: dict[str, tuple[Step, ...]] = {IMAGE: ()}
    waiting = deque([IMAGE])
    while waiting:
        place = waiting.popleft()
        for source, target in names:
            beyond = {source: target, target: source}.get(place)
            if beyond is not None and beyond not in ways:
                ways[beyond] = (*ways[place], (place, beyond))
                waiting.append(beyond)
    best = next((target for target in TARGETS if target in ways), None)
    return None if best is None else Path(best, ways[best])


def names_of(fields: Mapping[str, str]) -> tuple[Step, ...]:
    """Return (from, to) of every transform that ``fields`` hold: those of one frame, or of the whole file."""
    return tuple((found[1], found[2]) for key in fields if (found := _NAME.fullmatch(key)))


def along(path: Path, fields: Mapping[str, str]) -> NDArray[np.float64] | None:
    """Return the matrix (4, 4) from pixels of the picture to mm at the end of ``path``, of one frame.

    None where one of the transforms is missing, not a matrix, or not said to be valid.
    """
    whole = np.eye(4)
    for source, target in path.steps:
        matrix = _matrix(fields, source, target)
        if matrix is None:
            return None
        whole = matrix @ whole
    lengths = np.linalg.norm(whole[:3, :2], axis=0)
    return whole if np.isfinite(whole).all() and lengths.min() > 0 else None


def _matrix(fields: Mapping[str, str], source: str, target: str) -> NDArray[np.float64] | None:
    for key, is_way_back in _keys(source, target):
        numbers = floats(fields.get(key, ""))
        if len(numbers) != 16 or fields.get(f"{key}Status", _OK) != _OK:
            continue
        matrix = np.reshape(numbers, (4, 4))
        if not is_way_back:
            return matrix
        if abs(np.linalg.det(matrix)) > 0:
            return np.asarray(np.linalg.inv(matrix), np.float64)
    return None


def _keys(source: str, target: str) -> Iterator[tuple[str, bool]]:
    yield f"{source}To{target}Transform", False
    yield f"{target}To{source}Transform", True
