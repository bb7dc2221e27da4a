"""A program in a terminal of its own: a pseudo-terminal that is read all the time, and asked how it was left."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

DEADLINE_S = 90

# What a program that takes the whole screen turns on, and what turns it off again.
SCREEN_MODES = {b"\x1b[?1049h": b"\x1b[?1049l", b"\x1b[?25l": b"\x1b[?25h", b"\x1b[?1003h": b"\x1b[?1003l"}


class Terminal:
    """Runs ``command`` in a terminal of ``size`` (rows, columns)."""

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], size: tuple[int, int] = (40, 120)
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self._theirs = theirs
        self._attributes = termios.tcgetattr(theirs)
        self._written = bytearray()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment) | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """All that was written so far."""
        return bytes(self._written).decode("utf-8", "replace")

    @property
    def is_restored(self) -> bool:
        """Whether line discipline and screen are as they were."""
        written = bytes(self._written)
        has_left = all(written.rfind(off) > written.rfind(on) for on, off in SCREEN_MODES.items())
        return has_left and termios.tcgetattr(self._theirs) == self._attributes

    def wait_for(self, text: str) -> None:
        """Wait until the program has written ``text``."""
        end_s = time.monotonic() + DEADLINE_S
        while text not in self.text:
            if time.monotonic() > end_s or self.process.poll() is not None:
                raise AssertionError(f"{text!r} was not written; the end of what was: {self.text[-2000:]}")
            time.sleep(0.05)

    def press(self, keys: str) -> None:
        """Type ``keys``."""
        os.write(self._ours, keys.encode())

    def wait(self) -> int:
        """Wait for the end of the program, and return its exit code."""
        code = self.process.wait(DEADLINE_S)
        time.sleep(0.2)  # for what it wrote last to be read
        return code

    def close(self) -> None:
        """End the program if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE_S)
        os.close(self._theirs)
        self._reader.join(DEADLINE_S)
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            try:
                received = os.read(self._ours, 65536)
            except OSError:
                return
            if not received:
                return
            self._written.extend(received)
