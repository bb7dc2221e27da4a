"""Which frame an event took effect with."""

import numpy as np

from streamseg.frame import Event, Frame
from streamseg.steering.journal import Journal


def frame(index, seeks=0):
    return Frame(np.zeros((2, 2), np.uint8), index, 1, seeks=seeks)


def test_an_event_takes_effect_with_the_next_frame_and_once():
    journal = Journal(10)
    journal.note(Event("mark", "here", 5))
    assert [event.index for event in journal.pending] == [None]
    assert journal.take(frame(7)) == (Event("mark", "here", 5, 7),)
    assert journal.take(frame(8)) == ()
    assert journal.events == (Event("mark", "here", 5, 7),)


def test_a_seek_takes_effect_with_the_first_frame_after_it():
    journal = Journal(10)
    journal.note(Event("seek", "to frame 3"), seeks=1)
    assert journal.take(frame(7)) == ()
    assert journal.take(frame(8, seeks=1))[0].index == 8


def test_a_region_takes_effect_with_the_first_frame_that_was_inferred_in_it():
    journal = Journal(10)
    journal.note(Event("change", "region = whole"), region="whole")
    journal.note(Event("change", "threshold = 0.2"))
    assert [event.message for event in journal.take(frame(1), "auto")] == ["threshold = 0.2"]
    assert [event.message for event in journal.take(frame(2), "whole")] == ["region = whole"]


def test_a_region_that_no_frame_was_inferred_in_is_over_with_the_next_one():
    journal = Journal(10)
    for region in ("whole", "auto"):
        journal.note(Event("change", f"region = {region}"), region=region)
    assert [event.message for event in journal.take(frame(1), "auto")] == ["region = whole", "region = auto"]
    assert journal.pending == ()


def test_the_oldest_events_are_let_go_but_none_without_a_frame():
    journal = Journal(3)
    for number in range(5):
        journal.note(Event("mark", str(number)))
    journal.take()
    journal.note(Event("mark", "new"))
    assert [event.message for event in journal.events] == ["2", "3", "4", "new"]
