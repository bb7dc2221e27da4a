"""OpenIGTLink: pictures of a PLUS server, 3D Slicer or another sender, live: ``igtl://HOST:PORT/DEVICE``.

Connects to the address that was given, and to nothing else.
"""

from __future__ import annotations

import numpy as np

from streamseg.errors import SourceLostError, SourceNotFoundError, SourceUnreadableError
from streamseg.frame import Frame
from streamseg.igtl.link import Address, parse_address
from streamseg.igtl.receiver import Received, Receiver
from streamseg.protocols import Source, SourceInfo
from streamseg.ring_buffer import BufferClosed
from streamseg.settings import SourceSettings

PLUGIN = {"live": ".*", "requires": {"pyigtl": "igtl"}}

# A step of the sender's clock that is so much longer than the time between two arrivals is one at which it was set.
CLOCK_SLACK_NS = 2_000_000_000
UNPLACED = "the sender says neither spacing nor place of its pictures; measurements are in pixels"


def create(location: str, settings: SourceSettings) -> IgtlSource:
    """Connect to the server at ``location`` and wait for its first picture.

    Raises
    ------
    SourceNotFoundError
        It is no address, or nothing answers there.
    SourceUnreadableError
        What answers sends no pictures of that device, or none that are 8-bit grey or colour, or 16-bit.
    """
    address = parse_address(location)
    try:
        receiver = Receiver(address, timeout_s=settings.timeout_s)
    except OSError as err:
        raise SourceNotFoundError(
            f"nothing answers at {address}: {err.strerror or err}; start the OpenIGTLink server there, or check its "
            "host and port"
        ) from err
    try:
        first = receiver.pictures.get(settings.timeout_s)
    except (BufferClosed, TimeoutError) as err:
        receiver.stop()
        raise receiver.error or SourceUnreadableError(_none_came(address, receiver, settings.timeout_s)) from err
    return IgtlSource(receiver, first, _info(address, first), timeout_s=settings.timeout_s)


class IgtlSource(Source):
    """Pictures of a device as they arrive: always the newest, an index left out for each that nobody took in time."""

    def __init__(self, receiver: Receiver, first: Received, info: SourceInfo, *, timeout_s: float) -> None:
        self._receiver = receiver
        self._info = info
        self._timeout_s = timeout_s
        # Played only if no newer one has come meanwhile, such as from a sender that sends a single picture.
        self._first: Received | None = first
        self._first_number: int | None = None
        self._clock = _Clock()
        self._is_over = False

    @property
    def info(self) -> SourceInfo:
        """What the server sends."""
        return self._info

    def __next__(self) -> Frame:
        if self._is_over:
            raise StopIteration
        received = self._take()
        if self._first_number is None:
            self._first_number = received.number
        picture = received.picture
        is_hounsfield = picture.image.dtype == np.int16
        return Frame(
            picture.image,
            index=received.number - self._first_number,
            captured_ns=received.arrived_ns,
            media_time_ns=self._clock.media_time_ns(received),
            device_time_ns=received.device_time_ns,
            spacing_mm=picture.spacing_mm,
            plane=picture.plane,
            modality="CT" if is_hounsfield else None,
            unit="hu" if is_hounsfield else "grey",
        )

    def close(self) -> None:
        """End the link."""
        self._is_over = True
        self._receiver.pictures.discard()
        self._receiver.stop()

    def _take(self) -> Received:
        first, self._first = self._first, None
        try:
            return self._receiver.pictures.get(self._timeout_s if first is None else 0)
        except TimeoutError as err:
            if first is not None:
                return first
            self._is_over = True
            raise SourceLostError(self._lost()) from err
        except BufferClosed as err:
            error = None if self._is_over else self._receiver.error
            self._is_over = True
            if error is None:
                raise StopIteration from err
            raise error from err

    def _lost(self) -> str:
        place = self._receiver.address
        if self._receiver.is_linked:
            return f"{place} gave no picture for {self._timeout_s:g} s; check the scanner, and that it is not frozen"
        return f"{place} was lost and did not come back within {self._timeout_s:g} s; check the server and the network"


class _Clock:
    """Media time from 0 by the sender's clock, which may stand still, be set, or start afresh with a new link.

    Where its steps cannot be true, the time between the arrivals counts instead. So media time always grows.
    """

    def __init__(self) -> None:
        self._last: Received | None = None
        self._media_ns = 0

    def media_time_ns(self, received: Received) -> int:
        """Return the media time of ``received``, later than that of the one before."""
        last, self._last = self._last, received
        if last is not None:
            arrival_ns = max(1, received.arrived_ns - last.arrived_ns)
            step_ns = received.device_time_ns - last.device_time_ns
            is_true = received.link == last.link and 0 < step_ns <= arrival_ns + CLOCK_SLACK_NS
            self._media_ns += step_ns if is_true else arrival_ns
        return self._media_ns


def _info(address: Address, first: Received) -> SourceInfo:
    image = first.picture.image
    height, width = image.shape[:2]
    kind = "colour" if image.ndim == 3 else "grey" if image.dtype == np.uint8 else "Hounsfield units"
    return SourceInfo(
        kind="igtl",
        # A device that nobody asked for by name is not named: senders call pictures after patients.
        name=address.device or str(address),
        is_live=True,
        size=(height, width),
        detail=f"OpenIGTLink, {width}x{height} {kind}",
        warnings=() if first.picture.spacing_mm else (UNPLACED,),
    )


def _none_came(address: Address, receiver: Receiver, timeout_s: float) -> str:
    heard = ", ".join(f"{kind} {device!r}" for device, kind in sorted(receiver.others.items()))
    wanted = f"no picture of device {address.device!r}" if address.device else "no picture"
    advice = f"it sends {heard}" if heard else "it sends nothing; check that the server is set to send pictures"
    return f"{wanted} came from {address} within {timeout_s:g} s; {advice}"
