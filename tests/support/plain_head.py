"""A head of three ovals: scalp, skull and brain of one density each."""

import numpy as np

from training.phantoms.ct.slice import FAR_MM, Slice

BRAIN_HU = 32.0


def plain_head(size: int = 192, *, field_mm: float = 230.0, skull_hu: float = 1200.0) -> Slice:
    """Return the slice of such a head, straight and in the middle of the picture."""
    pixel_mm = field_mm / size
    axis = ((np.arange(size) + 0.5) / size - 0.5).astype(np.float32) * np.float32(field_mm)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    depth = (1 - np.hypot(x / 75, y / 92)) * np.float32(80)
    hu = np.select([depth < 0, depth < 5, depth < 12], [-1000.0, 0.0, skull_hu], BRAIN_HU).astype(np.float32)
    nothing = np.zeros_like(hu)
    far = np.full_like(hu, FAR_MM)
    return Slice(hu, pixel_mm, x, y, nothing + 70, 135.0, (depth - 12).astype(np.float32), nothing, nothing, far, far)
