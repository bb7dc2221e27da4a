"""The proof of a model: its golden frame must give the answer of its card on the runtime that will run it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import GoldenFrameError, ModelCardError
from streamseg.frame import Unit
from streamseg.model_card import ModelCard, decode_frame, golden_map
from streamseg.prepare import Placement, prepare
from streamseg.protocols import Segmenter

# The first run allocates and compiles; what is proven, and timed afterwards, is the steady state.
WARM_UP_RUNS = 2


def check_golden(card: ModelCard, segmenter: Segmenter) -> None:
    """Warm ``segmenter`` up, then compare its answer to the golden frame with the one in the card.

    Raises
    ------
    GoldenFrameError
        It answers something else; the largest difference is named.
    ModelCardError
        The card has no usable golden frame or answer at this precision.
    """
    info = segmenter.info
    outputs = {str(precision): output for precision, output in card.golden.outputs.items()}
    if info.precision not in outputs:
        raise ModelCardError(f"the model card of {card.name} has no golden output at precision {info.precision}")
    expected = golden_map(outputs[info.precision])
    tensor = golden_tensor(card)
    if expected.shape != card.input.size:
        raise ModelCardError(f"the golden map of {card.name} is {expected.shape}, its input {card.input.size}")
    for _ in range(WARM_UP_RUNS):
        segmenter.infer(tensor)
    fault = _difference(segmenter.infer(tensor), expected, outputs[info.precision].tolerance)
    if fault:
        raise GoldenFrameError(
            f"model {card.name} ({info.precision}) does not reproduce its golden frame on {info.backend}, "
            f"{info.provider}: {fault}; choose another provider or backend, or export the model again"
        )


def proven(card: ModelCard, segmenter: Segmenter) -> Segmenter:
    """Return ``segmenter`` once it has passed `check_golden`, and close it where it does not."""
    try:
        check_golden(card, segmenter)
    except BaseException:
        segmenter.close()
        raise
    return segmenter


def golden_tensor(card: ModelCard) -> NDArray[np.float32]:
    """Return the golden frame as the stream would prepare it, (1, h, w, 1).

    Raises
    ------
    ModelCardError
        It is not for the model's input.
    """
    frame = decode_frame(card.golden)
    unit: Unit = "hu" if frame.dtype == np.int16 else "grey"
    if frame.shape != card.input.size:
        raise ModelCardError(f"the golden frame of {card.name} is {frame.shape}; expected is {card.input.size}")
    if unit == "hu" and card.input.window is None:
        raise ModelCardError(f"the golden frame of {card.name} is in Hounsfield units, but its input has no window")
    return prepare(frame, unit, card.input, Placement.fit(card.input.size, None, card.input))


def _difference(actual: NDArray[np.float32], expected: NDArray[np.float32], tolerance: float) -> str:
    """Return in words how ``actual`` differs from ``expected``; nothing where it is within ``tolerance``."""
    not_numbers = int(np.count_nonzero(~np.isfinite(actual)))
    if not_numbers:
        return f"{not_numbers} of {actual.size} probabilities are not numbers"
    largest = float(np.abs(actual - expected).max())
    return f"largest difference {largest:.4g}, tolerance {tolerance:.4g}" if largest > tolerance else ""
