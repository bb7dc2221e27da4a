"""What the caption under the picture says: what is drawn, from what, by what, and what it is not for."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from streamseg.frame import Frame, Segmentation
from streamseg.model_card import ModelCard
from streamseg.overlay.lettering import Rgb
from streamseg.settings import Route

NOTICE = "RESEARCH USE ONLY - not a medical device"
BRIGHT: Rgb = (228, 231, 235)
FAINT: Rgb = (150, 157, 165)
AMBER: Rgb = (240, 184, 84)
RED: Rgb = (236, 84, 78)

# The widest that each changing text becomes; room is kept for it from the start. Digits are all of one width.
WIDEST = MappingProxyType(
    {
        "threshold": "threshold 0.00",
        "rate": "0000.0 fps",
        "inference": "0000.0 masks/s",
        "index": "frame 0000000000",
        "time": "000:00:00.000",
        "position": "sagittal -0000.0 mm",
        "mask": "mask carried 0000 ms",
        "paused": "PAUSED",
        "recording": "REC",
    }
)


@dataclass(frozen=True, slots=True)
class Caption:
    """What the strip says besides what the segmentation itself knows.

    Attributes
    ----------
    structure, colour
        Name of the structure, and the colour of its contour as ``"#rrggbb"``.
    model, version, modality
        Which model, and what it is for.
    route
        ``"exact"``: every picture waited for its own mask. ``"live"``: masks are carried to newer pictures.
    fps
        Pictures per second out of the pipeline.
    inference_hz
        Masks per second, where they come at another rate than pictures.
    mask_age_ms
        Age of a carried mask; None where there is no mask that could be shown, such as after a cut.
    has_position
        Whether the frames are slices that know where they lie: that is said then in the place of the time.
    is_paused, is_frozen, is_recording
        Shown as ``PAUSED``, ``FROZEN`` (where it is not paused) and ``REC``.
    """

    structure: str
    colour: str
    model: str
    version: str
    modality: str
    route: Route = "exact"
    fps: float = 0.0
    inference_hz: float | None = None
    mask_age_ms: float | None = 0.0
    has_position: bool = False
    is_paused: bool = False
    is_frozen: bool = False
    is_recording: bool = False

    @classmethod
    def of(cls, card: ModelCard, route: Route) -> Self:
        """Return the caption that a stream with this model begins with; ``dataclasses.replace`` keeps it current."""
        structure = card.structure
        return cls(structure.name, structure.colour, card.name, card.version, card.modality, route)

    @property
    def rgb(self) -> Rgb:
        """The structure's colour."""
        red, green, blue = bytes.fromhex(self.colour.removeprefix("#"))
        return red, green, blue

    @property
    def model_line(self) -> str:
        """The model's name, version and modality."""
        return f"{self.model} {self.version} {self.modality}"


def changing_texts(segmentation: Segmentation, caption: Caption) -> dict[str, tuple[str, Rgb]]:
    """Return the texts that may differ from frame to frame, by the keys of `WIDEST`, each with its colour."""
    texts = {"rate": (f"{min(caption.fps, 9999.9):.1f} fps", FAINT)}
    if caption.route == "live" and caption.inference_hz is not None:
        texts["inference"] = (f"{min(caption.inference_hz, 9999.9):.1f} masks/s", FAINT)
    texts["index"] = (f"frame {segmentation.frame.index}", FAINT)
    if caption.has_position:
        texts["position"] = (position_text(segmentation.frame), BRIGHT)
    else:
        texts["time"] = (_media_time(segmentation.frame), FAINT)
    if caption.route == "live" and caption.mask_age_ms is None:
        texts["mask"] = ("no mask", AMBER)
    elif caption.route == "live" and segmentation.carried_from is not None:
        texts["mask"] = (f"mask carried {min(caption.mask_age_ms or 0, 9999):.0f} ms", BRIGHT)
    if caption.is_paused:
        texts["paused"] = ("PAUSED", AMBER)
    elif caption.is_frozen:
        texts["paused"] = ("FROZEN", AMBER)
    if caption.is_recording:
        texts["recording"] = ("REC", RED)
    return texts


def position_text(frame: Frame) -> str:
    """Return where a slice lies, such as ``axial 42.5 mm``; empty where that is not known."""
    if frame.position_mm is None:
        return ""
    return f"{'z' if frame.plane is None else frame.plane.name} {frame.position_mm:.1f} mm"


def _media_time(frame: Frame) -> str:
    if frame.media_time_ns is None:
        return ""
    seconds, milliseconds = divmod(frame.media_time_ns // 1_000_000, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{clock}:{seconds:02}.{milliseconds:03}"
