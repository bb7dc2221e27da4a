"""A sink with its queue: pictures may be skipped, events may not."""

from dataclasses import dataclass, field

from streamseg.frame import Event
from streamseg.outlet import LIVE_QUEUE_FRAMES, Outlet
from tests.support.renderings import rendering_of


@dataclass
class Keeper:
    """A sink that keeps what it gets."""

    name: str = "keeper"
    needs_main_thread: bool = False
    needs_every_frame: bool = True
    renderings: list = field(default_factory=list)
    closes: int = 0

    def write(self, rendering):
        self.renderings.append(rendering)

    def close(self):
        self.closes += 1


def marked(index):
    return rendering_of(index, events=(Event("mark", f"at {index}", 1, index),))


def test_the_events_of_a_skipped_rendering_come_with_the_next_one():
    sink = Keeper()
    outlet = Outlet(sink, is_live=True, queue_frames=4)
    for index in range(LIVE_QUEUE_FRAMES + 3):
        outlet.put(marked(index))
    outlet.queue.close()
    outlet.serve()
    first, *others = sink.renderings
    assert outlet.state.dropped == 3
    assert [event.index for event in first.events] == [0, 1, 2, 3]
    assert all(each.events == marked(each.segmentation.frame.index).events for each in others)
    assert sink.closes == 1


def test_no_event_comes_before_its_own_frame():
    outlet = Outlet(Keeper(), is_live=False, queue_frames=4)
    outlet.put(rendering_of(0))
    outlet.put(marked(1))
    assert outlet.get().events == ()
    assert [event.index for event in outlet.get().events] == [1]


def test_a_view_has_room_for_the_newest_rendering_only():
    outlet = Outlet(Keeper(needs_every_frame=False), is_live=False, queue_frames=4)
    outlet.put(rendering_of(0))
    outlet.put(rendering_of(1))
    assert (outlet.state.waiting, outlet.state.capacity, outlet.state.dropped) == (1, 1, 1)
    assert outlet.get().segmentation.frame.index == 1


def test_a_sink_that_has_ended_gets_no_more():
    outlet = Outlet(Keeper(), is_live=False, queue_frames=4)
    outlet.queue.close()
    outlet.put(rendering_of(0))
    assert len(outlet.queue) == 0
