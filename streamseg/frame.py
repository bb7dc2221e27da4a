"""What travels down the line: a `Frame`, its `Segmentation`, and the `Rendering` that sinks receive. All immutable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box, ImagePlane
from streamseg.measurement import Measurement
from streamseg.outline import NO_COVER, Cover, Outline

Unit = Literal["grey", "hu"]
Modality = Literal["US", "CT"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which DICOM picture a frame was made of, for an output that must refer to it. Never logged and never shown.

    Attributes
    ----------
    index
        Which picture of the file, from 0.
    turned
        Whether rows and columns are stored the other way round than the frame has them.
    """

    path: Path
    index: int = 0
    turned: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a stream. Its pixels are made read-only: every stage sees the same ones.

    Attributes
    ----------
    image
        Grey (H, W) uint8, RGB (H, W, 3) uint8, or Hounsfield units (H, W) int16 where ``unit`` is ``"hu"``.
    index
        Position in the source, from 0. Never repeats within a stream, not even when the source is looped.
    captured_ns
        Monotonic clock (`time.monotonic_ns`) just after the grab returned.
    media_time_ns
        Presentation time in the recording, where the source has one.
    spacing_mm
        Distance between the centres of neighbouring pixels (row, column), where the source knows it.
    modality
        DICOM code of the modality, where the source knows it.
    unit
        What a pixel value means: display grey levels, or Hounsfield units.
    position_mm
        Of a slice: where it lies on the line at right angles to all of them, where the source knows it.
    plane
        Where the picture lies in space, where the source knows it.
    scan_region
        The part of the picture that holds the scan, where the source knows it.
    media_index
        Position in the file or stack, from 0, where there is one; unlike ``index`` it repeats after a seek or a loop.
    seeks
        How many seeks came before it: frames on both sides of one do not follow each other.
    device_time_ns
        When the picture was made, by the clock of the device that sent it, in nanoseconds since 1970. It goes back to
        that device with what was found, and nowhere else: it is a date.
    origin
        Which picture of which DICOM file it was made of; None for other sources.
    """

    image: NDArray[Any]
    index: int
    captured_ns: int
    media_time_ns: int | None = None
    spacing_mm: tuple[float, float] | None = None
    modality: Modality | None = None
    unit: Unit = "grey"
    position_mm: float | None = None
    plane: ImagePlane | None = None
    scan_region: Box | None = None
    media_index: int | None = None
    seeks: int = 0
    device_time_ns: int | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        expected = np.int16 if self.unit == "hu" else np.uint8
        is_colour = self.image.ndim == 3 and self.image.shape[2] == 3 and self.unit == "grey"
        if self.image.dtype != expected or not (self.image.ndim == 2 or is_colour) or self.image.size == 0:
            raise ValueError(
                f"a frame in unit {self.unit!r} holds {np.dtype(expected)} (H, W)"
                f"{' or (H, W, 3)' if self.unit == 'grey' else ''}, got {self.image.dtype} {self.image.shape}"
            )
        self.image.flags.writeable = False

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.image.shape[0], self.image.shape[1]

    @property
    def place(self) -> int:
        """Position in the file or stack, from 0; of a stream that has none, the index."""
        return self.index if self.media_index is None else self.media_index


@dataclass(frozen=True, slots=True)
class Scores:
    """How strongly a frame shows the structure, each 0 to 1, over the pixels that the model looked at.

    The mean is the study's frame score; it hides small findings, which the maximum and the mean of the highest
    one per cent of pixels do not. ``area`` is the share of pixels in the mask.
    """

    mean: float
    maximum: float
    top_percent: float
    area: float


@dataclass(frozen=True, slots=True)
class Stamps:
    """When a frame passed each stage, monotonic clock in nanoseconds; 0 where it has not been there.

    Captured by the source, taken from the ring buffer, prepared, inferred (exact route), collected by rendering,
    postprocessed, drawn; and on the live route, between prepared and postprocessed, given a carried mask.
    """

    captured_ns: int = 0
    taken_ns: int = 0
    prepared_ns: int = 0
    inferred_ns: int = 0
    collected_ns: int = 0
    postprocessed_ns: int = 0
    drawn_ns: int = 0
    carried_ns: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """The result for one frame. It holds *its own* frame: a mask is never drawn on another one.

    Attributes
    ----------
    probability
        (H, W) float32, 0 to 1, in the frame's own pixels; 0 outside the region of interest.
    mask
        (H, W) bool: probability at or above ``threshold``, components below the smallest area removed.
    region
        The region of interest: the part of the frame that the model looked at.
    scan
        The outline of the scan in the picture of a scanner, where it stands out from what is around it.
    area_px, area_mm2
        Area of the mask; ``area_mm2`` is None where the frame has no spacing.
    carried_from
        None where the mask was inferred from this very frame; otherwise the index of the frame that it was inferred
        from, and optical flow carried it here (live route).
    reused_from
        Index of the frame that the mask was inferred from, where the picture has not changed since: it is the mask of
        this picture too.
    mask_age_ms
        How long before this frame the one was captured that a carried mask was inferred from; 0 for a mask of its own,
        None where there is none that could be shown (live route): then the mask is empty, and the scores are NaN.
    measurements
        Taken on this very mask, in the order asked for.
    is_new_scene
        Whether temporal smoothing started afresh at this frame (first frame, cut, or new region of interest).
    """

    frame: Frame
    probability: NDArray[np.float32]
    mask: NDArray[np.bool_]
    region: Box
    scores: Scores
    threshold: float
    area_px: int
    area_mm2: float | None = None
    carried_from: int | None = None
    reused_from: int | None = None
    mask_age_ms: float | None = 0.0
    is_new_scene: bool = True
    measurements: tuple[Measurement, ...] = ()
    scan: Outline | None = None
    stamps: Stamps = field(default_factory=Stamps)

    @property
    def is_own(self) -> bool:
        """Whether the mask was inferred from this very picture, and not carried to it or missing."""
        return self.carried_from is None and self.mask_age_ms is not None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened besides frames. Logged with the frame with which it took effect.

    Attributes
    ----------
    kind
        ``change``, ``undo``, ``redo``, ``pause``, ``seek``, ``mark``, ``snapshot``, ``switch``, ``drop``, ``frozen``,
        ``warning``.
    at_ns
        When, on the monotonic clock; 0 where unknown.
    index
        Of the frame with which it took effect; None while there is none yet.
    """

    kind: str
    message: str
    at_ns: int = 0
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A ring buffer at one moment: items in it, room for how many, and how many made room for newer ones so far."""

    name: str
    waiting: int
    capacity: int
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the stream does, sampled once a second.

    Attributes
    ----------
    at_ns
        When, on the monotonic clock.
    jitter_ms
        How unevenly frames are captured; None before the third one.
    cpu_percent
        What this process takes, in per cent of one core.
    memory_mib
        Its resident memory.
    """

    at_ns: int
    frames_in: int
    capture_hz: float
    inference_hz: float
    display_hz: float
    jitter_ms: float | None
    cpu_percent: float
    memory_mib: float
    queues: tuple[Queue, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """What a sink receives: a segmentation, the canvas drawn from it, and what the stream knew at that moment.

    Attributes
    ----------
    canvas
        (H', W', 3) uint8 RGB, read-only; the frame with its overlay and caption.
    fps
        Frames per second out of the pipeline at this moment.
    drops
        Frames dropped so far, by cause.
    events
        What happened since the rendering before.
    vitals
        How the stream does, where that was sampled since the rendering before.
    cover, keep
        What is blacked out of a picture that is kept, and what makes the canvas with such a one, if anything is.
    """

    segmentation: Segmentation
    canvas: NDArray[np.uint8]
    fps: float = 0.0
    drops: Mapping[str, int] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    vitals: Vitals | None = None
    cover: Cover = NO_COVER
    keep: Callable[[], NDArray[np.uint8]] | None = None

    @property
    def kept_canvas(self) -> NDArray[np.uint8]:
        """The canvas as it may be kept (H', W', 3), a copy with black in it where the one on screen may not."""
        return self.canvas if self.keep is None else self.keep()
