"""From a frame to the model's tensor, and from the model's map back to the frame. Pure, and shared with training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Unit
from streamseg.geometry import Box, Letterbox, Size
from streamseg.intensity import apply_window, to_grey, unit_scale
from streamseg.model_card import InputSpec
from streamseg.outline import Outline


@dataclass(frozen=True, slots=True)
class Placement:
    """Where in a frame of ``frame_size`` (height, width) a tensor came from: the region, and how it was letterboxed.

    ``scan`` is the outline of the scan in the frame, where one was found around the region or beside it.
    """

    frame_size: Size
    region: Box
    letterbox: Letterbox
    scan: Outline | None = None

    @classmethod
    def fit(cls, frame_size: Size, region: Box | None, spec: InputSpec) -> Placement:
        """Return the placement of ``region`` (None: the whole frame) in the tensor of ``spec``.

        Raises
        ------
        ValueError
            The region does not lie inside the frame.
        """
        region = region or Box.whole(frame_size)
        if not region.fits(frame_size):
            raise ValueError(f"the region {region} does not fit into a frame of {frame_size} (height, width)")
        return cls(frame_size, region, Letterbox.fit(region.size, spec.size))


def prepare(image: NDArray[Any], unit: Unit, spec: InputSpec, placement: Placement) -> NDArray[np.float32]:
    """Return the tensor (1, h, w, 1) float32, 0 to 1, of ``image`` (H, W) or (H, W, 3); padding is 0.

    Raises
    ------
    ValueError
        Hounsfield units for a model that has no window for them.
    """
    region = placement.region.crop(image)
    if unit == "hu":
        if spec.window is None:
            raise ValueError("the frame is in Hounsfield units, but the model is for display grey levels")
        scaled = placement.letterbox.apply(apply_window(region, spec.window.centre_hu, spec.window.width_hu))
    else:
        scaled = unit_scale(placement.letterbox.apply(to_grey(region)))
    return np.asarray(scaled[np.newaxis, :, :, np.newaxis], np.float32)


def restore(model_map: NDArray[np.float32], placement: Placement) -> NDArray[np.float32]:
    """Bring the model's map (h, w) back to frame pixels (H, W) float32; 0 outside the region."""
    inside = placement.letterbox.invert(model_map)
    if placement.region.size == placement.frame_size:
        return inside
    full = np.zeros(placement.frame_size, np.float32)
    placement.region.crop(full)[...] = inside
    return full
