"""Follows the scene from frame to frame: which part of the picture the model looks at, and where a new scene begins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.errors import ModelError, SettingsError
from streamseg.frame import Frame
from streamseg.geometry import Box, content_box, parse_region
from streamseg.intensity import to_grey
from streamseg.model_card import InputSpec
from streamseg.outline import Outline
from streamseg.prepare import Placement, prepare
from streamseg.scan.sector import SectorFinder
from streamseg.scan.skull import model_region

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
    0.1 on average), and when the region changes. With the region ``auto``, the region of an ultrasound picture is where
    the scan is (`streamseg.scan.sector`), and of one of CT what the model is made for: the skull, in each slice anew
    (`streamseg.scan.skull`), or what is not black. In the first frames of a scene it may still change, since a scan
    does not fill its sector at once, and is known by its motion.

    The outline of the scan is followed with any region: it says what of a picture may be recorded.

    Parameters
    ----------
    looks_later
        A frame is prepared by where the scan was in those before it, and only `look` looks at it: for who is in a hurry
        until it is drawn. At the first one of a scene it is looked at once.
    """

    def __init__(self, region: str, spec: InputSpec, *, looks_later: bool = False) -> None:
        self._is_automatic = region == "auto"
        self._region = parse_region(region)
        self._spec = spec
        self._looks_later = looks_later
        self._thumbnail: NDArray[np.float32] | None = None
        self._finder = SectorFinder()
        self._scan: Outline | None = None
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
        if self._age == 0 or not self._looks_later:
            self._look(frame)
        has_changed = self._follow(frame)
        tensor, placement = self._tensor(frame)
        thumbnail = _thumbnail(tensor)
        is_cut = self._is_cut(thumbnail)
        if is_cut and self._age > 0:
            self._begin_anew()
            self._look(frame)
            self._follow(frame)
            tensor, placement = self._tensor(frame)
            thumbnail = _thumbnail(tensor)
        self._thumbnail = thumbnail
        self._age += 1
        return Prepared(tensor, placement, is_cut or has_changed)

    def look(self, frame: Frame) -> None:
        """Find out where the scan is in the ``frame`` prepared last, for the next one, if that was left for later."""
        if self._looks_later and self._age > 1:
            self._look(frame)

    def _tensor(self, frame: Frame) -> tuple[NDArray[np.float32], Placement]:
        placement = replace(Placement.fit(frame.size, self._region, self._spec), scan=self._scan)
        return prepare(frame.image, frame.unit, self._spec, placement), placement

    def _is_cut(self, thumbnail: NDArray[np.float32]) -> bool:
        return self._thumbnail is None or cv2.norm(thumbnail, self._thumbnail, cv2.NORM_L1) > CUT * thumbnail.size

    def _begin_anew(self) -> None:
        self._age, self._finder, self._scan = 0, SectorFinder(), None
        if self._is_automatic:
            self._region = None

    def _follow(self, frame: Frame) -> bool:
        """Go to where the scan is, and return whether the region is another one than before."""
        if self._is_ct(frame):
            return self._is_automatic and self._follow_head(frame)
        region = frame.scan_region or (Box.whole(frame.size) if self._scan is None else self._scan.box)
        if not self._is_automatic or region == self._region:
            return False
        self._region = region
        return True

    def _follow_head(self, frame: Frame) -> bool:
        """Go to the skull where the model is made for that, else to what is not black in the first frames."""
        found = self._skull(frame)
        if found is None and frame.unit == "grey":
            return self._age < SETTLING_FRAMES and self._grow(frame)
        # A slice is measured, so that its region must not depend on the one before it; video trembles.
        if found == self._region or (frame.unit == "grey" and _are_near(found, self._region)):
            return False
        self._region = found
        return True

    def _skull(self, frame: Frame) -> Box | None:
        box = frame.scan_region or Box.whole(frame.size)
        found = model_region(box.crop(frame.image), frame.unit, self._spec, frame.spacing_mm)
        return None if found is None else found.moved(box.top, box.left)

    def _is_ct(self, frame: Frame) -> bool:
        # A model with a window is one for CT, whose picture is a head and no sector.
        return frame.unit == "hu" or frame.modality == "CT" or self._spec.window is not None

    def _look(self, frame: Frame) -> None:
        if not self._is_ct(frame):
            self._scan = self._find(frame)

    def _find(self, frame: Frame) -> Outline | None:
        box = frame.scan_region
        if box is None or box == Box.whole(frame.size):
            return self._finder.update(frame.image)
        found = self._finder.update(box.crop(frame.image))
        return Outline.of_box(box) if found is None else found.moved(box.top, box.left)

    def _grow(self, frame: Frame) -> bool:
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


class SceneFollower:
    """Prepares the frames of a stream, in order, whose region of interest may change and which may be sought in.

    Parameters
    ----------
    looks_later
        As in `SceneTracker`.
    """

    def __init__(self, spec: InputSpec, *, looks_later: bool = False) -> None:
        self._spec = spec
        self._looks_later = looks_later
        self._tracker: SceneTracker | None = None
        self._region = ""
        self._seeks = 0

    def prepare(self, frame: Frame, region: str) -> Prepared:
        """Return ``frame`` ready for the model; a new scene begins with another ``region`` and with a seek too.

        Raises
        ------
        SettingsError
            The region given does not lie inside the frame.
        ModelError
            The frame holds Hounsfield units, and the model has no window for them.
        """
        if self._tracker is None or region != self._region:
            self._tracker = SceneTracker(region, self._spec, looks_later=self._looks_later)
            self._region = region
        prepared = self._tracker.prepare(frame)
        is_elsewhere, self._seeks = frame.seeks != self._seeks, frame.seeks
        return replace(prepared, is_new_scene=prepared.is_new_scene or is_elsewhere)

    def look(self, frame: Frame) -> None:
        """Look at the ``frame`` prepared last, if that was left for later; see `SceneTracker.look`."""
        if self._tracker is not None:
            self._tracker.look(frame)


def _are_near(first: Box | None, second: Box | None) -> bool:
    """Whether two regions differ by no more than `GROWTH` along each side."""
    if first is None or second is None:
        return first is second
    edges = [(box.top, box.left, box.top + box.height, box.left + box.width) for box in (first, second)]
    return all(abs(one - other) <= GROWTH * max(second.size) for one, other in zip(*edges, strict=True))


def _thumbnail(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(tensor[0, :, :, 0], (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA), np.float32)
