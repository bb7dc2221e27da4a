"""The buffer between two threads."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.ring_buffer import BufferClosed, Policy, RingBuffer

DEADLINE_S = 10


def in_thread(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def joined(thread):
    thread.join(DEADLINE_S)
    return not thread.is_alive()


@given(st.lists(st.integers()), st.integers(1, 5))
def test_drop_oldest_keeps_the_newest_in_order_and_counts_the_rest(items, capacity):
    buffer = RingBuffer(capacity, Policy.DROP_OLDEST)
    for item in items:
        buffer.put(item)
    buffer.close()
    assert list(buffer) == items[-capacity:]
    assert buffer.dropped == max(0, len(items) - capacity)


@pytest.mark.parametrize("capacity", [1, 3])
def test_blocking_hands_over_every_item_once_and_in_order(capacity):
    buffer = RingBuffer(capacity, Policy.BLOCK)
    received = []

    def produce():
        for item in range(2000):
            buffer.put(item)
        buffer.close()

    producer = in_thread(produce)
    consumer = in_thread(lambda: received.extend(buffer))
    assert joined(producer)
    assert joined(consumer)
    assert received == list(range(2000))
    assert buffer.dropped == 0


def test_dropping_never_reorders_or_repeats_under_load():
    buffer = RingBuffer(2, Policy.DROP_OLDEST)
    received = []

    def produce():
        for item in range(5000):
            buffer.put(item)
        buffer.close()

    consumer = in_thread(lambda: received.extend(buffer))
    produce()
    assert joined(consumer)
    assert received == sorted(set(received))
    assert received[-1] == 4999
    assert len(received) + buffer.dropped == 5000


def test_close_wakes_a_writer_that_waits_for_room():
    buffer = RingBuffer(1, Policy.BLOCK)
    buffer.put(1)
    outcome = []

    def write():
        try:
            buffer.put(2)
        except BufferClosed:
            outcome.append("closed")

    writer = in_thread(write)
    buffer.close()
    assert joined(writer)
    assert outcome == ["closed"]
    assert list(buffer) == [1]


def test_close_wakes_a_reader_that_waits_for_an_item():
    buffer = RingBuffer(1, Policy.BLOCK)
    received = []
    reader = in_thread(lambda: received.extend(buffer))
    buffer.close()
    assert joined(reader)
    assert received == []


def test_nothing_goes_in_after_close():
    buffer = RingBuffer(1, Policy.DROP_OLDEST)
    buffer.close()
    with pytest.raises(BufferClosed):
        buffer.put(1)


def test_discard_counts_what_it_throws_away():
    buffer = RingBuffer(4, Policy.BLOCK)
    for item in range(3):
        buffer.put(item)
    buffer.discard()
    assert list(buffer) == []
    assert buffer.dropped == 3


def test_get_gives_up_after_its_timeout():
    with pytest.raises(TimeoutError):
        RingBuffer(1, Policy.BLOCK).get(timeout_s=0.01)


def test_a_buffer_without_room_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        RingBuffer(0, Policy.BLOCK)


def test_items_are_handed_over_by_reference():
    item = object()
    buffer = RingBuffer(1, Policy.BLOCK)
    buffer.put(item)
    assert buffer.get() is item
