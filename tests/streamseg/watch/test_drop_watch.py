"""Drops as events: when they begin, and when they are over."""

from streamseg.watch.drop_watch import QUIET_LOOKS, DropWatch


def test_drops_are_told_when_they_begin_and_when_they_are_over_and_not_between():
    watch = DropWatch()
    assert watch.compare({}) == []
    assert watch.compare({"inference_busy": 3}) == ["inference_busy: frames are being dropped"]
    assert watch.compare({"inference_busy": 9}) == []
    told = [watch.compare({"inference_busy": 9}) for _ in range(QUIET_LOOKS)]
    assert told[:-1] == [[]] * (QUIET_LOOKS - 1)
    assert told[-1] == ["inference_busy: 9 frames were dropped, none in the last seconds"]
    assert watch.compare({"inference_busy": 10}) == ["inference_busy: frames are being dropped"]


def test_each_cause_is_told_of_by_itself_and_all_are_counted():
    watch = DropWatch()
    assert len(watch.compare({"stale": 1, "capture_busy": 4})) == 2
    assert watch.newest == 5
    watch.compare({"stale": 1, "capture_busy": 6})
    assert watch.newest == 2
