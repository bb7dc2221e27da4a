"""A server that sends the same bytes to all who have connected. It has no thread, and nobody can make it wait long."""

from __future__ import annotations

import logging
import selectors
import socket
import time
from contextlib import suppress

# Whoever does not take a message within this time is let go, so that the others get theirs.
SLOW_S = 1.0
_CHUNK_BYTES = 2**16

logger = logging.getLogger(__name__)


class Server:
    """Listens from the moment it is made. Used by one thread.

    Parameters
    ----------
    port
        0 for any that is free.

    Raises
    ------
    OSError
        The address is not one of this machine, or its port is taken.
    """

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self._listener.settimeout(0)
        self._clients: list[socket.socket] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def has_listeners(self) -> bool:
        """Take in who has connected, let go who has left, and return whether anybody is there."""
        with suppress(BlockingIOError):
            while True:
                client, _ = self._listener.accept()
                client.settimeout(0)
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._clients.append(client)
                logger.info("an OpenIGTLink client has connected")
        for client in tuple(self._clients):
            if not _is_there(client):
                self._drop(client, "has left")
        return bool(self._clients)

    def send(self, data: bytes) -> None:
        """Send ``data`` to all clients at once; those who do not take it in time, or have left, are let go."""
        deadline_s = time.monotonic() + SLOW_S
        left = {client: memoryview(data) for client in self._clients}
        with selectors.DefaultSelector() as selector:
            for client in left:
                selector.register(client, selectors.EVENT_WRITE)
            while left and (wait_s := deadline_s - time.monotonic()) > 0:
                for key, _ in selector.select(wait_s):
                    client = next(client for client in left if client is key.fileobj)
                    left[client] = self._push(client, left[client])
                    if not left[client]:
                        selector.unregister(client)
                        del left[client]
        for client in left:
            self._drop(client, f"did not take what it was sent within {SLOW_S:g} s, and was let go")

    def close(self) -> None:
        """Let everybody go, after what they were sent; idempotent."""
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_WR)
            _is_there(client)  # what is unread would make the system throw away what was sent
            client.close()
        self._clients.clear()
        self._listener.close()

    def _push(self, client: socket.socket, data: memoryview) -> memoryview:
        """Return what of ``data`` is still to be sent; nothing to one who has left."""
        try:
            return data[client.send(data) :]
        except BlockingIOError:
            return data
        except OSError:
            self._drop(client, "has left")
            return data[:0]

    def _drop(self, client: socket.socket, what: str) -> None:
        if client in self._clients:
            self._clients.remove(client)
            logger.info("an OpenIGTLink client %s", what)
        client.close()


def _is_there(client: socket.socket) -> bool:
    """Read and forget what ``client`` says; return whether it is still connected."""
    try:
        while True:
            if not client.recv(_CHUNK_BYTES):
                return False
    except BlockingIOError:
        return True
    except OSError:
        return False
