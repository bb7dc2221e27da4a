"""What a model is used for, and how long a picture takes it then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from itertools import repeat
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from streamseg.backends.lanes import MOST_LANES, Lanes
from streamseg.backends.turns import Budget, take_turns

Use = Literal["single", "at once"]
"""One picture at a time on all threads, as a live source needs it; or several of a file at once, one on each lane."""


class Usable(Protocol):
    """A loaded model, for either use."""

    @property
    def single(self) -> Lanes:
        """The one lane for one picture at a time."""

    @property
    def lanes(self) -> Lanes:
        """The lanes for several pictures at once."""


def lanes_for(use: Use, model: Usable) -> Lanes:
    """Return what ``model`` infers with in that ``use``, opened if it was not."""
    return model.lanes if use == "at once" else model.single


def time_pictures(
    models: Mapping[str, Usable],
    tensor: NDArray[np.float32],
    use: Use,
    budget: Budget,
    *,
    beside: Mapping[str, Callable[[], object]] | None = None,
    on_round: Callable[[], None] | None = None,
) -> dict[str, list[float]]:
    """Return how many milliseconds a picture took each of ``models`` by name, for every round; all take turns.

    Of several at once, it is the time that all took over their number: what counts is the rate.

    Parameters
    ----------
    tensor
        The picture (1, h, w, 1), float32, 0 to 1.
    beside
        Further runs of one picture each, which come first.
    """
    lanes = {name: lanes_for(use, model) for name, model in models.items()}
    with ThreadPoolExecutor(MOST_LANES) as pool:
        runs = {name: _inference(each, tensor, pool) for name, each in lanes.items()}
        times_ms = take_turns({**(beside or {}), **runs}, budget, on_round)
    pictures = {name: len(each) for name, each in lanes.items()}
    return {name: [time_ms / pictures.get(name, 1) for time_ms in times] for name, times in times_ms.items()}


def _inference(lanes: Lanes, tensor: NDArray[np.float32], pool: Executor) -> Callable[[], object]:
    """Return what infers ``tensor`` once on every lane, all at once."""
    if len(lanes) == 1:
        return partial(lanes.infer, tensor)
    return lambda: deque(pool.map(lanes.infer, repeat(tensor, len(lanes))), maxlen=0)
