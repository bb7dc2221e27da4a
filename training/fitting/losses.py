"""What training minimises. Masks and probabilities are (n, h, w, 1); each loss is a mean over the batch.

Cross-entropy is steady and counts pixels; Dice does not care how small a structure is; focal Tversky weighs what is
missed above what is found in excess.

References
----------
Milletari, Navab, Ahmadi 2016, "V-Net", doi 10.1109/3DV.2016.79 (Dice as a loss).
Abraham, Khan 2019, "A Novel Focal Tversky Loss Function with Improved Attention U-Net for Lesion Segmentation",
doi 10.1109/ISBI.2019.8759329.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from keras import ops

from training.config import LossName

Loss = Callable[[Any, Any], Any]

PIXEL = 1.0
"""Added on both sides of a ratio of areas: an empty mask found empty is right, not 0/0."""

EPSILON = 1e-6
MISSED_WEIGHT = 0.7
FOCUS = 0.75
AXES = (1, 2, 3)


def binary_cross_entropy(masks: Any, probabilities: Any) -> Any:
    """Return the mean cross-entropy of the pixels."""
    masks, probabilities = _float32(masks, probabilities)
    return -ops.mean(masks * ops.log(probabilities) + (1 - masks) * ops.log(1 - probabilities))


def dice_and_cross_entropy(masks: Any, probabilities: Any) -> Any:
    """Return cross-entropy + 1 - mean soft Dice of the pictures: for data in which every picture has a mask."""
    return binary_cross_entropy(masks, probabilities) + 1 - ops.mean(_soft_dice(masks, probabilities, AXES))


def pooled_dice_and_cross_entropy(masks: Any, probabilities: Any) -> Any:
    """Return cross-entropy + 1 - soft Dice of the batch counted as one picture: for data with many empty masks.

    Where pictures count alike, nothing at all is a fine answer: it is perfect on every empty mask. A network that was
    trained so on computed CT slices, half of them empty, gave up finding anything after four epochs.
    """
    return binary_cross_entropy(masks, probabilities) + 1 - _soft_dice(masks, probabilities, (0, *AXES))


def focal_tversky(masks: Any, probabilities: Any) -> Any:
    """Return (1 - Tversky index) ** 0.75, missed pixels weighing 0.7 and excess ones 0.3."""
    masks, probabilities = _float32(masks, probabilities)
    found = ops.sum(masks * probabilities, axis=AXES)
    missed = ops.sum(masks * (1 - probabilities), axis=AXES)
    excess = ops.sum((1 - masks) * probabilities, axis=AXES)
    index = (found + PIXEL) / (found + MISSED_WEIGHT * missed + (1 - MISSED_WEIGHT) * excess + PIXEL)
    # The slope of a root is infinite at 0.
    return ops.mean(ops.maximum(1 - index, EPSILON) ** FOCUS)


LOSSES: Mapping[LossName, Loss] = {
    "binary_cross_entropy": binary_cross_entropy,
    "dice_and_cross_entropy": dice_and_cross_entropy,
    "pooled_dice_and_cross_entropy": pooled_dice_and_cross_entropy,
    "focal_tversky": focal_tversky,
}


def at_coarser_output(loss: Loss, factor: int) -> Loss:
    """Return ``loss`` for an output ``factor`` times smaller than the masks, which are averaged down to it."""
    if factor == 1:
        return loss

    def pooled(masks: Any, probabilities: Any) -> Any:
        # The stride is given although it is the default, which Keras 3.15 gets wrong on JAX.
        return loss(ops.average_pool(ops.cast(masks, "float32"), factor, factor), probabilities)

    return pooled


def _soft_dice(masks: Any, probabilities: Any, axes: tuple[int, ...]) -> Any:
    masks, probabilities = _float32(masks, probabilities)
    overlap = 2 * ops.sum(masks * probabilities, axis=axes)
    total = ops.sum(masks, axis=axes) + ops.sum(probabilities, axis=axes)
    return (overlap + PIXEL) / (total + PIXEL)


def _float32(masks: Any, probabilities: Any) -> tuple[Any, Any]:
    """Return both as float32, the probabilities kept off 0 and 1, where a logarithm ends."""
    return ops.cast(masks, "float32"), ops.clip(ops.cast(probabilities, "float32"), EPSILON, 1 - EPSILON)
