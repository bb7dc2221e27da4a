"""Masks kept until the end of a run, each slice once, at a bit a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame, Segmentation
from streamseg.geometry import Size

_NO_MAP = np.zeros((1, 1), np.float32)
_NO_MASK = np.zeros((1, 1), np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class KeptMask:
    """The mask of one frame with all else that is known of it, but for the picture and the probability map."""

    size: Size
    bits: NDArray[np.uint8]
    rest: Segmentation

    @classmethod
    def of(cls, segmentation: Segmentation) -> KeptMask:
        """Pack the mask of ``segmentation``."""
        nothing = np.zeros((1, 1), segmentation.frame.image.dtype)
        frame = replace(segmentation.frame, image=nothing)
        rest = replace(segmentation, frame=frame, probability=_NO_MAP, mask=_NO_MASK)
        return cls(segmentation.mask.shape, np.packbits(segmentation.mask), rest)

    @property
    def frame(self) -> Frame:
        """The frame, without its picture."""
        return self.rest.frame

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(H, W) bool."""
        height, width = self.size
        return np.unpackbits(self.bits, count=height * width).reshape(self.size).astype(np.bool_)

    @property
    def segmentation(self) -> Segmentation:
        """The segmentation with its mask; picture and probability map are gone."""
        return replace(self.rest, mask=self.mask)


class MaskBook:
    """The masks of a stream, by their place in its file or stack; one that comes again replaces the older one."""

    def __init__(self) -> None:
        self._masks: dict[int, KeptMask] = {}

    def __len__(self) -> int:
        return len(self._masks)

    def __iter__(self) -> Iterator[KeptMask]:
        """Yield the masks in the order of the stack."""
        return (self._masks[place] for place in sorted(self._masks))

    def at(self, place: int) -> KeptMask | None:
        """Return the mask of that place; None where there is none."""
        return self._masks.get(place)

    def add(self, segmentation: Segmentation) -> None:
        """Keep a mask; not one carried over from another frame."""
        if segmentation.is_own:
            self._masks[segmentation.frame.place] = KeptMask.of(segmentation)
