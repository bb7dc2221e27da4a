"""Whether an exported file answers as the network that was trained, on frames that it did not learn from."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from streamseg.model_card import Agreement
from training.data.samples import Samples, unit_images
from training.errors import TrainingError
from training.export.form import Form, Infer
from training.fitting.validation import predict
from training.metrics import Overlap

LARGEST_DIFFERENCE = 1e-4
"""Of a probability, for float32: runtimes add in another order, and nothing else may differ."""
LOWEST_DICE = 0.8
"""Between masks, for int8. Rounding leaves a trained network above 0.99; a broken file scores near 0."""

logger = logging.getLogger(__name__)


class Reference:
    """What the trained network says to frames that it did not learn from; ``threshold`` makes masks of it."""

    def __init__(self, network: keras.Model, held_out: Samples, threshold: float) -> None:
        self._images = held_out.images
        self._expected = predict(network, held_out.images)
        self._threshold = threshold

    def compare(self, form: Form) -> Iterator[Agreement]:
        """Yield how far ``form`` is from the network, for each number of frames that it is given at once.

        Raises
        ------
        TrainingError
            Too far to be the same network.
        """
        infer = form.open() if form.open else None
        for batch in form.batches:
            found = None if infer is None else ask(infer, self._images, batch)
            difference = None if found is None else self._difference(found, form)
            if difference is None:
                logger.warning("%s was not compared with Keras: its runtime is not on this system", form.path.name)
            else:
                logger.info("%s and Keras differ by %.1e at most, %d at once", form.path.name, difference, batch)
            yield Agreement(
                file=form.path.name,
                format=form.format,
                precision=form.precision,
                batch=batch,
                frames=0 if found is None else len(found),
                max_abs_difference=difference,
            )

    def _difference(self, found: NDArray[np.float32], form: Form) -> float:
        """Return the largest difference of a probability in ``found`` (n, h, w), checked."""
        difference = float(np.abs(found - self._expected).max())
        if form.precision == "int8":
            dice = Overlap.of(self._expected >= self._threshold, found >= self._threshold).dice
            if not dice >= LOWEST_DICE:
                raise _too_far(form.path, f"their masks have a Dice of {dice:.2f}, less than {LOWEST_DICE}")
        elif not difference <= LARGEST_DIFFERENCE:  # written so that NaN is caught
            raise _too_far(form.path, f"they differ by {difference:.1e}, more than {LARGEST_DIFFERENCE:.0e}")
        return min(difference, 1.0)


def ask(infer: Infer, images: NDArray[np.uint8], batch: int) -> NDArray[np.float32]:
    """Return the probability maps (n, h, w) of ``images`` (n, h, w), 0 to 255, always given ``batch`` at once.

    The last batch is filled up with the first images.
    """
    count = len(images)
    order = np.arange(-(-count // batch) * batch) % count
    parts = [
        infer(unit_images(images[order[start : start + batch]])[..., np.newaxis])
        for start in range(0, len(order), batch)
    ]
    return np.concatenate(parts)[:count]


def _too_far(file: Path, reason: str) -> TrainingError:
    return TrainingError(f"{file.name} is not the network that Keras trained, {reason}; do not ship it")
