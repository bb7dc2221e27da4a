"""Several inferences at once: a model opened once for every lane, each lane on its share of the threads.

An inference on all threads waits, after every layer, for the thread that comes last: one whose core is needed for
decoding or drawing. A lane waits for nobody. A single picture takes longer in it, so that lanes are for files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from streamseg.protocols import Segmenter

MOST_LANES = 4
"""Each takes its memory, and a file must not be read far ahead."""


class Lanes:
    """A model that infers as many pictures at once as it has lanes.

    Parameters
    ----------
    segmenters
        The same model, once for every lane.
    """

    def __init__(self, segmenters: Sequence[Segmenter]) -> None:
        self._segmenters = tuple(segmenters)
        self._free: SimpleQueue[Segmenter] = SimpleQueue()
        for segmenter in segmenters:
            self._free.put(segmenter)

    def __len__(self) -> int:
        return len(self._segmenters)

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability map (h, w) of ``tensor`` (1, h, w, 1), both float32, 0 to 1; from any thread."""
        segmenter = self._free.get()
        try:
            return segmenter.infer(tensor)
        finally:
            self._free.put(segmenter)

    def close(self) -> None:
        """Free the runtime."""
        for segmenter in self._segmenters:
            segmenter.close()


def open_lanes(threads: int, open_on: Callable[[int], Segmenter]) -> Lanes:
    """Return as many lanes as there are ``threads``, but no more than `MOST_LANES`.

    Parameters
    ----------
    open_on
        Opens the model on so many threads; called for all lanes at once. Where one fails, its error is raised and the
        others are closed.
    """
    count = min(threads, MOST_LANES)
    shares = [threads // count + (lane < threads % count) for lane in range(count)]
    with ThreadPoolExecutor(count) as pool:
        opening = [pool.submit(open_on, share) for share in shares]
    opened = [each.result() for each in opening if each.exception() is None]
    for segmenter in opened if len(opened) < count else ():
        segmenter.close()
    return Lanes([each.result() for each in opening])
