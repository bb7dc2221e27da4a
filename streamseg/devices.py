"""Cameras of this machine: their list, which of them a location means, and the format that one grants."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from streamseg.errors import SourceNotFoundError, SourceUnreadableError

# One interface a platform, because an index means another camera in another one. DirectShow rather than Media
# Foundation, which takes many seconds to open some cameras (github.com/opencv/opencv issues 17687 and 27917).
_INTERFACES = {"linux": ("V4L2", cv2.CAP_V4L2), "darwin": ("AVFoundation", cv2.CAP_AVFOUNDATION)}
BACKEND, API = _INTERFACES.get(sys.platform, ("DirectShow", cv2.CAP_DSHOW))


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as the system lists it.

    Attributes
    ----------
    index
        Number by which it is opened: the location ``0`` is the camera of index 0.
    name
        Name that it gives itself.
    path
        Device file, on Linux; elsewhere what the system knows it by, or None.
    backend
        Interface of the system that it is reached through.
    """

    index: int
    name: str
    path: str | None = None
    backend: str = BACKEND


@dataclass(frozen=True, slots=True)
class Format:
    """What a camera is asked for, or says that it grants; None where nothing was asked or told.

    Attributes
    ----------
    size
        (height, width) in pixels.
    pixel_format
        FOURCC such as ``"MJPG"``.
    """

    size: tuple[int, int] | None = None
    rate_hz: float | None = None
    pixel_format: str | None = None

    def __str__(self) -> str:
        size = f"{self.size[1]}x{self.size[0]}" if self.size else None
        rate = f"{self.rate_hz:g} Hz" if self.rate_hz else None
        return " ".join(part for part in (size, rate, self.pixel_format) if part)


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def set(self, key: int, value: float, /) -> bool:
        """Ask for a property."""

    def get(self, key: int, /) -> float:
        """Return a property, 0 where the driver does not tell."""

    def grab(self) -> bool:
        """Wait for the next picture and hold it."""

    def retrieve(self) -> tuple[bool, Any]:
        """Decode the picture held."""

    def release(self) -> None:
        """Give the device back."""


def list_cameras() -> tuple[Camera, ...]:
    """Return the cameras of this machine by index; none of them is opened."""
    try:
        found = enumerate_cameras(API)
    except NotImplementedError:  # a platform that the listing does not know; a camera may still open by its index
        return ()
    cameras = (Camera(camera.index, camera.name or f"camera {camera.index}", camera.path) for camera in found)
    return tuple(sorted(cameras, key=lambda camera: camera.index))


def find_camera(location: str, cameras: Sequence[Camera]) -> Camera:
    """Return the camera that ``location`` means.

    Parameters
    ----------
    location
        Index (``0``), device file (``/dev/video0``, ``/dev/v4l/by-id/...``), part of a name in any case, or empty for
        the first camera.

    Raises
    ------
    SourceNotFoundError
        There is no such camera, or the name fits several.
    """
    if location.isdecimal():
        index = int(location)
        # The list may be incomplete, so that an index is tried even when it is not in it.
        return next((camera for camera in cameras if camera.index == index), Camera(index, f"camera {index}"))
    if location.startswith("/"):
        return _find_file(location, cameras)
    wanted = location.casefold()
    fitting = [camera for camera in cameras if wanted in camera.name.casefold()]
    exact = [camera for camera in fitting if wanted == camera.name.casefold()]
    chosen = exact or (fitting if wanted else fitting[:1])
    if not chosen:
        asked = f"whose name holds {location!r}" if location else "at all"
        raise SourceNotFoundError(f"there is no camera {asked}; {describe(cameras)}")
    if len(chosen) > 1:
        raise SourceNotFoundError(
            f"the name {location!r} fits several cameras ({describe(chosen)}); give more of the name, or the index"
        )
    return chosen[0]


def open_camera(camera: Camera) -> cv2.VideoCapture:
    """Open ``camera``.

    Raises
    ------
    SourceNotFoundError
        It is not there.
    SourceUnreadableError
        It is there but does not open.
    """
    known = list_cameras()
    has_file = camera.path is not None and sys.platform == "linux"
    is_known = has_file or camera in known
    # Where the list is complete, a camera that is not in it is not even tried: OpenCV would complain on the terminal.
    if is_known or sys.platform != "linux":
        capture = cv2.VideoCapture(str(camera.path), API) if has_file else cv2.VideoCapture(camera.index, API)
        if capture.isOpened():
            return capture
    if not is_known:
        raise SourceNotFoundError(f"there is no camera {camera.index}; {describe(known)}")
    raise SourceUnreadableError(
        f"camera {camera.name!r} does not open through {BACKEND}; another program may be using it, "
        "or this user may not use it"
    )


def negotiate(capture: Capture, asked: Format) -> Format:
    """Ask for a format and return what the camera says that it grants.

    The pixel format goes first, because it decides which sizes there are; then the size, which decides the rates.
    """
    if asked.pixel_format is not None:
        capture.set(cv2.CAP_PROP_FOURCC, int.from_bytes(asked.pixel_format.encode("ascii"), "little"))
    if asked.size is not None:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, asked.size[1])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, asked.size[0])
    if asked.rate_hz is not None:
        capture.set(cv2.CAP_PROP_FPS, asked.rate_hz)
    # Fewest waiting pictures in the driver. Not every one obeys; the thread that empties them does the rest.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    size = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)), int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    pixel_format = code.to_bytes(4, "little").decode("latin-1")
    return Format(
        size if min(size) > 0 else None,
        rate_hz if rate_hz > 0 else None,
        pixel_format if pixel_format.isascii() and pixel_format.isprintable() else None,
    )


def mismatch(asked: Format, granted: Format) -> str | None:
    """Return the sentence that says what was not granted; None where everything asked for was."""
    is_size = asked.size in (None, granted.size)
    is_format = asked.pixel_format in (None, granted.pixel_format)
    # Drivers give rates as fractions, such as 30000/1001.
    is_rate = asked.rate_hz is None or (
        granted.rate_hz is not None and abs(granted.rate_hz - asked.rate_hz) <= 0.01 * asked.rate_hz
    )
    if is_size and is_format and is_rate:
        return None
    got = Format(
        granted.size if asked.size else None,
        granted.rate_hz if asked.rate_hz else None,
        granted.pixel_format if asked.pixel_format or not is_rate else None,
    )
    hint = "" if is_rate or asked.pixel_format else "; another --pixel-format, such as MJPG, may be faster"
    return f"asked {asked}, got {str(got) or 'no answer'}{hint}"


def describe(cameras: Sequence[Camera]) -> str:
    """Return the list of cameras on one line, for a message."""
    if not cameras:
        return "this machine lists none"
    return "there are: " + ", ".join(f"{camera.index} ({camera.name})" for camera in cameras)


def _find_file(location: str, cameras: Sequence[Camera]) -> Camera:
    path = Path(location)
    if not path.exists():
        raise SourceNotFoundError(f"there is no camera {location}; {describe(cameras)}")
    device = path.resolve()
    for camera in cameras:
        if camera.path is not None and Path(camera.path).resolve() == device:
            return camera
    number = re.search(r"\d+$", device.name)
    return Camera(int(number.group()) if number else 0, path.name, str(device))
