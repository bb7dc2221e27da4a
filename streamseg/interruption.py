"""What interrupts a command from outside, so that its exit code is the documented one wherever it is met."""

from __future__ import annotations

import signal
from types import FrameType

# Ctrl-C, a service manager, a terminal that is closed; Windows has no SIGHUP.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Interruption(KeyboardInterrupt):
    """A signal that asks a command to end, with its outputs finished.

    A plain KeyboardInterrupt that leaves a text under ``exec``, as the making of a dataclass is one, has Python
    end ``python -m`` by the signal in place of the exit code, though it was caught (CPython, ``run_eval_code_obj``
    and ``Py_RunMain``); one of its kinds has not.
    """


def heed_interruptions() -> None:
    """Raise `Interruption` where a signal asks for the end, unless it is ignored, as ``nohup`` has it.

    For the main thread.
    """
    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Interruption
