"""Several inferences at once: as many as there are lanes, each on its share of the threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from streamseg.backends.lanes import MOST_LANES, Lanes, open_lanes
from streamseg.errors import ModelError

DEADLINE_S = 20


class Meeting:
    """A segmenter that answers once so many others are asked too, and stands no second caller beside the first."""

    def __init__(self, barrier):
        self.is_closed = False
        self._barrier, self._busy = barrier, threading.Lock()

    def infer(self, tensor):
        assert self._busy.acquire(blocking=False), "two callers at once"
        try:
            self._barrier.wait(DEADLINE_S)
            return tensor[0, :, :, 0]
        finally:
            self._busy.release()

    def close(self):
        self.is_closed = True


def tensor_of(value):
    return np.full((1, 2, 2, 1), value, np.float32)


def test_so_many_pictures_are_inferred_at_once_and_each_gets_its_own_map():
    barrier = threading.Barrier(3)
    lanes = Lanes([Meeting(barrier) for _ in range(3)])
    with ThreadPoolExecutor(6) as pool:
        maps = list(pool.map(lanes.infer, map(tensor_of, range(12))))
    assert [float(each[0, 0]) for each in maps] == list(range(12))


def test_a_lane_that_failed_is_free_again():
    class Failing:
        def infer(self, _):
            raise ModelError("out of memory")

    lanes = Lanes([Failing()])
    for _ in range(2):
        with pytest.raises(ModelError, match="out of memory"):
            lanes.infer(tensor_of(0))


@pytest.mark.parametrize(
    ("threads", "shares"), [(2, [1, 1]), (3, [1, 1, 1]), (4, [1] * 4), (6, [2, 2, 1, 1]), (16, [4] * 4)]
)
def test_the_threads_are_shared_out_among_the_lanes(threads, shares):
    asked = []
    lanes = open_lanes(threads, lambda share: asked.append(share) or Meeting(threading.Barrier(1)))
    assert sorted(asked, reverse=True) == shares
    assert len(lanes) == len(shares) <= MOST_LANES


def test_all_lanes_are_closed():
    segmenters = [Meeting(threading.Barrier(1)) for _ in range(2)]
    Lanes(segmenters).close()
    assert all(segmenter.is_closed for segmenter in segmenters)


def test_where_a_lane_does_not_open_the_others_are_closed_and_its_error_is_raised():
    others, failing = [], threading.Lock()

    def open_on(_threads):
        if failing.acquire(blocking=False):
            raise ModelError("out of memory")
        others.append(Meeting(threading.Barrier(1)))
        return others[-1]

    with pytest.raises(ModelError, match="out of memory"):
        open_lanes(3, open_on)
    assert len(others) == 2
    assert all(lane.is_closed for lane in others)
