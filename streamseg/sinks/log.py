"""Writes one JSON object a line for every frame, and for what happened between frames (JSON Lines).

The lines, by their ``type``, in this order. Fields may be added, so a reader takes those that it knows; a line whose
type it does not know is no error. All ``_ns`` are of one monotonic clock; no line holds a path.

========== ==========================================================================================================
``start``  Once: source, model, runtime, route, ``settings`` as configured, ``live`` as they began, ``started_ns``.
``event``  What took effect with the next ``frame``: ``kind`` and ``message`` (see `streamseg.frame.Event`), ``at_ns``,
           and ``index`` of that frame; null where no frame came any more.
``vitals`` Once a second, before a frame: rates, jitter, processor time, memory and queues (`streamseg.frame.Vitals`).
``frame``  Each frame that came out: ``index``, which never repeats; ``media_index``, its position in the file, which
           does after a seek; ``position_mm`` of a slice, ``stack`` so far (`streamseg.stacks.book.StackVolume`);
           ``stamps_ns`` of every stage; scores, areas, threshold; ``drops`` so far by cause;
           ``measurements`` with ``kind``, ``value`` (null where none is claimed), ``unit``, ``is_cut``.
``end``    Once, where the stream ended properly: the number of ``frames``.
========== ==========================================================================================================
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from io import FileIO
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from streamseg.errors import SinkError
from streamseg.frame import Event, Rendering, Segmentation
from streamseg.measure.records import measurement_record
from streamseg.protocols import StreamInfo
from streamseg.settings import OutputSettings, StreamSettings
from streamseg.stacks.book import StackBook

PLUGIN = {"suffixes": [".jsonl"]}


def create(target: str, settings: OutputSettings) -> Log:
    """Return a log that is written to the file ``target``."""
    return Log(Path(target), overwrite=settings.overwrite)


class Log:
    """Writes the lines that the module describes.

    Every line is handed to the operating system at once and whole, so that others can follow the file as it grows.
    """

    name = "log"
    needs_main_thread = False
    needs_every_frame = True

    def __init__(self, path: Path, *, overwrite: bool = False) -> None:
        self._path = path
        self._overwrite = overwrite
        self._file: FileIO | None = None
        self._stream: StreamInfo | None = None
        self._frame_count = 0
        self._slices = StackBook()

    def open(self, stream: StreamInfo) -> None:
        """Make the file and write its first line.

        Raises
        ------
        SinkError
            The file exists already, or cannot be written.
        """
        if not self._path.name:
            raise SinkError("the log needs the name of a file, such as log:run.jsonl, got none")
        try:
            self._file = FileIO(self._path, "wb" if self._overwrite else "xb")
        except FileExistsError as err:
            raise SinkError(f"{self._path} exists already; give another name or --overwrite") from err
        except OSError as err:
            raise SinkError(f"cannot write the log {self._path}: {err.strerror}; give another folder") from err
        self._stream = stream
        source = stream.source
        self._slices = StackBook(source.length if source.length is not None else source.frame_count)
        self._write_line(start_record(stream))

    def write(self, rendering: Rendering) -> None:
        """Append the events since the last frame, then the frame.

        Raises
        ------
        SinkError
            The file cannot be written, such as on a full disk. The lines so far stay whole.
        """
        if self._stream is None:
            raise SinkError("the log was given a frame before it was opened")
        index = rendering.segmentation.frame.index
        for event in rendering.events:
            self._write_line(event_record(event, index if event.index is None else event.index))
        if rendering.vitals is not None:
            self._write_line({"type": "vitals", "index": index} | asdict(rendering.vitals))
        if rendering.segmentation.frame.position_mm is not None:
            self._slices.add(rendering.segmentation)
        self._write_line(frame_record(rendering, self._stream) | self._stack_record())
        self._frame_count += 1

    def close(self) -> None:
        """Write the last line and close the file; idempotent.

        Raises
        ------
        SinkError
            The last line could not be written.
        """
        if self._file is None:
            return
        try:
            for event in () if self._stream is None else self._stream.controls.pending:
                self._write_line(event_record(event, None))
            self._write_line({"type": "end", "frames": self._frame_count})
        finally:
            self._release()

    def _stack_record(self) -> dict[str, Any]:
        """Return what was found over the stack so far; nothing for a source that is none."""
        volume = self._slices.volume
        return {"stack": asdict(volume) if volume.slices_seen else None}

    def _release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write_line(self, record: Mapping[str, Any]) -> None:
        if self._file is None:
            raise SinkError(f"the log {self._path} is closed")
        line = json.dumps(_finite(record), allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        end = self._file.tell()
        try:
            written = self._file.write(line)
            if written < len(line):
                # The disk is full in mid-line; the rest will not fit either, and says why.
                self._file.write(line[written:])
        except OSError as err:
            self._file.truncate(end)
            self._release()
            raise SinkError(f"cannot write the log {self._path}: {err.strerror}; the lines so far are whole") from err


def start_record(stream: StreamInfo) -> dict[str, Any]:
    """Return what a log begins with: everything that is needed to run the same again, and no path."""
    card, runtime = stream.card, stream.segmenter
    return {
        "type": "start",
        "streamseg": version("streamseg"),
        "notice": "research use only",
        "source": asdict(stream.source) | {"name": _file_name(stream.source.name)},
        "model": {
            "name": card.name,
            "version": card.version,
            "modality": card.modality,
            "sha256": stream.weights.sha256,
        },
        "route": stream.route,
        "backend": runtime.backend,
        "provider": runtime.provider,
        "precision": runtime.precision,
        "threads": runtime.threads,
        "structure": {"name": card.structure.name, "colour": card.structure.colour},
        "started_ns": time.monotonic_ns(),
        "live": asdict(stream.controls.current) | {"overlay": stream.controls.current.overlay.model_dump()},
        "settings": _settings(stream.settings),
    }


def event_record(event: Event, index: int | None) -> dict[str, Any]:
    """Return the line of an event that took effect with the frame of ``index``."""
    return {"type": "event", "index": index, "at_ns": event.at_ns, "kind": event.kind, "message": event.message}


def frame_record(rendering: Rendering, stream: StreamInfo) -> dict[str, Any]:
    """Return the line of a frame."""
    segmentation = rendering.segmentation
    media_time_ns = segmentation.frame.media_time_ns
    return {
        "type": "frame",
        "index": segmentation.frame.index,
        "media_index": segmentation.frame.media_index,
        "position_mm": segmentation.frame.position_mm,
        "media_time_s": None if media_time_ns is None else media_time_ns / 1e9,
        "stamps_ns": asdict(segmentation.stamps),
        "latency_ms": _latency_ms(segmentation),
        "drops": dict(rendering.drops),
        "scores": asdict(segmentation.scores),
        "area_px": segmentation.area_px,
        "area_mm2": segmentation.area_mm2,
        "measurements": [measurement_record(each) for each in segmentation.measurements],
        "threshold": segmentation.threshold,
        "provider": stream.segmenter.provider,
        "carried_from": segmentation.carried_from,
        "reused_from": segmentation.reused_from,
        "mask_age_ms": segmentation.mask_age_ms,
        "is_new_scene": segmentation.is_new_scene,
        "fps": rendering.fps,
    }


def _latency_ms(segmentation: Segmentation) -> float | None:
    """Return the time from the capture of the frame to the last stage that it has been through."""
    stamps = asdict(segmentation.stamps)
    captured_ns = stamps.pop("captured_ns") or segmentation.frame.captured_ns
    last_ns = max(stamps.values())
    return (last_ns - captured_ns) / 1e6 if last_ns else None


def _file_name(text: str) -> str:
    """Return ``text`` without the folders before it: a path may name a person."""
    return PureWindowsPath(PurePosixPath(text).name or text).name or text


def _settings(settings: StreamSettings) -> dict[str, Any]:
    """Return the settings without the folders of any path in them; the ``/`` of a window, 40/120, is none of a path."""
    plain: dict[str, Any] = _without_folders(settings.model_dump(exclude={"output": {"folder"}}))
    return plain | {"source": plain["source"] | {"window": settings.source.window}}


def _without_folders(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_folders(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_folders(item) for item in value]
    if isinstance(value, Path):
        return value.name
    return _file_name(value) if isinstance(value, str) else value


def _finite(value: Any) -> Any:
    """Return ``value`` with null for every number that is not finite: JSON has no other word for it."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
