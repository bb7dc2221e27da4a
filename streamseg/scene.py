"""Follows the scene from frame to frame: which part of the picture the model looks at, and where a new scene begins."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.errors import ModelError, SettingsError
from streamseg.frame import Frame
from streamseg.geometry import content_box, parse_region
from streamseg.intensity import to_grey
from streamseg.model_card import InputSpec
from streamseg.prepare import Placement, prepare

THUMBNAIL = 16
CUT = 0.1
SETTLING_FRAMES = 15
GROWTH = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A frame ready for the model: tensor (1, h, w, 1) float32, where it came from, and whether a new scene begins."""

    tensor: NDArray[np.float32]
    placement: Placement
    is_new_scene: bool


class SceneTracker:
    """Prepares the frames of one stream, in order.

    A new scene begins with the first frame, at a cut (the means of 16x16 blocks of the tensor change by more than
    0.1 on average), and when the region changes. With the region ``auto``, the region is what is not black; in the
    first frames of a scene it may still grow, since a scan does not fill its sector at once.
    """

    def __init__(self, region: str, spec: InputSpec) -> None:
        self._is_automatic = region == "auto"
        self._region = parse_region(region)
        self._spec = spec
        self._thumbnail: NDArray[np.float32] | None = None
        self._age = 0

    def prepare(self, frame: Frame) -> Prepared:
        """Return ``frame`` ready for the model.

        Raises
        ------
        SettingsError
            The region given does not lie inside the frame.
        ModelError
            The frame holds Hounsfield units, and the model has no window for them.
        """
        if frame.unit == "hu" and self._spec.window is None:
            raise ModelError(
                "the frames are in Hounsfield units, and the model is for display grey levels; choose a CT model, or a "
                "--window through which it sees them"
            )
        if self._region is not None and not self._region.fits(frame.size):
            raise SettingsError(
                f"region {self._region.top},{self._region.left},{self._region.height},{self._region.width} "
                f"(TOP,LEFT,HEIGHT,WIDTH) does not fit into frames of {frame.size[1]}x{frame.size[0]} (width x height)"
            )
        has_grown = self._is_automatic and self._age < SETTLING_FRAMES and self._grow(frame)
        tensor, placement = self._tensor(frame)
        is_cut = self._is_cut(tensor)
        if is_cut and self._is_automatic and self._age > 0:
            self._region, self._age = None, 0
            self._grow(frame)
            tensor, placement = self._tensor(frame)
        self._thumbnail = _thumbnail(tensor)
        self._age += 1
        return Prepared(tensor, placement, is_cut or has_grown)

    def _tensor(self, frame: Frame) -> tuple[NDArray[np.float32], Placement]:
        placement = Placement.fit(frame.size, self._region, self._spec)
        return prepare(frame.image, frame.unit, self._spec, placement), placement

    def _is_cut(self, tensor: NDArray[np.float32]) -> bool:
        if self._thumbnail is None:
            return True
        return float(np.abs(_thumbnail(tensor) - self._thumbnail).mean()) > CUT

    def _grow(self, frame: Frame) -> bool:
        if frame.unit == "hu":
            return False
        found = frame.scan_region or content_box(to_grey(frame.image))
        if self._region is None:
            self._region = found
            return True
        grown = self._region.union(found)
        added = max(grown.height - self._region.height, grown.width - self._region.width)
        if added <= GROWTH * max(self._region.size):
            return False
        self._region = grown
        return True


def _thumbnail(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(tensor[0, :, :, 0], (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA), np.float32)
