"""Windows served by one thread for a stream that runs on another one."""

import threading

import pytest

from streamseg import window_desk
from streamseg.errors import ShutdownError, SinkError
from streamseg.window_desk import WindowDesk
from tests.support.renderings import rendering_of, stream_of

DEADLINE_S = 10


class ThreadBoundSink:
    """Writes down what is called, and by which thread."""

    name = "window"
    needs_main_thread = True
    needs_every_frame = False

    def __init__(self, error=None):
        self.error = error
        self.calls = []
        self.threads = set()

    def _note(self, what):
        self.calls.append(what)
        self.threads.add(threading.current_thread())

    def open(self, _):
        self._note("open")
        if self.error:
            raise self.error

    def write(self, rendering):
        self._note(rendering.segmentation.frame.index)

    def pump(self):
        self._note("pump")

    def close(self):
        self._note("close")


def use(desk, deeds):
    """Run ``deeds`` in another thread while this one serves the desk."""
    errors = []

    def run():
        try:
            deeds()
        except Exception as err:  # noqa: BLE001 - handed over to the thread of the test
            errors.append(err)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    for _ in range(DEADLINE_S * 100):
        desk.serve()
        thread.join(0.01)
        if not thread.is_alive():
            return errors
    raise AssertionError("the sink was not served in time")


def test_every_call_is_made_by_the_thread_that_serves(tmp_path):
    desk, sink = WindowDesk(), ThreadBoundSink()
    placed = desk.place(sink)

    def deeds():
        placed.open(stream_of(tmp_path))
        placed.write(rendering_of(0))
        placed.write(rendering_of(1))
        placed.close()

    assert use(desk, deeds) == []
    assert [call for call in sink.calls if call != "pump"] == ["open", 0, 1, "close"]
    assert sink.threads == {threading.current_thread()}
    assert not placed.needs_main_thread


def test_the_desktop_is_answered_only_while_the_window_is_open(tmp_path):
    desk, sink = WindowDesk(), ThreadBoundSink()
    placed = desk.place(sink)
    desk.serve()
    assert sink.calls == []
    use(desk, lambda: placed.open(stream_of(tmp_path)))
    desk.serve()
    assert sink.calls[-1] == "pump"
    use(desk, placed.close)
    desk.serve()
    assert sink.calls[-1] == "close"


def test_an_error_is_raised_where_the_call_was_made(tmp_path):
    error = SinkError("no display")
    desk = WindowDesk()
    placed = desk.place(ThreadBoundSink(error))
    assert use(desk, lambda: placed.open(stream_of(tmp_path))) == [error]


def test_a_call_that_nobody_serves_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(window_desk, "DEADLINE_S", 0.05)
    with pytest.raises(ShutdownError, match="did not serve"):
        WindowDesk().place(ThreadBoundSink()).close()
