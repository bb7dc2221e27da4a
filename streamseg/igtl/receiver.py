"""Receives the pictures of one OpenIGTLink device in a thread of its own, and connects again when the link is lost."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from streamseg.errors import SourceError
from streamseg.igtl.link import Address, Link, LinkLost, connect
from streamseg.igtl.picture import Picture, picture_of
from streamseg.ring_buffer import BufferClosed, Policy, RingBuffer

RETRY_S = 0.2
CONNECT_S = 1.0
CLOSE_S = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """A picture, and when it was received.

    Attributes
    ----------
    number
        How many pictures came before it.
    link
        How many links came before the one that brought it.
    arrived_ns
        When the last of it came, on the monotonic clock.
    device_time_ns
        When it was made by the clock of the sender, in nanoseconds since 1970.
    """

    picture: Picture
    number: int
    link: int
    arrived_ns: int
    device_time_ns: int


class Receiver:
    """Keeps the newest picture of a device, which is that of ``address``, or the first that sends any.

    A thread, because pictures must be taken from the network as they come, or those taken later are old. A link that
    is lost is looked for until `stop`: how long to wait for it is for the reader of `pictures` to say.

    Attributes
    ----------
    pictures
        Holds the newest one; closed at the end, which `error` tells the reason of, if there is one.
    others
        What was received besides: device -> kind of message.
    """

    def __init__(self, address: Address, *, timeout_s: float) -> None:
        self.address = address
        self.device = address.device
        self.pictures: RingBuffer[Received] = RingBuffer(1, Policy.DROP_OLDEST)
        self.error: SourceError | None = None
        self.others: dict[str, str] = {}
        self.is_linked = True
        self._silence_s = timeout_s / 2  # leaves time to connect again before the reader gives up
        self._stop = threading.Event()
        self._count = 0
        self._link_count = 0
        first = self._link(timeout_s)
        self._thread = threading.Thread(target=self._run, args=(first,), name="igtl", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait for that a little."""
        self._stop.set()
        self._thread.join(CLOSE_S)

    def _link(self, timeout_s: float) -> Link:
        return Link(connect(self.address, timeout_s=timeout_s), silence_s=self._silence_s, stop=self._stop)

    def _run(self, link: Link | None) -> None:
        try:
            while link is not None:
                self._follow(link)
                link = None if self._stop.is_set() else self._again()
        except SourceError as err:
            self.error = err
        except BufferClosed:
            pass  # the reader needs nothing more
        finally:
            self.pictures.close()

    def _follow(self, link: Link) -> None:
        """Receive until the link is lost."""
        try:
            while True:
                self._receive(link)
        except LinkLost as err:
            if not self._stop.is_set():
                logger.warning("the OpenIGTLink server at %s was lost: %s; connecting again", self.address, err)
        finally:
            link.close()

    def _receive(self, link: Link) -> None:
        header = link.header()
        if header.kind != "IMAGE" or self.device not in (None, header.device):
            self.others[header.device] = header.kind
            link.skip(header)
            return
        message = link.body(header)
        arrived_ns = time.monotonic_ns()
        self.device = header.device
        picture = picture_of(message)
        self.pictures.put(Received(picture, self._count, self._link_count, arrived_ns, round(message.timestamp * 1e9)))
        self._count += 1

    def _again(self) -> Link | None:
        """Return a new link, however long it takes to get one; None once stopped."""
        self.is_linked = False
        lost_s = time.monotonic()
        while not self._stop.wait(RETRY_S):
            with suppress(OSError):
                link = self._link(CONNECT_S)
                self.is_linked = True
                self._link_count += 1
                logger.warning(
                    "the OpenIGTLink server at %s is back after %.1f s", self.address, time.monotonic() - lost_s
                )
                return link
        return None
