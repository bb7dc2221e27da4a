"""When frames are due, and where ping-pong turns."""

import time

import numpy as np
import pytest

from streamseg.frame import Frame
from streamseg.pacing import Pacer, Swing


def frame_at(index, rate_hz=0.5):
    return Frame(np.zeros((2, 2), np.uint8), index, 0, round(index * 1e9 / rate_hz))


def test_a_frame_is_due_as_long_after_the_last_one_on_the_way_back_as_on_the_way_forth():
    pacer = Pacer(None)
    assert pacer.wait_s(frame_at(4), 1.0) == pytest.approx(0, abs=1e-3)
    forth_s = pacer.wait_s(frame_at(5), 1.0)
    pacer.turn()
    # Nobody waited, so that both are due from the first: one frame on, and one frame back from there.
    assert forth_s == pytest.approx(2.0, abs=0.1)
    assert pacer.wait_s(frame_at(4), 1.0) == pytest.approx(4.0, abs=0.2)


def test_after_a_restart_the_next_frame_is_due_at_once():
    pacer = Pacer(None)
    pacer.wait_s(frame_at(0), 1.0)
    pacer.restart()
    assert pacer.wait_s(frame_at(9), 1.0) == 0.0


def test_without_time_and_rate_nothing_is_waited_for():
    frame = Frame(np.zeros((2, 2), np.uint8), 3, time.monotonic_ns())
    assert Pacer(None).wait_s(frame, 1.0) == 0.0


def test_the_way_back_leads_to_the_first_frame_ever_played_in_the_same_steps():
    swing = Swing(every=3)
    for index in (2, 5, 8):
        swing.played(index)
    swing.turn_back()
    assert swing.is_back
    assert list(swing.way_back) == [5, 2]
    swing.played(2)
    assert list(swing.way_back) == []
    assert swing.turn_forth() == 5
    assert not swing.is_back


def test_a_single_frame_is_played_again():
    swing = Swing(every=1)
    swing.played(7)
    swing.turn_back()
    assert list(swing.way_back) == []
    assert swing.turn_forth() == 7
