"""Batches of augmented pictures. Each picture has its own random numbers, so batches come out alike after a resume."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.machine import usable_cores
from training.augmentation import augment
from training.augmentation.crop import draw_window
from training.config import StageConfig
from training.data.samples import Samples, unit_images

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]
MOST_WORKERS = 8


@dataclass(frozen=True, slots=True)
class BatchMaker:
    """Makes the batches of any epoch of a stage.

    Attributes
    ----------
    real
        Samples of the data set.
    phantoms
        Samples to mix in, or None.
    stage
        How many, how balanced, how changed.
    """

    real: Samples
    phantoms: Samples | None
    stage: StageConfig
    seed: int

    @property
    def steps(self) -> int:
        """Batches an epoch; the last one may hold fewer pictures."""
        return -(-(self._real_count() + self._phantom_count()) // self.stage.batch)

    def epoch(self, number: int) -> Iterator[Batch]:
        """Yield the batches of epoch ``number``: pictures and targets (n, h, w, 1); more are made meanwhile."""
        order, size = self._order(number), self.stage.batch
        workers = max(1, min(MOST_WORKERS, usable_cores() // 2))  # the other half is for the network
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(workers, thread_name_prefix="batches") as pool:
            try:
                for start in range(0, len(order), size):
                    waiting.append(pool.submit(self._make, number, start, order[start : start + size]))
                    if len(waiting) > workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _real_count(self) -> int:
        if self.stage.epoch_pictures is None:
            return len(self._pool())
        return self.stage.epoch_pictures - self._phantom_count()

    def _phantom_count(self) -> int:
        share = self.stage.phantom_share
        if self.phantoms is None:
            return 0
        if self.stage.epoch_pictures is None:
            return round(len(self._pool()) * share / (1 - share))
        return round(self.stage.epoch_pictures * share)

    def _pool(self) -> NDArray[np.int64]:
        """Return the indices of the real samples, those with the structure duplicated where the stage asks for it."""
        every = np.arange(len(self.real))
        if self.stage.balance == "none":
            return every
        has_structure = self.real.masks.any(axis=(1, 2))
        positive, negative = every[has_structure], every[~has_structure]
        if not 0 < len(positive) < len(negative):
            return every
        return np.concatenate([negative, np.resize(positive, len(negative))])

    def _order(self, number: int) -> NDArray[np.int64]:
        """Return indices in random order: below ``len(real)`` a real sample, from there on a phantom."""
        rng = np.random.default_rng((self.seed, number))
        pool, count = self._pool(), self._real_count()
        rounds = [rng.permutation(pool) for _ in range(-(-count // len(pool)))]
        chosen = np.concatenate(rounds)[:count]
        if self.phantoms is not None:
            drawn = rng.choice(len(self.phantoms), self._phantom_count())
            chosen = np.concatenate([chosen, len(self.real) + drawn])
        return rng.permutation(chosen)

    def _make(self, number: int, start: int, indices: NDArray[np.int64]) -> Batch:
        pairs = [self._augment((self.seed, number, start + place), int(row)) for place, row in enumerate(indices)]
        images, masks = (np.stack(part)[..., np.newaxis] for part in zip(*pairs, strict=True))
        return images, masks

    def _augment(self, seed: tuple[int, int, int], index: int) -> Batch:
        samples, row = self.real, index
        if self.phantoms is not None and index >= len(self.real):
            samples, row = self.phantoms, index - len(self.real)
        rng = np.random.default_rng(seed)
        image, target = augment(unit_images(samples.images[row]), samples.target(row), self.stage.augmentation, rng)
        if self.stage.crop is None:
            return image, target
        window = draw_window(image, target, self.stage.crop, rng)
        return image[window], target[window]
