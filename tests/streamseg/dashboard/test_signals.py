"""Signals that ask for the end."""

import os
import signal

import pytest

from streamseg.dashboard import signals
from streamseg.dashboard.signals import ended_by_signals

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send to oneself")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_asks_for_the_end_and_another_right_after_it_changes_nothing(number):
    asked = []
    with ended_by_signals(lambda: asked.append(1)):
        signal.raise_signal(number)
        signal.raise_signal(number)
    assert asked == [1]


def test_a_second_signal_of_somebody_who_has_waited_interrupts(monkeypatch):
    monkeypatch.setattr(signals, "_PATIENCE_S", -1.0)
    with ended_by_signals(lambda: None):
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


def test_the_handlers_before_are_put_back_and_what_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        interrupt = signal.getsignal(signal.SIGINT)
        with ended_by_signals(lambda: None):
            assert signal.getsignal(signal.SIGINT) is not interrupt
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGINT) is interrupt
    finally:
        signal.signal(signal.SIGHUP, before)
