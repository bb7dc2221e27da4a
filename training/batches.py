"""Batches of augmented pictures. Each picture has its own random numbers, so batches come out alike after a resume."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.augmentation import augment_image, augment_mask, draw_augmentation
from training.config import AugmentationConfig
from training.samples import Samples

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class BatchMaker:
    """Makes the batches of any epoch.

    Attributes
    ----------
    real
        Samples that are seen once an epoch.
    phantoms
        Samples to mix in, or None.
    phantom_share
        Share of an epoch's pictures that are phantoms.
    size
        Pictures a batch; the last one of an epoch may hold fewer.
    """

    real: Samples
    phantoms: Samples | None
    phantom_share: float
    limits: AugmentationConfig
    size: int
    seed: int

    @property
    def phantoms_per_epoch(self) -> int:
        """How many phantoms join the real pictures of an epoch."""
        if self.phantoms is None:
            return 0
        return round(len(self.real) * self.phantom_share / (1 - self.phantom_share))

    @property
    def steps(self) -> int:
        """Batches an epoch."""
        return -(-(len(self.real) + self.phantoms_per_epoch) // self.size)

    def epoch(self, number: int) -> Iterator[Batch]:
        """Yield the batches of epoch ``number``: pictures and masks (n, h, w, 1); the next one is made meanwhile."""
        order = self._order(number)
        groups = [order[start : start + self.size] for start in range(0, len(order), self.size)]
        with ThreadPoolExecutor(1, thread_name_prefix="batches") as pool:
            upcoming: Future[Batch] = pool.submit(self._make, number, groups[0])
            for group in groups[1:]:
                ready = upcoming.result()
                upcoming = pool.submit(self._make, number, group)
                yield ready
            yield upcoming.result()

    def _order(self, number: int) -> NDArray[np.int64]:
        """Return indices in random order: below ``len(real)`` a real sample, from there on a phantom."""
        rng = np.random.default_rng((self.seed, number))
        chosen = np.arange(len(self.real))
        if self.phantoms is not None:
            drawn = rng.choice(len(self.phantoms), self.phantoms_per_epoch)
            chosen = np.concatenate([chosen, len(self.real) + drawn])
        return rng.permutation(chosen)

    def _make(self, number: int, indices: NDArray[np.int64]) -> Batch:
        pairs = [self._augment(number, int(index)) for index in indices]
        images, masks = (np.stack(part)[..., np.newaxis] for part in zip(*pairs, strict=True))
        return images, masks

    def _augment(self, number: int, index: int) -> Batch:
        samples, row = self.real, index
        if self.phantoms is not None and index >= len(self.real):
            samples, row = self.phantoms, index - len(self.real)
        rng = np.random.default_rng((self.seed, number, index))
        draw = draw_augmentation(rng, self.limits, samples.images[row].shape)
        return augment_image(samples.images[row], draw), augment_mask(samples.masks[row], draw)
