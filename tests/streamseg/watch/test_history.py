"""The history of pictures is bounded in memory and knows where one looks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streamseg.watch.history import History, Shown

PICTURE_BYTES = 300


def shown(index):
    return Shown(np.zeros((10, 10, 3), np.uint8), index)


def filled(count, limit=4 * PICTURE_BYTES):
    history = History(limit)
    for index in range(count):
        history.add(shown(index))
    return history


def test_before_the_first_picture_there_is_none_to_look_at():
    history = History(1000)
    assert history.current is None
    assert not history.go(-1)


def test_the_oldest_pictures_are_let_go():
    history = filled(10)
    while history.go(-1):
        pass
    assert (history.current.index, history.behind) == (6, 3)


def test_one_picture_is_kept_whatever_its_size():
    assert filled(3, limit=10).current.index == 2


def test_a_new_picture_brings_the_look_back_to_it():
    history = filled(4)
    history.go(-2)
    history.add(shown(4))
    assert (history.current.index, history.behind) == (4, 0)


def test_the_newest_picture_is_one_call_away():
    history = filled(4)
    history.go(-3)
    history.go_to_newest()
    assert history.current.index == 3


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=40))
def test_whatever_is_done_the_look_is_at_a_picture_that_is_kept(steps):
    history, added = filled(1), 1
    for step in steps:
        if step is None:
            history.add(shown(added))
            added += 1
        else:
            before = history.current.index
            has_gone = history.go(step)
            assert history.current.index == before + (step if has_gone else 0)
        assert max(0, added - 4) <= history.current.index < added


def test_a_frame_drawn_anew_takes_the_place_of_its_older_picture():
    history = filled(2)
    anew = shown(1)
    history.add(anew)
    assert history.current is anew
    assert history.go(-1)
    assert history.current.index == 0
    assert not history.go(-1)
