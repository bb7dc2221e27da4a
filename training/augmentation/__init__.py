"""Random changes of a training picture. Picture and mask share one draw of the geometry.

Black stays black: the padding of the letterbox is 0 when the model serves, so nothing here lifts it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.augmentation.geometry import draw_warp
from training.augmentation.grey import add_noise, blur, change_curve, change_window, cut_out, equalise
from training.augmentation.limits import AugmentationConfig
from training.augmentation.ultrasound import add_haze, add_speckle, attenuate, cast_shadow

__all__ = ["AugmentationConfig", "augment"]

# In the order in which a scanner brings them about: optics, then electronics, then the display.
CHANGES = (
    blur,
    attenuate,
    cast_shadow,
    add_haze,
    add_noise,
    change_window,
    change_curve,
    add_speckle,
    equalise,
    cut_out,
)


def augment(
    image: NDArray[np.float32],
    target: NDArray[np.bool_] | NDArray[np.float32],
    limits: AugmentationConfig,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return ``image`` (H, W), 0 to 1, and ``target`` (H, W) changed alike, both float32, 0 to 1.

    The target is a mask, whose pixels come out as 0 or 1, or float32 where it is in between, and stays so.
    """
    warp = draw_warp(rng, limits, image.shape)
    changed = warp.apply(image)
    for change in CHANGES:
        changed = change(changed, limits, rng)
    moved = warp.apply(target.astype(np.float32))
    if target.dtype == np.bool_:
        moved = (moved >= 0.5).astype(np.float32)
    return np.asarray(changed, np.float32), moved
