"""Remembers the scores of frames: of the newest ones, and of every frame of a file of known length."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Scores
from streamseg.watch.snapshot import ScoreTrack

RECENT_FRAMES = 4096
# Two and a half hours at 30 Hz, and 12 MB.
LONGEST_FILE_FRAMES = 2**18
# The track of a file is copied for a view no more often than this, a long file in proportion less.
_COPY_NS = 250_000_000
_COPY_FRAMES = 50_000

_ROW = np.dtype(
    [
        ("index", np.int64),
        ("time_s", np.float64),
        *((name, np.float32) for name in ("mean", "maximum", "top_percent", "area", "area_px", "area_mm2")),
    ]
)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What is written down of one frame; the fields are those of `ScoreTrack`, and its place in the file."""

    index: int
    media_index: int | None
    time_s: float
    scores: Scores
    area_px: int
    area_mm2: float | None

    @property
    def values(self) -> tuple[float, ...]:
        """The row of the table."""
        scores = self.scores
        area_mm2 = np.nan if self.area_mm2 is None else self.area_mm2
        shares = scores.mean, scores.maximum, scores.top_percent, scores.area
        return (self.index, self.time_s, *shares, self.area_px, area_mm2)


class ScoreBook:
    """Scores in constant memory. One thread adds; any thread reads.

    Parameters
    ----------
    length
        Number of frames in the file or stack, where known.
    """

    def __init__(self, length: int | None) -> None:
        self._recent = _empty(RECENT_FRAMES)
        self._count = 0
        self._file = None if length is None or not 0 < length <= LONGEST_FILE_FRAMES else _empty(length)
        self._file_copy: ScoreTrack | None = None
        self._copied_ns = 0
        self._copied_count = -1
        self._lock = threading.Lock()

    def add(self, row: ScoreRow) -> None:
        """Write down a frame."""
        with self._lock:
            self._recent[self._count % RECENT_FRAMES] = row.values
            self._count += 1
            if self._file is not None and row.media_index is not None and 0 <= row.media_index < len(self._file):
                self._file[row.media_index] = row.values

    def recent(self) -> ScoreTrack:
        """Return the scores of the newest frames, oldest first."""
        with self._lock:
            if self._count <= RECENT_FRAMES:
                return _track(self._recent[: self._count].copy())
            return _track(np.roll(self._recent, -(self._count % RECENT_FRAMES)))

    def file(self, now_ns: int) -> ScoreTrack | None:
        """Return the scores by position in the file, at most a quarter of a second old (more for a very long file)."""
        if self._file is None:
            return None
        interval_ns = _COPY_NS * max(1, len(self._file) / _COPY_FRAMES)
        is_due = self._count != self._copied_count and now_ns - self._copied_ns >= interval_ns
        if self._file_copy is None or is_due:
            with self._lock:
                self._file_copy = _track(self._file.copy())
                self._copied_ns, self._copied_count = now_ns, self._count
        return self._file_copy


def _empty(length: int) -> NDArray[np.void]:
    rows = np.zeros(length, _ROW)
    rows["index"] = -1
    for name in _ROW.names or ():
        if name != "index":
            rows[name] = np.nan
    return rows


def _track(rows: NDArray[np.void]) -> ScoreTrack:
    rows.flags.writeable = False
    return ScoreTrack(**{name: rows[name] for name in _ROW.names or ()})
