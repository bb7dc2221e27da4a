"""A folder of masks: a picture for each, probability maps if they are asked for, and a table of scores."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SinkError
from streamseg.frame import Frame, Segmentation
from streamseg.measurement import Measured

MapFormat = Literal["png", "npy"]


class MaskFolder:
    """A folder that takes segmentations: one or two files for each, and a line in ``scores.csv`` and ``scores.jsonl``.

    ``NAME_mask.png`` is 0 outside and 255 inside the mask. ``NAME_probability.png`` is 16-bit grey, 65535 for
    probability 1; as ``.npy`` it is float32. A name that comes again replaces its own files, and its last line counts.

    Parameters
    ----------
    map_format
        What probability maps are written as; None for no maps.

    Raises
    ------
    SinkError
        The folder cannot be written to, or holds scores already.
    """

    def __init__(self, folder: Path, *, map_format: MapFormat | None, can_overwrite: bool) -> None:
        self._folder = folder
        self._map_format = map_format
        self._mode = "w" if can_overwrite else "x"
        self._files = ExitStack()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            csv_file = self._files.enter_context((folder / "scores.csv").open(self._mode, encoding="utf-8", newline=""))
            self._lines = self._files.enter_context((folder / "scores.jsonl").open(self._mode, encoding="utf-8"))
        except OSError as err:
            self._files.close()
            raise _refusal(folder, err) from err
        self._table = csv.writer(csv_file)
        self._has_header = False
        self._names: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the tables; idempotent."""
        self._files.close()

    def write(self, name: str, segmentation: Segmentation) -> None:
        """Write the files of one segmentation under ``name``.

        Raises
        ------
        SinkError
            One of them exists already, or cannot be written.
        """
        mode = "w" if name in self._names else self._mode
        scores = score_record(name, segmentation)
        try:
            self._write_picture(f"{name}_mask.png", segmentation.mask.astype(np.uint8) * np.uint8(255), mode)
            self._names.add(name)
            self._write_map(name, segmentation.probability, mode)
            if not self._has_header:
                self._table.writerow(scores)
                self._has_header = True
            self._table.writerow(scores.values())
            self._lines.write(json.dumps(scores) + "\n")
        except OSError as err:
            raise _refusal(self._folder, err) from err

    def _write_map(self, name: str, probability: NDArray[np.float32], mode: str) -> None:
        if self._map_format == "npy":
            with (self._folder / f"{name}_probability.npy").open(f"{mode}b") as file:
                np.save(file, probability, allow_pickle=False)
        elif self._map_format == "png":
            self._write_picture(f"{name}_probability.png", np.rint(probability * 65535).astype(np.uint16), mode)

    def _write_picture(self, name: str, picture: NDArray[np.uint8] | NDArray[np.uint16], mode: str) -> None:
        _, data = cv2.imencode(".png", picture)
        with (self._folder / name).open(f"{mode}b") as file:
            file.write(data.tobytes())


def score_record(name: str, segmentation: Segmentation) -> dict[str, Any]:
    """Return what is known of one segmentation as plain values, in the order of the columns."""
    frame, scores = segmentation.frame, segmentation.scores
    media_time_s = None if frame.media_time_ns is None else frame.media_time_ns / 1e9
    return {
        "name": name,
        "frame": frame.index,
        "media_index": frame.media_index,
        "media_time_s": media_time_s,
        "height_px": segmentation.mask.shape[0],
        "width_px": segmentation.mask.shape[1],
        "mean": round(scores.mean, 6),
        "maximum": round(scores.maximum, 6),
        "top_percent": round(scores.top_percent, 6),
        "area": round(scores.area, 6),
        "area_px": segmentation.area_px,
        "area_mm2": segmentation.area_mm2,
        **_lengths(segmentation),
        "threshold": segmentation.threshold,
        **_geometry(frame),
    }


def _geometry(frame: Frame) -> dict[str, Any]:
    """Return where the picture lies, as DICOM says it; None for what is not known."""
    spacing, plane = frame.spacing_mm or (None, None), frame.plane
    return {
        "row_spacing_mm": spacing[0],
        "column_spacing_mm": spacing[1],
        "position_mm": frame.position_mm,
        "thickness_mm": None if plane is None else plane.thickness_mm,
        "origin_mm": None if plane is None else list(plane.origin_mm),
        "across": None if plane is None else list(plane.across),
        "down": None if plane is None else list(plane.down),
    }


def _lengths(segmentation: Segmentation) -> dict[str, Any]:
    """Return the length of every kind, None where it was not taken; the same columns whatever was."""
    found = {each.kind: each for each in segmentation.measurements}
    lengths = {kind: found[kind].value if kind in found else None for kind in get_args(Measured) if kind != "area"}
    unit = "px" if segmentation.frame.spacing_mm is None else "mm"
    return lengths | {"length_unit": unit, "is_cut": any(each.is_cut for each in segmentation.measurements)}


def _refusal(folder: Path, err: OSError) -> SinkError:
    path = Path(err.filename) if err.filename else folder
    if isinstance(err, FileExistsError):
        return SinkError(f"{path} exists already; choose another folder or add --overwrite")
    return SinkError(f"cannot write {path}: {err.strerror}; choose another folder")
