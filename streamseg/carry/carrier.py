"""Keeps the newest map and carries it along, frame by frame, for as long as that can be trusted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamseg.carry.flow import Flow, Path
from streamseg.geometry import Size
from streamseg.postprocess import blend

# A map of which more than this share was lost on the way is dropped as a whole: the rest of an outline misleads.
MOST_LOST = 0.25
# One of which less was lost may still be smoothed over time.
HARDLY_LOST = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """A map (h, w), 0 to 1, as it lies in the newest picture.

    Attributes
    ----------
    source_index
        The frame that it was inferred from.
    age_ns
        How long before the newest frame that one was captured; 0 where the picture has not changed since.
    """

    model_map: NDArray[np.float32]
    source_index: int
    age_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A frame that was seen, small, and the way back from it to the one before; None for the first of a scene."""

    index: int
    captured_ns: int
    picture: NDArray[np.uint8]
    path: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """A map, the frame that it was inferred from, the picture it lies in, and the way there from the frame ``reached``.

    There is no path as long as that is the same picture.
    """

    model_map: NDArray[np.float32]
    index: int
    captured_ns: int
    picture: NDArray[np.uint8]
    reached: int
    path: Path | None = None


class Carrier:
    """Told every picture as it comes (`advance`) and every map once it is inferred (`accept`); `carry` joins them.

    A map that arrives for an earlier picture is brought to the newest one through the flows in between, which are
    joined when it is asked for: by then a newer map may have come. It is always looked up in the map itself, however
    many pictures ago that was, so that it does not blur from step to step.

    Parameters
    ----------
    size
        (height, width) of pictures and maps, the model's.
    oldest_ns
        No map is carried to a frame that was captured so much later than its own.
    """

    def __init__(self, size: Size, *, oldest_ns: int) -> None:
        self._flow = Flow(size)
        self._oldest_ns = oldest_ns
        self._steps: deque[_Step] = deque()
        self._source: _Source | None = None

    def drop(self) -> None:
        """Forget everything: the next picture has nothing to do with those before it."""
        self._steps.clear()
        self._source = None

    def advance(self, picture: NDArray[np.float32], index: int, captured_ns: int) -> None:
        """Take the next ``picture`` (h, w), 0 to 1; one that has not changed may be left out."""
        small = self._flow.shrink(picture)
        path = self._flow.back(small, self._steps[-1].picture) if self._steps else None
        self._steps.append(_Step(index, captured_ns, small, path))
        while captured_ns - self._steps[0].captured_ns > self._oldest_ns:
            self._steps.popleft()
        if self._source is not None and captured_ns - self._source.captured_ns > self._oldest_ns:
            self._source = None

    def accept(self, index: int, model_map: NDArray[np.float32], *, smoothing: float = 0.0) -> bool:
        """Take the map (h, w), 0 to 1, that was inferred from the frame of ``index``.

        Return whether it can be carried; not so if that frame is from before a cut, or too old.

        Parameters
        ----------
        smoothing
            Weight of the maps before it, 0 to 0.95, which are carried to it first; see `streamseg.postprocess.blend`.
        """
        step = next((step for step in self._steps if step.index == index), None)
        if step is None:
            return False
        past = self._source
        self._source = _Source(model_map, index, step.captured_ns, step.picture, reached=index)
        if smoothing and past is not None:
            self._source = self._smoothed(self._source, past, smoothing)
        return True

    def carry(self, captured_ns: int) -> Carried | None:
        """Return the newest map, as it lies in the newest picture; None where there is none to be trusted.

        Parameters
        ----------
        captured_ns
            When the frame was captured that it is for: the one of the newest picture, or one that looks the same.
        """
        if self._source is None:
            return None
        source = self._source = self._brought_up(self._source)
        if source.index == self._steps[-1].index:
            return Carried(source.model_map, source.index, 0)
        age_ns = captured_ns - source.captured_ns
        model_map, lost = self._carried(source)
        if age_ns > self._oldest_ns or lost > MOST_LOST:
            self._source = None
            return None
        return Carried(model_map, source.index, age_ns)

    def _smoothed(self, source: _Source, past: _Source, weight: float) -> _Source:
        """Return ``source`` with the map of before blended into it, both as they lie in the newest picture."""
        before, lost = self._carried(self._brought_up(past))
        if lost > HARDLY_LOST:
            return source
        after, _ = self._carried(self._brought_up(source))
        newest = self._steps[-1]
        blended = blend(before, after, weight)
        return replace(source, model_map=blended, picture=newest.picture, reached=newest.index)

    def _brought_up(self, source: _Source) -> _Source:
        """Return ``source`` with the way to it from the newest picture."""
        path = source.path
        for step in self._steps:
            if step.index > source.reached and step.path is not None:
                path = step.path if path is None else self._flow.join(step.path, path)
        return replace(source, path=path, reached=self._steps[-1].index)

    def _carried(self, source: _Source) -> tuple[NDArray[np.float32], float]:
        """Return the map as it lies in the newest picture, to which it was brought up, and the share that was lost."""
        if source.path is None:
            return source.model_map, 0.0
        return self._flow.carry(source.model_map, source.path, source.picture, self._steps[-1].picture)
