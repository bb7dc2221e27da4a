"""What is known of a stack at the end of a run: volume, estimate, first and last finding, ranking, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from streamseg.protocols import StreamInfo
from streamseg.stacks.abc2 import Abc2, largest
from streamseg.stacks.book import SliceFinding, StackVolume, extents_mm, slice_volumes_ml

# Runs of slices that are named one by one.
_MOST_RUNS = 5


@dataclass(frozen=True, slots=True)
class StackReport:
    """A stack at the end of a run.

    Attributes
    ----------
    extents_mm, volumes_ml
        Of every slice, as `streamseg.stacks.book` counts them; None where that cannot be known.
    missing
        Why this is not the whole stack, one sentence each; empty where it is.
    remarks
        What the reader must know besides; one sentence each.
    """

    stream: StreamInfo
    slices: tuple[SliceFinding, ...]
    volume: StackVolume
    abc2: Abc2
    extents_mm: tuple[float | None, ...]
    volumes_ml: tuple[float | None, ...]
    missing: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def with_finding(self) -> tuple[SliceFinding, ...]:
        """The slices whose mask is not empty, in the order of the stack."""
        return tuple(each for each in self.slices if each.area_px)

    @property
    def ranked(self) -> tuple[SliceFinding, ...]:
        """All slices, the highest score first: the mean of the highest one per cent of pixels."""
        return tuple(sorted(self.slices, key=lambda each: (-each.scores.top_percent, each.place)))

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values. Slices are numbered from 1, as people count; ``media_index`` is from 0."""
        source, card, volume = self.stream.source, self.stream.card, self.volume
        found = self.with_finding
        return {
            "notice": card.notice,
            "source": {"name": source.name, "kind": source.kind, "detail": source.detail},
            "model": {"name": card.name, "version": card.version, "sha256": self.stream.weights.sha256},
            "structure": card.structure.name,
            "is_complete": volume.is_complete,
            "missing": list(self.missing),
            "slice_count": volume.slice_count,
            "slices_seen": volume.slices_seen,
            "slices_with_finding": volume.with_finding,
            "volume_ml": _rounded(volume.volume_ml),
            "volume_why_not": volume.why_not,
            "abc2": _abc2(self.abc2),
            "first_with_finding": _where(found[0]) if found else None,
            "last_with_finding": _where(found[-1]) if found else None,
            "largest_area": _where(greatest) if (greatest := largest(self.slices)) else None,
            "ranking": [each.place + 1 for each in self.ranked],
            "remarks": list(self.remarks),
            "slices": list(self._rows()),
        }

    def _rows(self) -> Iterator[dict[str, Any]]:
        total_ml: float | None = 0.0
        for each, extent_mm, volume_ml in zip(self.slices, self.extents_mm, self.volumes_ml, strict=True):
            total_ml = None if total_ml is None or volume_ml is None else total_ml + volume_ml
            yield _where(each) | {
                "frame": each.index,
                "thickness_mm": each.thickness_mm,
                "extent_mm": _rounded(extent_mm),
                "area_px": each.area_px,
                "area_mm2": _rounded(each.area_mm2),
                "volume_ml": _rounded(volume_ml),
                "running_volume_ml": _rounded(total_ml),
                "scores": {name: _rounded(score) for name, score in asdict(each.scores).items()},
                "threshold": each.threshold,
            }


def make_report(stream: StreamInfo, slices: tuple[SliceFinding, ...], volume: StackVolume, abc2: Abc2) -> StackReport:
    """Put the report of a stack together."""
    nothing = (None,) * len(slices)
    extents: tuple[float | None, ...] = nothing
    volumes: tuple[float | None, ...] = nothing
    try:
        extents = extents_mm(slices)
        volumes = slice_volumes_ml(slices)
    except ValueError:
        pass  # the volume says why
    if abc2.volume_ml is not None and stream.card.modality != "CT":
        abc2 = Abc2(place=abc2.place, why_not="it is for haemorrhage on CT, and this model is for other pictures")
    return StackReport(
        stream, slices, volume, abc2, extents, volumes, tuple(_missing(stream, slices)), tuple(_remarks(stream, slices))
    )


def runs(numbers: Sequence[int]) -> str:
    """Return growing ``numbers`` in words, such as ``3, 5 to 9``."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    words = [f"{first}" if first == last else f"{first} to {last}" for first, last in found[:_MOST_RUNS]]
    return ", ".join(words) + (" and others" if len(found) > _MOST_RUNS else "")


def _missing(stream: StreamInfo, slices: Sequence[SliceFinding]) -> Iterator[str]:
    source, playback = stream.source, stream.settings.playback
    count = source.length if source.length is not None else source.frame_count
    if count is None:
        yield "how many slices there are is not known"
        return
    seen = {each.place for each in slices}
    unseen = [place + 1 for place in range(count) if place not in seen]
    if not unseen:
        return
    yield f"not seen: slice{'s' if len(unseen) > 1 else ''} {runs(unseen)} of {count}"
    asked = {
        "--start": playback.start,
        "--stop": playback.stop,
        "--every": playback.every if playback.every > 1 else None,
        "--frames": stream.settings.frames,
    }
    given = [f"{option} {value}" for option, value in asked.items() if value is not None]
    yield (
        f"the run was asked for a part: {', '.join(given)}"
        if given
        else "the run ended before them, or they could not be read"
    )


def _remarks(stream: StreamInfo, slices: Sequence[SliceFinding]) -> Iterator[str]:
    thresholds = {round(each.threshold, 4) for each in slices}
    if len(thresholds) > 1:
        yield f"the threshold was changed on the way: {min(thresholds):g} to {max(thresholds):g}"
    for end, each in (("first", slices[0]), ("last", slices[-1])) if slices else ():
        if each.area_px:
            yield f"the finding reaches the {end} slice that was seen; it may go on beyond"
    yield from stream.source.warnings


def _where(each: SliceFinding) -> dict[str, Any]:
    return {"slice": each.place + 1, "media_index": each.place, "position_mm": _rounded(each.position_mm)}


def _abc2(estimate: Abc2) -> dict[str, Any]:
    values = {name: _rounded(value) for name, value in asdict(estimate).items() if name.endswith(("_ml", "_mm"))}
    return values | {"slice": None if estimate.place is None else estimate.place + 1, "why_not": estimate.why_not}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
