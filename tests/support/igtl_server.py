"""A real OpenIGTLink server of pyigtl in a process of its own, and a small sender within this one."""

import contextlib
import itertools
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyigtl

DEADLINE_S = 20
SIZE = (48, 64)
# Sends what the lines of its input name, such as `IMAGE Probe grey 3`, once somebody has connected.
PROGRAM = """
import sys
import pyigtl
from tests.support.igtl_server import message_of
server = pyigtl.OpenIGTLinkServer(port=int(sys.argv[1]), local_server=True)
print("ready", flush=True)
for line in sys.stdin:
    server.send_message(message_of(*line.split()), wait=True)
"""


def free_port():
    """Return a port of this machine that nothing listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def picture(kind, number):
    """Return the picture of that kind whose pixels tell its number, as a message holds it, such as (1, H, W)."""
    ramp = np.arange(SIZE[0] * SIZE[1]).reshape(1, *SIZE) + int(number)
    if kind == "grey":
        return (ramp % 251).astype(np.uint8)
    if kind == "ct":
        return (ramp % 4000 - 1000).astype(np.int16)
    if kind == "colour":
        return np.stack([ramp % 251, ramp % 241, ramp % 239], axis=-1).astype(np.uint8)
    if kind == "float":
        return ramp.astype(np.float32)
    return np.repeat(picture("grey", number), 3, axis=0)


def matrix():
    """Return a place in space that is no default: 0.5 mm across, 0.25 mm down, turned about the first axis."""
    placed = np.eye(4)
    placed[:3, 0] = 0.5, 0, 0
    placed[:3, 1] = 0, 0, 0.25
    placed[:3, 2] = 0, -2, 0
    placed[:3, 3] = 10, 20, 30
    return placed


def message_of(word, device, kind="grey", number=0, coordinates="ras"):
    """Return a message of pyigtl; the time of a picture is a number of seconds that its number tells."""
    time_s = 1_700_000_000 + int(number) / 8
    if word == "TRANSFORM":
        return pyigtl.TransformMessage(device_name=device, timestamp=time_s)
    placed = np.eye(4) if kind == "unplaced" else matrix()
    pixels = picture("grey" if kind == "unplaced" else kind, number)
    return pyigtl.ImageMessage(
        pixels, placed, world_coordinate_system=coordinates, device_name=device, timestamp=time_s
    )


def await_listener(server, *, is_there=True):
    """Wait until somebody has connected to ``server`` of `streamseg.igtl.server`, or everybody has left."""
    deadline_s = time.monotonic() + DEADLINE_S
    while server.has_listeners() != is_there:
        assert time.monotonic() < deadline_s
        time.sleep(0.001)


@dataclass
class ServerProcess:
    """pyigtl's server in another process: what `say` names is sent."""

    port: int
    process: subprocess.Popen

    def say(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=DEADLINE_S)


@contextlib.contextmanager
def server_process(port=None):
    """Run a `ServerProcess` that has begun to listen; it is gone when the block ends."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield ServerProcess(port, process)
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE_S)


class Sender:
    """Sends ``chunks`` to the first who connects and then, where it ``repeats``, pictures of Probe; in a thread.

    Ends when the other side does, or when ``lingers`` is False and all is sent.
    """

    def __init__(self, *chunks, repeats=False, lingers=True):
        self._chunks = chunks
        self._repeats = repeats
        self._lingers = lingers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError), self._listener:
            client, _ = self._listener.accept()
            with client:
                for chunk in itertools.chain(self._chunks, self._pictures() if self._repeats else ()):
                    client.sendall(chunk)
                client.settimeout(DEADLINE_S)
                while self._lingers and client.recv(1000):
                    pass

    def _pictures(self):
        for number in range(DEADLINE_S * 500):
            yield message_of("IMAGE", "Probe", "grey", number).pack()
            time.sleep(0.002)
