"""Cameras and capture cards, through OpenCV: ``0``, ``/dev/video0``, ``/dev/v4l/by-id/...`` or ``camera:NAME``."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.devices import Capture, Format, find_camera, list_cameras, mismatch, negotiate, open_camera
from streamseg.errors import SourceError, SourceLostError, SourceUnreadableError
from streamseg.frame import Frame
from streamseg.protocols import Source, SourceInfo
from streamseg.settings import SourceSettings

PLUGIN = {"pattern": "[0-9]+|/dev/video[0-9]+|/dev/v4l/.+", "live": ".*"}

RETRY_S = 0.01
CLOSE_S = 2.0

logger = logging.getLogger(__name__)


def create(location: str, settings: SourceSettings) -> CameraSource:
    """Open the camera that ``location`` means and wait for its first picture.

    Raises
    ------
    SourceNotFoundError
        There is no such camera.
    SourceUnreadableError
        It cannot be opened, or gives no picture.
    """
    camera = find_camera(location, list_cameras())
    return start(camera.name, open_camera(camera), settings)


def start(name: str, capture: Capture, settings: SourceSettings) -> CameraSource:
    """Negotiate the format of an open camera, start reading it, and wait for its first picture.

    Raises
    ------
    SourceUnreadableError
        It gives no picture, or none that is 8-bit grey or colour.
    """
    asked = Format(settings.height_width, settings.rate_hz, settings.pixel_format)
    granted = negotiate(capture, asked)
    grabber = _Grabber(capture)
    try:
        first = grabber.wait(settings.timeout_s)
    except SourceError:
        grabber.stop()
        raise
    if first is None:
        grabber.stop()
        raise SourceUnreadableError(
            f"camera {name!r} opened but gave no picture within {settings.timeout_s:g} s; "
            "check its signal, and whether another program is using it"
        )
    height, width = first.image.shape[:2]
    granted = replace(granted, size=(height, width))
    warning = mismatch(asked, granted)
    info = SourceInfo(
        kind="camera",
        name=name,
        is_live=True,
        size=granted.size,
        rate_hz=granted.rate_hz,
        detail=str(granted),
        warnings=(warning,) if warning else (),
    )
    return CameraSource(grabber, info, timeout_s=settings.timeout_s)


def to_rgb(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a picture of OpenCV, BGR (H, W, 3) or grey (H, W) or (H, W, 1), as RGB or grey (H, W), uint8.

    Raises
    ------
    SourceUnreadableError
        It is none of these.
    """
    if picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    grey = picture[:, :, 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture
    if grey.dtype == np.uint8 and grey.ndim == 2:
        return np.ascontiguousarray(grey)
    raise SourceUnreadableError(
        f"the camera gives {picture.dtype} pictures of shape {picture.shape}, not 8-bit grey or colour; "
        "ask for another --pixel-format, such as MJPG or YUYV"
    )


class CameraSource(Source):
    """Frames of a camera as they arrive: always the newest, an index left out for each that nobody took in time."""

    def __init__(self, grabber: _Grabber, info: SourceInfo, *, timeout_s: float) -> None:
        self._grabber = grabber
        self._info = info
        self._timeout_s = timeout_s
        self._first_number: int | None = None
        self._is_over = False

    @property
    def info(self) -> SourceInfo:
        """What the camera granted."""
        return self._info

    def __next__(self) -> Frame:
        if self._is_over:
            raise StopIteration
        self._is_over = True  # unless a picture comes
        taken = self._grabber.take(self._timeout_s)
        if self._grabber.is_stopping:
            raise StopIteration
        if taken is None:
            raise SourceLostError(
                f"camera {self._info.name!r} gave no picture for {self._timeout_s:g} s; check its cable and its signal"
            )
        self._is_over = False
        if self._first_number is None:
            self._first_number = taken.number
        return Frame(taken.image, index=taken.number - self._first_number, captured_ns=taken.captured_ns)

    def close(self) -> None:
        """Stop reading and give the camera back."""
        self._grabber.stop()


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    image: NDArray[np.uint8]
    number: int
    captured_ns: int


class _Grabber:
    """Reads an open capture in a thread of its own and keeps the newest picture.

    A thread, because a driver may hold ``grab`` far beyond the time-out, or for ever, when a cable is pulled; and
    because pictures must leave the driver's queue as they come, or those taken later are old. From its start the
    thread alone touches the capture, and releases it: releasing during a ``grab`` crashes some drivers. It is a
    daemon, so that one that never returns does not keep the program alive.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._changed = threading.Condition()
        self._newest: _Picture | None = None
        self._error: SourceError | None = None
        self._is_over = False
        self.is_stopping = False
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float) -> _Picture | None:
        """Wait for a picture and return the newest, which stays; None after the time-out or once stopped.

        Raises
        ------
        SourceError
            The thread ended because of it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._is_over or self.is_stopping, timeout_s)
            if self._error is not None and not self.is_stopping:
                raise self._error
            return None if self.is_stopping else self._newest

    def take(self, timeout_s: float) -> _Picture | None:
        """Wait for a picture and return the newest, which is then gone; as `wait` in all else."""
        with self._changed:  # reentrant: no newer picture can come between the two
            picture = self.wait(timeout_s)
            self._newest = None
            return picture

    def stop(self) -> None:
        """Ask the thread to end and wait for that a little."""
        with self._changed:
            self.is_stopping = True
            self._changed.notify_all()
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            logger.warning("the camera's driver has not returned within %g s and is left behind", CLOSE_S)

    def _run(self) -> None:
        number = 0
        try:
            while not self.is_stopping:
                picture = self._read(number)
                with self._changed:
                    if picture is None:
                        self._changed.wait_for(lambda: self.is_stopping, RETRY_S)
                        continue
                    self._newest = picture
                    self._changed.notify_all()
                number += 1
        except SourceError as err:
            self._error = err
        finally:
            self._capture.release()
            with self._changed:
                self._is_over = True
                self._changed.notify_all()

    def _read(self, number: int) -> _Picture | None:
        try:
            if not self._capture.grab():
                return None
            captured_ns = time.monotonic_ns()
            is_decoded, picture = self._capture.retrieve()
        except cv2.error as err:  # a damaged picture; the next may be whole
            logger.debug("camera: %s", err)
            return None
        return _Picture(to_rgb(picture), number, captured_ns) if is_decoded else None
