"""A server whose clients come, go, and stand still."""

import contextlib
import socket
import threading

import pytest

from streamseg.igtl.server import Server
from tests.support.igtl_server import DEADLINE_S, await_listener


@pytest.fixture
def server():
    made = Server("127.0.0.1", 0)
    yield made
    made.close()


@contextlib.contextmanager
def connection(server, *, keeps_bytes=None):
    with socket.socket() as client:
        if keeps_bytes:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, keeps_bytes)
        client.settimeout(DEADLINE_S)
        client.connect(("127.0.0.1", server.port))
        await_listener(server)
        yield client


def test_one_who_takes_nothing_is_let_go_and_the_others_get_everything(server):
    data = bytes(range(256)) * 2**15  # 8 MiB: more than the system keeps for somebody
    received = []
    with connection(server, keeps_bytes=4096), connection(server) as quick:
        server.has_listeners()
        reader = threading.Thread(target=lambda: received.append(_read(quick, len(data))), daemon=True)
        reader.start()
        server.send(data)
        reader.join(DEADLINE_S)
        assert received == [data]
        assert len(server._clients) == 1


def test_one_who_has_left_is_forgotten(server):
    with connection(server):
        pass
    server.send(b"nobody hears this")
    await_listener(server, is_there=False)


def test_one_who_breaks_the_connection_is_forgotten(server):
    with connection(server) as client:
        # Closing now resets it, in place of a proper end.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    server.send(b"nobody hears this")
    await_listener(server, is_there=False)


def test_it_can_be_closed_twice_and_its_port_is_free_again(server):
    port = server.port
    with connection(server) as client:
        server.send(b"the end")
        client.sendall(b"unasked")
        server.close()
        server.close()
        assert _read(client, 100) == b"the end"
    Server("127.0.0.1", port).close()


def _read(client, count):
    """Return ``count`` bytes, or fewer where no more come."""
    received = bytearray(count)
    rest = memoryview(received)
    while rest and (length := client.recv_into(rest)):
        rest = rest[length:]
    return bytes(received[: count - len(rest)])
