"""Computed ultrasound with exact masks: ``synthetic``, ``synthetic:vessel``, ``synthetic:head:live:frames=300``."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.frame import Frame
from streamseg.phantom import Phantom
from streamseg.protocols import Source, SourceInfo
from streamseg.settings import SourceSettings

PLUGIN = {"live": "(.*:)?live(:.*)?"}

RATE_HZ = 30.0
SIZE = (480, 640)


@dataclass(frozen=True, slots=True)
class Request:
    """What a location asks for: words in any order with a colon between, each at most once.

    Attributes
    ----------
    is_vessel
        ``head`` (or neither) or ``vessel``: what is shown.
    is_live
        ``live``: frames come by the clock, and those that nobody took in time are lost.
    frames
        ``frames=N``: the stream ends after frame N - 1; endless where None.
    """

    is_vessel: bool = False
    is_live: bool = False
    frames: int | None = None


def create(location: str, settings: SourceSettings) -> SyntheticSource:
    """Return the source that ``location`` asks for, of the size, rate and seed in ``settings``.

    Raises
    ------
    SourceUnreadableError
        The location holds a word that is not known, or the size is too small.
    """
    request = parse(location)
    try:
        phantom = Phantom(
            scene="vessel" if request.is_vessel else "head",
            size=settings.height_width or SIZE,
            geometry="linear" if request.is_vessel else "sector",
            seed=settings.seed,
        )
    except ValueError as err:
        raise SourceUnreadableError(f"source {'synthetic:' + location!r} cannot be computed: {err}") from err
    rate_hz = settings.rate_hz or RATE_HZ
    kind = phantom.scene
    info = SourceInfo(
        kind="synthetic",
        name=f"synthetic {kind}",
        is_live=request.is_live,
        size=phantom.size,
        rate_hz=rate_hz,
        frame_count=request.frames,
        detail=f"{kind} {phantom.size[1]}x{phantom.size[0]} at {rate_hz:g} Hz, seed {phantom.seed}",
    )
    return SyntheticSource(phantom, info, rate_hz=rate_hz)


def parse(location: str) -> Request:
    """Return what ``location`` asks for, such as ``""``, ``"vessel"`` or ``"head:live:frames=300"``.

    Raises
    ------
    SourceUnreadableError
        A word is not known, is said twice, or contradicts another.
    """
    words = [word for word in location.split(":") if word]
    counts = [word.removeprefix("frames=") for word in words if word.startswith("frames=")]
    plain = [word for word in words if not word.startswith("frames=")]
    is_clear = len(counts) <= 1 and len(set(plain)) == len(plain) and not {"head", "vessel"} <= set(plain)
    is_known = set(plain) <= {"head", "vessel", "live"} and all(count.isdecimal() and int(count) for count in counts)
    if not (is_clear and is_known):
        raise SourceUnreadableError(
            f"{'synthetic:' + location!r} is not understood; after 'synthetic' come head or vessel, live, and frames=N "
            "(N from 1), with ':' between, such as synthetic:vessel:live:frames=300"
        )
    return Request(is_vessel="vessel" in plain, is_live="live" in plain, frames=int(counts[0]) if counts else None)


class SyntheticSource(Source):
    """Frames of a phantom. Frame n is always the picture at n / rate, so that a mask can be had for any index."""

    def __init__(self, phantom: Phantom, info: SourceInfo, *, rate_hz: float) -> None:
        self._phantom = phantom
        self._info = info
        self._rate_hz = rate_hz
        self._next_index = 0
        self._started_ns: int | None = None
        self._closed = threading.Event()

    @property
    def info(self) -> SourceInfo:
        """What is computed."""
        return self._info

    def true_mask(self, index: int) -> NDArray[np.bool_]:
        """Return the exact mask (H, W) of the frame of that index."""
        return self._phantom.render(index / self._rate_hz)[1]

    def __next__(self) -> Frame:
        index = self._wait_for_turn() if self._info.is_live else self._next_index
        is_past_end = self._info.frame_count is not None and index >= self._info.frame_count
        if is_past_end or self._closed.is_set():
            raise StopIteration
        self._next_index = index + 1
        image, _ = self._phantom.render(index / self._rate_hz)
        return Frame(
            image,
            index=index,
            captured_ns=time.monotonic_ns(),
            media_time_ns=round(index * 1e9 / self._rate_hz),
            spacing_mm=self._phantom.spacing_mm,
            modality="US",
        )

    def seek(self, index: int) -> bool:
        """Go on from the frame of that index; any picture can be computed at once."""
        self._next_index = index
        return not self._info.is_live

    def close(self) -> None:
        """End the stream, also for one who waits for the next frame."""
        self._closed.set()

    def _wait_for_turn(self) -> int:
        """Wait until a frame is due that was not given yet, and return its index: the newest one due."""
        now_ns = time.monotonic_ns()
        if self._started_ns is None:
            self._started_ns = now_ns
        elapsed_s = (now_ns - self._started_ns) / 1e9
        # A frame whose time has passed is lost, as with a camera; it is not made up later.
        index = max(self._next_index, int(elapsed_s * self._rate_hz))
        self._closed.wait(max(0.0, index / self._rate_hz - elapsed_s))
        return index
