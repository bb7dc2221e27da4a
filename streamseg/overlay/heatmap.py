"""The heatmap: probabilities as colours of a perceptual map, the more opaque the more probable.

References
----------
Smith, van der Walt 2015, "A Better Default Colormap for Matplotlib", SciPy 2015 (inferno, magma, plasma, viridis).
Nuñez, Anderton, Renslow 2018, "Optimizing colormaps with consideration for color vision deficiency to enable accurate
interpretation of scientific data", doi 10.1371/journal.pone.0199239 (cividis).
"""

from __future__ import annotations

import math
from functools import lru_cache
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box
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

# Worked on at a time: what is in between then stays in the cache, and the memory for it is not fetched from the
# operating system anew for every frame, which took longer than all the arithmetic.
_BAND_PX = 1 << 17


@lru_cache(maxsize=len(_MAPS))
def colours_of(colour_map: ColourMap) -> NDArray[np.uint8]:
    """Return the colours (256, 3) RGB of a map, for probabilities from 0 to 1."""
    ramp = np.arange(256, dtype=np.uint8)[:, np.newaxis]
    colours = np.array(cv2.applyColorMap(ramp, _MAPS[colour_map])[:, 0, ::-1], np.uint8)
    colours.flags.writeable = False
    return colours


def paint_heatmap(
    canvas: NDArray[np.uint8],
    picture: NDArray[np.uint8],
    probability: NDArray[np.float32],
    settings: OverlaySettings,
) -> None:
    """Write ``picture`` with the heatmap over it into ``canvas`` (H, W, 3), where there is any heat.

    Integers in OpenCV throughout and nothing outside the box of what is drawn: blending floats in numpy takes ten
    times as long. Levels are 1/255 steps of probability; colours are within 1.5 grey levels of the exact blend.

    Parameters
    ----------
    canvas
        The picture in RGB already; pixels of a probability below the floor stay as they are, to the bit.
    picture
        Grey (H, W) or RGB (H, W, 3), 0 to 255.
    probability
        (H, W), 0 to 1.
    """
    rows = max(1, _BAND_PX // picture.shape[1])
    for top in range(0, picture.shape[0], rows):
        band = slice(top, top + rows)
        _paint_band(canvas[band], picture[band], probability[band], settings)


def _paint_band(
    canvas: NDArray[np.uint8],
    picture: NDArray[np.uint8],
    probability: NDArray[np.float32],
    settings: OverlaySettings,
) -> None:
    levels = cv2.convertScaleAbs(probability, alpha=255)
    cv2.threshold(levels, _first_level(settings.floor) - 1, 0, cv2.THRESH_TOZERO, dst=levels)
    left, top, width, height = cv2.boundingRect(levels)
    if width == 0:
        return
    box = Box(top, left, height, width)
    level, under = box.crop(levels), box.crop(picture)
    kept = cv2.convertScaleAbs(level, alpha=-settings.opacity, beta=255)
    if under.ndim == 2:
        # A grey picture is dimmed while it is one channel still: a third of the work.
        dimmed = cv2.cvtColor(cv2.multiply(under, kept, scale=1 / 255), cv2.COLOR_GRAY2RGB)
    else:
        dimmed = cv2.multiply(under, cv2.cvtColor(kept, cv2.COLOR_GRAY2RGB), scale=1 / 255)
    glow = cv2.applyColorMap(level, _glow(settings.colour_map, settings.opacity))
    cv2.add(dimmed, glow, dst=box.crop(canvas))


def _first_level(floor: float) -> int:
    """Return the lowest level that no probability below ``floor`` is rounded up to."""
    return max(1, math.ceil(floor * 255 + 0.5))


@lru_cache(maxsize=16)
def _glow(colour_map: ColourMap, opacity: float) -> NDArray[np.uint8]:
    """Return what each level adds to the dimmed picture, (256, 1, 3): its colour times its opacity."""
    share = np.linspace(0, opacity, 256)[:, np.newaxis]
    glow = np.rint(colours_of(colour_map) * share).astype(np.uint8)[:, np.newaxis]
    glow.flags.writeable = False
    return glow
