"""Cameras of this machine: their list for ``streamseg devices``, and which of them a location means."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from streamseg.errors import SourceNotFoundError

# One interface a platform, because an index means another camera in another one. DirectShow rather than Media
# Foundation, which takes many seconds to open some cameras and grants pixel formats less reliably.
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
