"""Where a file or stack stands, with the frame scores along it, so that frames with findings stand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._dragged import Dragged
from streamseg.dashboard.widgets._ink import Ink
from streamseg.dashboard.widgets._numbers import clock
from streamseg.dashboard.widgets._plotting import bar_rows, to_columns

_PAGE_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What a scrubber shows.

    Attributes
    ----------
    length
        Frames in the file or stack; 0 where unknown.
    position
        Index of the frame on screen.
    scores
        (length,) frame scores, 0 to 1, NaN where not computed yet; may be shorter.
    threshold
        The score from which a frame is a finding; None for none.
    ticks
        Signs to draw, by frame index: one character each, such as ``m`` for a mark.
    frame_rate_hz
        For the position in time; None for a stack without time.
    position_mm
        Where the slice on screen lies, said instead of the time; None where that is not known.
    """

    length: int = 0
    position: int = 0
    scores: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    threshold: float | None = None
    ticks: Mapping[int, str] = field(default_factory=dict)
    frame_rate_hz: float | None = None
    position_mm: float | None = None

    @property
    def findings(self) -> int:
        """How many frames reach the threshold."""
        return 0 if self.threshold is None else int(np.count_nonzero(self.scores >= self.threshold))


def frame_to_column(index: int, length: int, width: int) -> int:
    """Return the column of ``width`` in which frame ``index`` of ``length`` stands."""
    return min(width - 1, max(0, index * width // max(1, length)))


def column_to_frame(column: int, length: int, width: int) -> int:
    """Return the first frame that stands in ``column``; outside, the nearest frame."""
    return min(max(0, length - 1), max(0, -(-column * length // max(1, width))))


def draw_scrubber(track: Track, height: int, width: int, ink: Ink) -> list[Strip]:
    """Draw scores, the line with position and ticks, and the position in words; from above, what fits."""
    cells = Cells(height, width, ink.text)
    if not track.length:
        cells.write(height - 1, 0, "length not known", ink.muted)
        return cells.strips()
    has_words = height >= 2
    profile = max(1, height - 1 - (height >= 3))
    _write_scores(cells, track, profile, width, ink)
    line = profile if height >= 3 else profile - 1
    _write_line(cells, track, line, width=width, ink=ink, is_own_row=height >= 3)
    if has_words:
        _write_words(cells, track, height - 1, width, ink)
    return cells.strips()


def _write_scores(cells: Cells, track: Track, rows: int, width: int, ink: Ink) -> None:
    scores = _scores_by_column(track, width)
    lines = bar_rows(scores, rows, is_ascii=ink.is_ascii)
    threshold = track.threshold
    threshold_row = None if threshold is None or rows < 2 else min(rows - 1, int((1 - threshold) * rows))
    dash = "-" if ink.is_ascii else "┄"
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            score = scores[column]
            is_finding = threshold is not None and score >= threshold
            if character != " ":
                cells.write(row, column, character, ink.accent if is_finding else ink.line)
            elif row == threshold_row:
                cells.write(row, column, dash, ink.muted)
            elif row == rows - 1 and np.isnan(score):
                cells.write(row, column, "." if ink.is_ascii else "·", ink.muted)


def _scores_by_column(track: Track, width: int) -> NDArray[np.float64]:
    scores = np.full(track.length, np.nan)
    known = min(len(track.scores), len(scores))
    scores[:known] = track.scores[:known]
    return to_columns(scores, width)


def _write_line(cells: Cells, track: Track, row: int, *, width: int, ink: Ink, is_own_row: bool) -> None:
    here = frame_to_column(track.position, track.length, width)
    if is_own_row:
        cells.write(row, 0, ("=" if ink.is_ascii else "━") * here, ink.line)
        cells.write(row, here, ("-" if ink.is_ascii else "─") * (width - here), ink.muted)
    for index, sign in track.ticks.items():
        cells.write(row, frame_to_column(index, track.length, width), sign[:1], ink.warning)
    if is_own_row:
        cells.write(row, here, "O" if ink.is_ascii else "●", ink.accent)
    for above in range(row + (not is_own_row)):
        is_free = cells.at(above, here) in " ┄·-."
        cells.write(above, here, ("|" if ink.is_ascii else "│") if is_free else cells.at(above, here), ink.text)


def _write_words(cells: Cells, track: Track, row: int, width: int, ink: Ink) -> None:
    last = track.length - 1
    position = f"{track.position:>{len(str(last))}}/{last}"
    if track.position_mm is not None:
        position += f"  {track.position_mm:.1f} mm"
    elif track.frame_rate_hz:
        times = [clock(index / track.frame_rate_hz) for index in (track.position, last)]
        position += f"  {times[0]}/{times[1]}" if width >= 40 else f" {times[0]}"
    cells.write(row, 0, f"frame {position}" if width >= 28 else position, ink.text)
    if track.threshold is None:
        return
    words = f"{track.findings} {'findings' if track.findings != 1 else 'finding'}"
    full = f"{words} {'>=' if ink.is_ascii else '≥'} {track.threshold:.2f}"
    for text in (full, words):
        if len(position) + 7 + len(text) < width:
            cells.write_right(row, width, text, ink.accent)
            return


class Scrubber(Dragged, can_focus=True):
    """A position to be moved by mouse or key; the owner seeks and shows where the stream then stands."""

    DEFAULT_CSS = """
    Scrubber { height: 4; }
    Scrubber:focus { background-tint: $foreground 4%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Frame back", show=False),
        Binding("right", "step(1)", "Frame on", show=False),
        Binding("pageup", "page(-1)", "Tenth back", show=False),
        Binding("pagedown", "page(1)", "Tenth on", show=False),
        Binding("home", "seek(0)", "First frame", show=False),
        Binding("end", "last", "Last frame", show=False),
        Binding("shift+left", "finding(-1)", "Finding before", show=False),
        Binding("shift+right", "finding(1)", "Next finding", show=False),
    ]

    class Seek(Message):
        """A person wants to see frame ``index``."""

        def __init__(self, scrubber: Scrubber, index: int) -> None:
            super().__init__()
            self.scrubber = scrubber
            self.index = index

        @property
        def control(self) -> Scrubber:
            """The scrubber, for ``@on`` with a selector."""
            return self.scrubber

    def __init__(self, track: Track | None = None, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._track = track or Track()
        self._asked: int | None = None

    def show(self, track: Track) -> None:
        """Show ``track``."""
        self._track = track
        if not self._is_dragged:
            self._asked = None
        self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the scrubber."""
        return draw_scrubber(self._track, height, width, ink)

    def action_seek(self, index: int) -> None:
        """Ask for frame ``index``, or the nearest that there is."""
        if not self._track.length:
            return
        index = min(self._track.length - 1, max(0, index))
        if index not in {self._asked, self._track.position if self._asked is None else -1}:
            self._asked = index
            self.post_message(self.Seek(self, index))

    def action_step(self, steps: int) -> None:
        """Ask for a frame ``steps`` further."""
        self.action_seek(self._present + steps)

    def action_page(self, pages: int) -> None:
        """Ask for a frame a tenth of the whole further."""
        self.action_step(pages * max(1, round(self._track.length * _PAGE_SHARE)))

    def action_last(self) -> None:
        """Ask for the last frame."""
        self.action_seek(self._track.length - 1)

    def action_finding(self, direction: int) -> None:
        """Ask for the nearest frame with a finding, on (1) or back (-1)."""
        if self._track.threshold is None:
            return
        found = np.flatnonzero(self._track.scores >= self._track.threshold)
        found = found[found > self._present] if direction > 0 else found[found < self._present][::-1]
        if len(found):
            self.action_seek(int(found[0]))

    @property
    def _present(self) -> int:
        return self._track.position if self._asked is None else self._asked

    def drag_to(self, column: int) -> None:
        """Ask for the frame at ``column``."""
        self.action_seek(column_to_frame(column, self._track.length, self.size.width))
