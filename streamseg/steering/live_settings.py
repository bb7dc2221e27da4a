"""The settings that may change while a stream runs, and in words what a change sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from streamseg.geometry import Size, parse_region
from streamseg.model_card import MaskRule, MeasurementKind
from streamseg.scan.spacing import parse_spacing
from streamseg.settings import OverlaySettings, StreamSettings

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Speeds of playback worth offering; any between the first and the last one is taken."""


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The settings that may change between two frames. Immutable: a change makes a new one.

    ``region`` is written as in `streamseg.settings.PostprocessSettings`; ``speed`` is that of playback, 0.25 to 4;
    ``is_single`` and ``smallest_share`` are those of `streamseg.model_card.MaskRule`,
    and ``measure`` is what is measured on the mask; ``spacing_mm`` is written as in `streamseg.scan.spacing`, empty for
    what the source says.
    """

    threshold: float
    overlay: OverlaySettings
    smoothing: float = 0.0
    smallest_area_px: int = 0
    is_recording: bool = False
    region: str = "auto"
    speed: float = 1.0
    is_single: bool = False
    smallest_share: float = 0.0
    measure: tuple[MeasurementKind, ...] = ()
    spacing_mm: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold must be 0 to 1, got {self.threshold}")
        if not 0 <= self.smoothing <= 0.95:
            raise ValueError(f"smoothing must be 0 to 0.95, got {self.smoothing}")
        if self.smallest_area_px < 0:
            raise ValueError(f"smallest area must be at least 0 px, got {self.smallest_area_px}")
        if not SPEEDS[0] <= self.speed <= SPEEDS[-1]:
            raise ValueError(f"speed must be {SPEEDS[0]:g} to {SPEEDS[-1]:g}, got {self.speed}")
        parse_region(self.region)
        parse_spacing(self.spacing_mm)

    def changed(self, values: Mapping[str, Any]) -> LiveSettings:
        """Return these with ``values`` set; those of the overlay may be given as a mapping of some of its fields.

        Raises
        ------
        ValueError
            A value is out of range.
        """
        overlay = values.get("overlay")
        if not isinstance(overlay, Mapping):
            return replace(self, **values)
        merged = OverlaySettings.model_validate(self.overlay.model_dump() | dict(overlay))
        return replace(self, **{**values, "overlay": merged})

    def with_rule(self, rule: MaskRule) -> LiveSettings:
        """Return these with what a model's card says of the parts of a mask."""
        return replace(self, is_single=rule.is_single, smallest_share=rule.smallest_share)

    def check_fit(self, frame_size: Size) -> None:
        """Check that the region of interest lies in frames of ``frame_size`` (height, width).

        Raises
        ------
        ValueError
            It does not.
        """
        box = parse_region(self.region)
        if box is not None and not box.fits(frame_size):
            height, width = frame_size
            raise ValueError(f"region {self.region} (TOP,LEFT,HEIGHT,WIDTH) must fit into frames of {width}x{height}")

    def merged(self, settings: StreamSettings) -> StreamSettings:
        """Return ``settings`` with these in the place of what the stream began with."""
        names = ("threshold", "smoothing", "smallest_area_px", "region")
        post = settings.postprocess.model_copy(update={name: getattr(self, name) for name in names})
        source = settings.source.model_copy(update={"spacing_mm": self.spacing_mm or None})
        return settings.model_copy(update={"source": source, "postprocess": post, "overlay": self.overlay})


def difference(before: LiveSettings, after: LiveSettings) -> str:
    """Return in words what ``after`` sets otherwise than ``before``, such as ``threshold = 0.4``; empty if nothing."""
    old = _flat(before)
    return ", ".join(f"{name} = {value}" for name, value in _flat(after).items() if value != old[name])


def changed_by(settings: LiveSettings, words: str) -> LiveSettings:
    """Return ``settings`` with what ``words``, written by `difference`, set; what cannot be read is left as it is."""
    pairs = (part.partition(" = ") for part in words.split(", "))
    old = _flat(settings)
    new = {name: _read(text, old[name]) for name, _, text in pairs if name in old}
    overlay = {name.removeprefix("overlay."): value for name, value in new.items() if name.startswith("overlay.")}
    rest = {name: value for name, value in new.items() if not name.startswith("overlay.")}
    try:
        return settings.changed({**rest, "overlay": overlay})
    except ValueError:
        return settings


def _read(text: str, old: Any) -> Any:
    if isinstance(old, bool):
        return text == "True"
    try:
        return type(old)(text)
    except ValueError:
        return old


def _flat(settings: LiveSettings) -> dict[str, Any]:
    flat = {each.name: getattr(settings, each.name) for each in fields(settings) if each.name != "overlay"}
    return flat | {f"overlay.{name}": value for name, value in settings.overlay}
