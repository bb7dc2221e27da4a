"""A link to an OpenIGTLink server: pyigtl packs and unpacks messages, the socket is our own.

pyigtl's client drops what it had of a header when it must wait for the rest, does not notice that the other side has
closed, and prints tracebacks; so only its messages are used.

References
----------
OpenIGTLink Protocol, version 3, message structure: http://openigtlink.org/developers/spec. Tokuda et al. 2009,
"OpenIGTLink: an open network protocol for image-guided therapy environment", doi:10.1002/rcs.274.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyigtl.messages import MessageBase

from streamseg.errors import SourceNotFoundError, SourceUnreadableError

DEFAULT_PORT = 18944
# How long a socket waits before it looks whether to stop.
POLL_S = 0.1
# A header that promises more is none: a picture of 8192x8192 in colour has 192 MiB.
MOST_BODY_BYTES = 2**28
_VERSIONS = frozenset({1, 2, 3})
# All by which pyigtl tells that a message is not what its header says.
_FAULTS = (
    ArithmeticError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError, struct.error
)  # fmt: skip
_ADDRESS = re.compile(r"(?P<host>\[[\dA-Fa-f:.]+\]|[\w.-]+)(:(?P<port>\d{1,5}))?(/(?P<device>[^/]+)?)?", re.ASCII)


class LinkLost(Exception):  # noqa: N818 - what happens to links, and is mended by a new one
    """The link does not work any more; the text says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens; ``device`` is whose pictures are wanted, None for the first that sends any."""

    host: str
    port: int = DEFAULT_PORT
    device: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a message says of it.

    Attributes
    ----------
    kind
        ``IMAGE``, ``TRANSFORM``, ``STRING`` and so on.
    fields
        As pyigtl wants them to unpack the body.
    """

    kind: str
    device: str
    body_bytes: int
    fields: Mapping[str, Any]


def parse_address(location: str) -> Address:
    """Return the address of ``igtl://HOST:PORT/DEVICE``, of which port and device may be left out.

    Raises
    ------
    SourceNotFoundError
        It is no such address.
    """
    match = _ADDRESS.fullmatch(location.removeprefix("igtl:").removeprefix("//"))
    port = int(match["port"] or DEFAULT_PORT) if match else 0
    if match is None or not 1 <= port <= 65535:
        raise SourceNotFoundError(
            f"OpenIGTLink source {location!r} is no address; write igtl://HOST:PORT/DEVICE, such as "
            f"igtl://localhost:{DEFAULT_PORT}/Image_Reference"
        )
    return Address(match["host"].strip("[]"), port, match["device"])


class Link:
    """A connected socket from which messages are read; by one thread, which also closes it.

    Parameters
    ----------
    silence_s
        A link over which nothing comes for so long counts as lost.
    stop
        Ends what is being read, soon.
    """

    def __init__(self, connected: socket.socket, *, silence_s: float, stop: threading.Event) -> None:
        connected.settimeout(POLL_S)
        self._socket = connected
        self._silence_s = silence_s
        self._stop = stop

    def header(self) -> Header:
        """Wait for the next message and return its header. Then `body` or `skip` must be called.

        Raises
        ------
        LinkLost
            Nothing comes any more.
        SourceUnreadableError
            What comes is not OpenIGTLink.
        """
        received = self._read(MessageBase.IGTL_HEADER_SIZE)
        try:
            fields = MessageBase.parse_header(received)
        except _FAULTS as err:
            raise SourceUnreadableError(_foreign("its header cannot be read")) from err
        if fields["header_version"] not in _VERSIONS or fields["body_size"] > MOST_BODY_BYTES:
            raise SourceUnreadableError(
                _foreign(f"version {fields['header_version']}, {fields['body_size']} bytes promised")
            )
        return Header(fields["message_type"], fields["device_name"], fields["body_size"], fields)

    def body(self, header: Header) -> Any:
        """Return the message of pyigtl that ``header`` announced.

        Raises
        ------
        LinkLost
            Not all of it came.
        SourceUnreadableError
            It is damaged, or of a kind that pyigtl does not know.
        """
        received = self._read(header.body_bytes)
        message = MessageBase.create_message(header.kind)
        try:
            message.unpack(header.fields, received)
        except _FAULTS as err:
            raise SourceUnreadableError(
                f"{header.kind} of device {header.device!r} cannot be read ({type(err).__name__}: {err}); "
                "send whole, uncompressed pictures"
            ) from err
        return message

    def skip(self, header: Header) -> None:
        """Read over what ``header`` announced.

        Raises
        ------
        LinkLost
            Not all of it came.
        """
        left = header.body_bytes
        while left:
            left -= len(self._read(min(left, 2**16)))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _read(self, count: int) -> bytearray:
        received = bytearray(count)
        rest = memoryview(received)
        heard_s = time.monotonic()
        while rest:
            if self._stop.is_set():
                raise LinkLost("it was closed here")
            try:
                length = self._socket.recv_into(rest)
            except TimeoutError:
                if time.monotonic() - heard_s > self._silence_s:
                    raise LinkLost(f"nothing came for {self._silence_s:g} s") from None
                continue
            except OSError as err:
                raise LinkLost(err.strerror or str(err)) from err
            if length == 0:
                raise LinkLost("the other side closed it")
            heard_s = time.monotonic()
            rest = rest[length:]
        return received


def connect(address: Address, *, timeout_s: float) -> socket.socket:
    """Return a socket that is connected to ``address``.

    Raises
    ------
    OSError
        Nothing answers there within ``timeout_s``.
    """
    connected = socket.create_connection((address.host, address.port), timeout_s)
    # On this machine, the port of a server that is away may be given to the very socket that looks for it.
    if connected.getsockname() == connected.getpeername():
        connected.close()
        raise ConnectionRefusedError("connected to itself")
    return connected


def _foreign(what: str) -> str:
    return f"what was received is not OpenIGTLink ({what}); check the port, and what listens there"
