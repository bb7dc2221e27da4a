"""Pictures that are drawn one by one from their numbers, by several processes at once."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import cv2

from training.data.case import Case
from training.errors import TrainingError

AHEAD = 4
"""Pictures per process that may wait to be taken."""


def draw_many(draw: Callable[[int], Case], count: int, *, jobs: int) -> Iterator[Case]:
    """Yield ``draw(0)`` to ``draw(count - 1)`` in order; they do not depend on ``jobs``.

    Parameters
    ----------
    draw
        Can be sent to another process: a function of a module, or a `functools.partial` of one.

    Raises
    ------
    TrainingError
        A process was ended from outside.
    """
    if jobs == 1:
        yield from map(draw, range(count))
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_start) as pool:
        waiting: deque[Future[Case]] = deque()
        try:
            for index in range(count):
                waiting.append(pool.submit(draw, index))
                if len(waiting) >= AHEAD * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as err:
            raise TrainingError(
                f"one of {jobs} drawing processes was ended from outside; is memory short? Try fewer --jobs"
            ) from err
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _start() -> None:
    cv2.setNumThreads(1)  # as many processes as cores draw already
