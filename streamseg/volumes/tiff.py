"""TIFF of several pages with more than 8 bits: a stack as microscopes, ImageJ and exports of scanners write it.

References
----------
Adobe, TIFF 6.0 (1992), section 8: resolution. ImageJ writes unit and slice distance into the description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.pages import FAULTS
from streamseg.volumes.storage import Layout
from streamseg.volumes.stored import Stored

SUFFIXES = (".tif", ".tiff")
# Pillow's name for what a page holds -> the type of its values.
DEEP_MODES: Mapping[str, str] = MappingProxyType({"I;16": "u2", "I;16B": "u2", "I;16L": "u2", "I": "i4", "F": "f4"})
_DESCRIPTION, _ACROSS, _DOWN, _UNIT = 270, 282, 283, 296
# An inch is what many programs write without meaning it.
_CENTIMETRE = 3
_UNITS_MM = MappingProxyType({"mm": 1.0, "cm": 10.0, "um": 0.001, "micron": 0.001, "\\u00B5m": 0.001, "µm": 0.001})


def is_deep_stack(path: Path) -> bool:
    """Whether a file is a TIFF of several pages with more than 8 bits; not where it cannot be read."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return False
    try:
        with Image.open(path) as file:
            return file.mode in DEEP_MODES and int(getattr(file, "n_frames", 1)) > 1
    except FAULTS:
        return False


def read_tiff(path: Path) -> Stored:
    """Read what a stack of pages says of itself.

    Raises
    ------
    SourceUnreadableError
        It is none.
    """
    try:
        with Image.open(path) as file:
            width, height = file.size
            dtype = np.dtype(DEEP_MODES[file.mode])
            count = int(getattr(file, "n_frames", 1))
            file.seek(0)
            spacing_mm = _spacing_mm(dict(getattr(file, "tag_v2", {})))
    except (*FAULTS, KeyError) as err:
        raise SourceUnreadableError(
            f"{path.name} is no stack of pages ({type(err).__name__}); export it again"
        ) from err
    layout = Layout(path, (width, height, count), dtype, encoding="tiff")
    return Stored(form="TIFF", layout=layout, axes=("space", "space", "space"), spacing_mm=spacing_mm)


def _spacing_mm(tags: Mapping[int, object]) -> tuple[float, ...] | None:
    """Return (column, row) and, where ImageJ says it, slice spacing; None where the unit of length is not said."""
    told = dict(re.findall(r"^(\w+)=(.*?)\s*$", str(tags.get(_DESCRIPTION, "")), re.MULTILINE))
    unit_mm = _UNITS_MM.get(told.get("unit", "")) if "ImageJ" in told else None
    if unit_mm is None and tags.get(_UNIT) == _CENTIMETRE:
        unit_mm = _UNITS_MM["cm"]
    try:
        across, down = (float(str(tags[tag])) for tag in (_ACROSS, _DOWN))  # in pixels per unit
        step = float(told.get("spacing", 0))
    except (KeyError, ValueError):
        return None
    if unit_mm is None or not (across > 0 and down > 0 and np.isfinite([across, down, step]).all()):
        return None
    return (unit_mm / across, unit_mm / down, *([abs(step) * unit_mm] if step else []))
