"""Writes a report of a stack at its end: FILE.json, and beside it FILE.md to read and FILE.png to look at."""

from __future__ import annotations

import json
import logging
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.claimed_file import ClaimedFile
from streamseg.display import displayed
from streamseg.errors import SinkError
from streamseg.frame import Rendering
from streamseg.masks.kept import MaskBook
from streamseg.overlay import Caption
from streamseg.protocols import StreamInfo
from streamseg.settings import OutputSettings
from streamseg.stacks.abc2 import abc2, largest
from streamseg.stacks.book import StackBook
from streamseg.stacks.markdown import to_markdown
from streamseg.stacks.montage import Album, make_tile, montage
from streamseg.stacks.report import StackReport, make_report
from streamseg.windows import shown_window

PLUGIN = {"suffixes": [".json"]}

logger = logging.getLogger(__name__)


def create(target: str, settings: OutputSettings) -> StackReporter:
    """Return what writes the file ``target`` and those beside it."""
    return StackReporter(Path(target), overwrite=settings.overwrite)


class StackReporter:
    """Counts the slices as they come, each once, and writes what is known of them at the end."""

    name = "stack_report"
    needs_main_thread = False
    needs_every_frame = True

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self._path = path
        self._overwrite = overwrite
        self._files: tuple[ClaimedFile, ...] = ()
        self._stream: StreamInfo | None = None
        self._book = StackBook()
        self._album = Album()
        self._masks = MaskBook()

    def open(self, stream: StreamInfo) -> None:
        """Claim the three files.

        Raises
        ------
        SinkError
            One exists already or cannot be written, or the source has no end.
        """
        if stream.source.is_live:
            raise SinkError("a live source is no stack and has no end; leave out --stack-report")
        if self._path.suffix != ".json":
            raise SinkError(f"the stack report needs a file that ends in .json, got {str(self._path)!r}")
        self._stream = stream
        source = stream.source
        self._book = StackBook(source.length if source.length is not None else source.frame_count)
        claimed: list[ClaimedFile] = []
        with ExitStack() as undo:
            for suffix in (".json", ".md", ".png"):
                file = ClaimedFile(self._path.with_suffix(suffix), can_overwrite=self._overwrite)
                undo.callback(file.release)
                claimed.append(file.claim())
            undo.pop_all()
        self._files = tuple(claimed)

    def write(self, rendering: Rendering) -> None:
        """Count one slice.

        Raises
        ------
        SinkError
            The sink was not opened.
        """
        if self._stream is None:
            raise SinkError("the stack report was given a frame before it was opened")
        segmentation = rendering.segmentation
        if not self._book.add(segmentation):
            return
        if segmentation.frame.position_mm is not None:
            self._masks.add(segmentation)
        card = self._stream.card
        window = shown_window(self._stream.settings.source.window, card.input)
        picture = rendering.cover.of_picture(displayed(segmentation.frame, window))
        tile = make_tile(segmentation, picture, colour=Caption.of(card, self._stream.route).rgb)
        self._album.add(segmentation.frame.place, tile, has_finding=segmentation.area_px > 0)

    def close(self) -> None:
        """Write the report of the slices seen; idempotent. Without a slice there is none.

        Raises
        ------
        SinkError
            A file cannot be written; those before it are.
        """
        files, self._files = self._files, ()
        if not files or self._stream is None:
            return
        try:
            self._write(files, self._stream)
        finally:
            for file in files:
                file.release()

    def _write(self, files: tuple[ClaimedFile, ...], stream: StreamInfo) -> None:
        if not self._book.slices:
            logger.warning("%s was not written: no slice came", self._path.name)
            return
        report = self._report(stream)
        data, page, picture = files
        data.write(f"{json.dumps(report.to_json(), indent=2, allow_nan=False)}\n".encode())
        page.write(to_markdown(report, picture.path.name).encode())
        picture.write(_png(montage(self._album.chosen(), _heading(report))))

    def _report(self, stream: StreamInfo) -> StackReport:
        slices = self._book.slices
        greatest = largest(slices)
        kept = None if greatest is None else self._masks.at(greatest.place)
        estimate = abc2(slices, None if kept is None else kept.mask, None if kept is None else kept.frame.spacing_mm)
        return make_report(stream, slices, self._book.volume, estimate)


def _heading(report: StackReport) -> tuple[str, ...]:
    card, source = report.stream.card, report.stream.source
    estimate = report.abc2.volume_ml
    figures = f"volume {report.volume.words}" + ("" if estimate is None else f"; ABC/2 {estimate:.2f} mL")
    return f"{source.name}: {card.structure.name}, {card.name} {card.version}", figures


def _png(picture: NDArray[np.uint8]) -> bytes:
    _, data = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return data.tobytes()
