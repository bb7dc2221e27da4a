"""What training minimises: cross-entropy, which is steady, plus Dice, which does not care how small a structure is.

References
----------
Milletari, Navab, Ahmadi 2016, "V-Net", doi 10.1109/3DV.2016.79 (Dice as a loss).
"""

from __future__ import annotations

from typing import Any

from keras import ops

PIXEL = 1.0
EPSILON = 1e-6


def dice_and_cross_entropy(masks: Any, probabilities: Any) -> Any:
    """Return the mean over the batch of cross-entropy + 1 - soft Dice, for masks and probabilities (n, h, w, 1)."""
    masks = ops.cast(masks, "float32")
    probabilities = ops.clip(ops.cast(probabilities, "float32"), EPSILON, 1 - EPSILON)
    entropy = -ops.mean(masks * ops.log(probabilities) + (1 - masks) * ops.log(1 - probabilities))
    axes = (1, 2, 3)
    overlap = 2 * ops.sum(masks * probabilities, axis=axes)
    total = ops.sum(masks, axis=axes) + ops.sum(probabilities, axis=axes)
    # One pixel on both sides: an empty mask found empty scores 1, not 0/0.
    return entropy + 1 - ops.mean((overlap + PIXEL) / (total + PIXEL))
