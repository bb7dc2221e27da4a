"""Sends the mask, the probability and the measurements by OpenIGTLink, as a server: ``igtl``, ``igtl:PORT``.

Listens on this machine only, unless a host is given: ``igtl:HOST:PORT``, an address of this machine that others reach.

================== ====== ====================================================================================
device             kind   holds
================== ====== ====================================================================================
``SegMask``        IMAGE  uint8, 255 in the mask and 0 outside
``SegProbability`` IMAGE  uint8, 0 to 255 for a probability of 0 to 1
``SegMeasures``    STRING a JSON object: ``index`` of the frame, its areas, scores, threshold and measurements
================== ====== ====================================================================================

All three carry the time of the picture, and both images its place; a picture that came by OpenIGTLink has both from its
sender. A frame that has no mask (live route) is sent an empty one, so that no older one stays on another picture, and
null for its areas and scores.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyigtl import StringMessage

from streamseg.errors import SinkError
from streamseg.frame import Frame, Rendering, Segmentation
from streamseg.igtl.link import DEFAULT_PORT
from streamseg.igtl.picture import message_of
from streamseg.igtl.server import Server
from streamseg.measure.records import measurement_record
from streamseg.protocols import StreamInfo
from streamseg.settings import OutputSettings

PLUGIN = {"requires": {"pyigtl": "igtl"}}

LOOPBACK = "127.0.0.1"
MASK, PROBABILITY, MEASURES = "SegMask", "SegProbability", "SegMeasures"
_TARGET = re.compile(r"((?P<host>\[[\dA-Fa-f:.]+\]|[\w.-]+):)?(?P<port>\d{1,5})", re.ASCII)

logger = logging.getLogger(__name__)


def create(target: str, _settings: OutputSettings) -> Igtl:
    """Return a sink that will listen at ``target``: ``PORT`` or ``HOST:PORT``, or nothing for the usual port.

    Raises
    ------
    SinkError
        It is neither.
    """
    match = _TARGET.fullmatch(target or str(DEFAULT_PORT))
    if match is None or int(match["port"]) > 65535:
        raise SinkError(f"OpenIGTLink cannot listen at {target!r}; write igtl:PORT or igtl:HOST:PORT")
    return Igtl((match["host"] or LOOPBACK).strip("[]"), int(match["port"]))


class Igtl:
    """Sends to everybody who has connected, and draws no picture out where nobody has.

    A client that is slower than the stream is sent fewer frames.
    """

    name = "igtl"
    needs_main_thread = False
    needs_every_frame = False

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._asked_port = port
        self._server: Server | None = None

    @property
    def port(self) -> int | None:
        """Where it listens; None while it does not."""
        return None if self._server is None else self._server.port

    def open(self, stream: StreamInfo) -> None:  # noqa: ARG002 - the sink's contract
        """Start to listen.

        Raises
        ------
        SinkError
            The port is taken, or the host is not this machine.
        """
        try:
            self._server = Server(self._host, self._asked_port)
        except OSError as err:
            raise SinkError(
                f"OpenIGTLink cannot listen at {self._host}:{self._asked_port}: {err.strerror or err}; "
                "give another port, such as igtl:18945"
            ) from err
        logger.info("OpenIGTLink clients can connect to %s:%d", self._host, self._server.port)

    def write(self, rendering: Rendering) -> None:
        """Send what was found in the frame, if anybody is there."""
        if self._server is None:
            raise SinkError("the OpenIGTLink server was given a frame before it was opened")
        if self._server.has_listeners():
            self._server.send(b"".join(message.pack() for message in messages_of(rendering.segmentation)))

    def close(self) -> None:
        """Let the clients go, after all that they were sent; idempotent."""
        if self._server is not None:
            self._server.close()


def messages_of(segmentation: Segmentation) -> Iterator[Any]:
    """Return the messages of pyigtl about one frame."""
    frame = segmentation.frame
    time_s = _time_s(frame)
    pictures = {
        MASK: segmentation.mask.view(np.uint8) * np.uint8(255),
        PROBABILITY: _to_bytes(segmentation.probability),
    }
    for device, picture in pictures.items():
        yield message_of(picture, device, spacing_mm=frame.spacing_mm, plane=frame.plane, time_s=time_s)
    yield StringMessage(json.dumps(measures_of(segmentation), allow_nan=False), timestamp=time_s, device_name=MEASURES)


def measures_of(segmentation: Segmentation) -> dict[str, Any]:
    """Return what is sent as JSON."""
    has_mask = segmentation.mask_age_ms is not None
    return {
        "index": segmentation.frame.index,
        "mask_age_ms": segmentation.mask_age_ms,
        "area_px": segmentation.area_px if has_mask else None,
        "area_mm2": segmentation.area_mm2 if has_mask else None,
        "scores": asdict(segmentation.scores) if has_mask else None,
        "threshold": segmentation.threshold,
        "measurements": [measurement_record(each) for each in segmentation.measurements],
    }


def _to_bytes(probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(probability * np.float32(255)), np.uint8)


def _time_s(frame: Frame) -> float:
    """Return when the frame was made, in seconds since 1970: by its sender's clock, else by this machine's."""
    if frame.device_time_ns is not None:
        return frame.device_time_ns / 1e9
    return time.time() - (time.monotonic_ns() - frame.captured_ns) / 1e9
