"""Notices a picture that has not changed, which need not be inferred again, and the end of a freeze.

A picture counts as unchanged where no block of it, a sixteenth of its side, differs from the last changed one by more
than `NOISE_LEVELS` grey levels in the mean. The largest mean of a block from one frame to the next was, in the model's
picture of 256x256 (benchmarks/gating.py): 0.00 of a frozen picture (SonoSite), 0.4 to 0.95 of one that was merely
encoded again (Clarius, H.264), and never below 1.92 in scans that go on (phantom at rest; Butterfly 1.96). An edge of
40 grey levels that moves by half a pixel along one side of a block makes 1.25.

It is compared with the last picture that had *changed*, not with the one before: slow motion is not missed.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.scene import Prepared

BLOCKS = 16
NOISE_LEVELS = 1.25
# A source that doubles its frames stands still for one of them; who freezes a scanner does so for longer.
FROZEN_NS = 300_000_000


class Stillness:
    """Compares every picture of a stream with the last one that was different."""

    def __init__(self) -> None:
        self._reference: NDArray[np.float32] | None = None
        self._since_ns = 0
        self._still_ns = 0
        self._has_thawed = False

    @property
    def has_thawed(self) -> bool:
        """Whether the picture seen last ended a freeze: what was drawn on the frozen one may lie elsewhere now."""
        return self._has_thawed

    def update(self, prepared: Prepared, captured_ns: int) -> bool:
        """Return whether this picture is still the one that was seen to change last; never so in a new scene."""
        tensor = prepared.tensor[0, :, :, 0]
        if self._reference is not None and not prepared.is_new_scene and not differs(self._reference, tensor):
            self._has_thawed = False
            self._still_ns = captured_ns - self._since_ns
            return True
        self._has_thawed = self._still_ns >= FROZEN_NS
        self._reference, self._since_ns, self._still_ns = tensor, captured_ns, 0
        return False


def differs(before: NDArray[np.float32], after: NDArray[np.float32]) -> bool:
    """Whether two pictures (h, w), 0 to 1, show anything else than the same with noise."""
    return largest_change(before, after) > NOISE_LEVELS


def largest_change(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """Return the mean change, in grey levels, of the block that changes most between two pictures (h, w), 0 to 1."""
    blocks = cv2.resize(cv2.absdiff(before, after), (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
    return float(blocks.max()) * 255
