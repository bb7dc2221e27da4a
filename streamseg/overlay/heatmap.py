"""The heatmap: probabilities as colours of a perceptual map, the more opaque the more probable.

References
----------
Smith, van der Walt 2015, "A Better Default Colormap for Matplotlib", SciPy 2015 (inferno, magma, plasma, viridis).
Nuñez, Anderton, Renslow 2018, "Optimizing colormaps with consideration for color vision deficiency to enable accurate
interpretation of scientific data", doi 10.1371/journal.pone.0199239 (cividis).
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box
from streamseg.overlay.mark import Mark
from streamseg.settings import ColourMap, OverlaySettings

_MAPS = MappingProxyType(
    {
        "inferno": cv2.COLORMAP_INFERNO,
        "magma": cv2.COLORMAP_MAGMA,
        "plasma": cv2.COLORMAP_PLASMA,
        "viridis": cv2.COLORMAP_VIRIDIS,
        "cividis": cv2.COLORMAP_CIVIDIS,
    }
)

# Worked on at a time, so that of a large picture the memory for what is in between is not fetched from the operating
# system anew for every frame, which took longer than all the arithmetic. A picture of 800x600 is one band: each more
# costs a dozen calls, and the whole drawing a tenth more time where other work has had the caches.
_BAND_PX = 1 << 19


@lru_cache(maxsize=len(_MAPS))
def colours_of(colour_map: ColourMap) -> NDArray[np.uint8]:
    """Return the colours (256, 3) RGB of a map, for probabilities from 0 to 1."""
    ramp = np.arange(256, dtype=np.uint8)[:, np.newaxis]
    colours = np.array(cv2.applyColorMap(ramp, _MAPS[colour_map])[:, 0, ::-1], np.uint8)
    colours.flags.writeable = False
    return colours


def heat_marks(
    probability: NDArray[np.float32], settings: OverlaySettings, *, region: Box | None = None
) -> tuple[Mark, ...]:
    """Return the heatmap of ``probability`` (H, W), 0 to 1: a mark for each band of the picture with any heat.

    Integers in OpenCV throughout and nothing outside the box of what is drawn: blending floats in numpy takes ten
    times as long. Levels are 1/255 steps of probability; colours are within 1.5 grey levels of the exact blend, and
    pixels of a probability below the floor stay as they are, to the bit.

    Parameters
    ----------
    region
        Where the probability may be above 0, if not everywhere.
    """
    region = region or Box.whole(probability.shape)
    rows = max(1, _BAND_PX // region.width)
    tops = range(region.top, region.top + region.height, rows)
    bands = (Box(top, region.left, min(rows, region.top + region.height - top), region.width) for top in tops)
    marks = (_band_mark(probability, band, settings) for band in bands)
    return tuple(mark for mark in marks if mark is not None)


def _band_mark(probability: NDArray[np.float32], band: Box, settings: OverlaySettings) -> Mark | None:
    levels = cv2.convertScaleAbs(band.crop(probability), alpha=255)
    cv2.threshold(levels, _first_level(settings.floor) - 1, 0, cv2.THRESH_TOZERO, dst=levels)
    left, top, width, height = cv2.boundingRect(levels)
    if width == 0:
        return None
    level = Box(top, left, height, width).crop(levels)
    box = Box(band.top + top, band.left + left, height, width)
    return Mark(box, partial(_blend, box=box, level=level, settings=settings))


def _blend(pane: NDArray[np.uint8], *, box: Box, level: NDArray[np.uint8], settings: OverlaySettings) -> None:
    under = box.crop(pane)
    kept = cv2.cvtColor(cv2.convertScaleAbs(level, alpha=-settings.opacity, beta=255), cv2.COLOR_GRAY2RGB)
    cv2.multiply(under, kept, dst=under, scale=1 / 255)
    # Looked up as whole numbers of four bytes, the colours come in half the time that applyColorMap takes.
    glow = cv2.LUT(level, _glow(settings.colour_map, settings.opacity)).view(np.uint8).reshape(*box.size, 4)
    cv2.add(under, cv2.cvtColor(glow, cv2.COLOR_RGBA2RGB), dst=under)


def _first_level(floor: float) -> int:
    """Return the lowest level that no probability below ``floor`` is rounded up to."""
    return max(1, math.ceil(floor * 255 + 0.5))


@lru_cache(maxsize=16)
def _glow(colour_map: ColourMap, opacity: float) -> NDArray[np.int32]:
    """Return what each level adds to the picture, its colour times its opacity: (256, 1), RGB and a 0 in each."""
    share = np.linspace(0, opacity, 256)[:, np.newaxis]
    glow = np.zeros((256, 4), np.uint8)
    glow[:, :3] = np.rint(colours_of(colour_map) * share)
    glow.flags.writeable = False
    return glow.view(np.int32)
