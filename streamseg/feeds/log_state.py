"""What a log has told so far, as snapshots: the gauges of `streamseg.watch.gauges`, fed by lines and not by frames."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from streamseg.feeds.log_reader import Record
from streamseg.frame import Event, Queue, Scores, Stamps
from streamseg.measure.records import read_measurement
from streamseg.protocols import SegmenterInfo, SourceInfo
from streamseg.settings import OverlaySettings, StreamSettings
from streamseg.stacks.book import StackVolume
from streamseg.steering.live_settings import LiveSettings, changed_by
from streamseg.timing import Jitter
from streamseg.watch.gauges import Gauges
from streamseg.watch.score_book import ScoreRow
from streamseg.watch.snapshot import Finding, Identity, Position, Rates, Resources, Snapshot
from streamseg.watch.summary import ModelIdentity

EVENTS_KEPT = 500
# Vitals are written once a second; older ones say nothing about now.
VITALS_LAST_NS = 3_000_000_000

logger = logging.getLogger(__name__)


class LogState:
    """Takes the lines of one log in order and says how the stream was doing then.

    Lines of older logs lack some fields; what is missing stays empty.
    """

    def __init__(self) -> None:
        self._gauges = Gauges()
        self._jitter = Jitter()
        self._seen = Snapshot(taken_ns=0, state="waiting")
        self._settings: StreamSettings | None = None
        self._events: deque[Event] = deque(maxlen=EVENTS_KEPT)
        self._began_ns: int | None = None
        self._drawn_ns: int | None = None
        self._captured_ns: int | None = None
        self._vitals_ns = 0
        self._carried_from: int | None = None
        self.last_ns: int | None = None

    @property
    def settings(self) -> StreamSettings | None:
        """The settings that the stream was started with; None where the log does not tell them."""
        return self._settings

    @property
    def has_ended(self) -> bool:
        """Whether the last line has come."""
        return self._seen.state == "ended"

    def take(self, record: Record) -> None:
        """Take one line in; one that is not as it should be is left out."""
        take = {
            "frame": self._take_frame,
            "start": self._take_start,
            "event": self._take_event,
            "vitals": self._take_vitals,
            "end": self._take_end,
        }.get(record["type"])
        try:
            if take is not None:
                take(record)
        except (KeyError, TypeError, ValueError, AttributeError) as err:
            logger.debug("a line of the log is left out: %s", err)

    def snapshot(self, now_ns: int) -> Snapshot:
        """Return how the stream was doing at ``now_ns`` on the clock of the log."""
        reading = self._gauges.read(now_ns)
        seen = self._seen
        has_vitals = now_ns - self._vitals_ns < VITALS_LAST_NS
        is_live = seen.identity is not None and seen.identity.source.is_live
        shown_ns = self._captured_ns if is_live else self._drawn_ns
        return replace(
            seen,
            taken_ns=now_ns,
            elapsed_s=0.0 if self._began_ns is None else max(0, now_ns - self._began_ns) / 1e9,
            # Frames that were captured and dropped have no line; only the vitals know of them.
            rates=replace(reading.rates, capture_hz=seen.rates.capture_hz) if has_vitals else reading.rates,
            latency=reading.latency,
            history=reading.history,
            age_ms=None if shown_ns is None else max(0, now_ns - shown_ns) / 1e6,
            jitter_ms=seen.jitter_ms if has_vitals else self._jitter.jitter_ms,
            scores=reading.scores,
            file_scores=reading.file_scores,
            events=tuple(self._events),
        )

    def _take_start(self, record: Record) -> None:
        source = _source(record["source"])
        length = source.length if source.length is not None else source.frame_count
        self._gauges = Gauges(length=length)
        model, structure = record["model"], record.get("structure", {})
        self._settings = _settings(record.get("settings"))
        self._see_time(record.get("started_ns"))
        self._seen = replace(
            self._seen,
            state="starting",
            identity=Identity(
                source=source,
                model=ModelIdentity(model["name"], model["version"], model["sha256"]),
                segmenter=SegmenterInfo(
                    record["backend"], record["provider"], record["precision"], int(record["threads"])
                ),
                route=record["route"],
                checksum="as logged",
                structure=str(structure.get("name", "")),
                colour=str(structure.get("colour", "#ffffff")),
                modality=str(model.get("modality", "")),
            ),
            live=_live(record.get("live")),
            position=Position(frame_count=length),
        )

    def _take_event(self, record: Record) -> None:
        event = Event(str(record["kind"]), str(record["message"]), int(record.get("at_ns") or 0), record.get("index"))
        self._events.append(event)
        self._see_time(event.at_ns)
        live, state = self._seen.live, self._seen.state
        if event.kind in ("change", "undo", "redo") and live is not None:
            live = changed_by(live, event.message)
        if event.kind == "pause" and state in ("held", "running", "starting"):
            state = "running" if event.message == "resumed" else "held"
        position = self._seen.position
        if live is not None:
            position = replace(position, speed=live.speed)
        self._seen = replace(self._seen, live=live, state=state, position=position)

    def _take_vitals(self, record: Record) -> None:
        self._vitals_ns = int(record["at_ns"])
        self._see_time(self._vitals_ns)
        self._gauges.cpu_percent.add(self._vitals_ns, record["cpu_percent"])
        self._seen = replace(
            self._seen,
            rates=Rates(capture_hz=float(record["capture_hz"])),
            jitter_ms=record.get("jitter_ms"),
            frames_in=int(record["frames_in"]),
            resources=Resources(float(record["cpu_percent"]), float(record["memory_mib"])),
            queues=tuple(Queue(**queue) for queue in record.get("queues", ())),
        )

    def _take_frame(self, record: Record) -> None:
        stamps = Stamps(**{name: int(value) for name, value in record["stamps_ns"].items()})
        row, seen = _score_row(record), self._seen
        drawn_ns = stamps.drawn_ns or stamps.postprocessed_ns
        self._see_time(drawn_ns)
        self._drawn_ns, self._captured_ns = drawn_ns, stamps.captured_ns
        drops = {str(cause): int(count) for cause, count in record.get("drops", {}).items()}
        self._count_mask(stamps, record.get("carried_from"))
        self._count(stamps, drawn_ns, sum(drops.values()) - sum(seen.drops.values()))
        self._gauges.scores.add(replace(row, time_s=(drawn_ns - (self._began_ns or drawn_ns)) / 1e9))
        scores, threshold = row.scores, float(record["threshold"])
        media_time_s = record.get("media_time_s")
        self._seen = replace(
            seen,
            state="held" if seen.state == "held" else "running",
            position=replace(
                seen.position,
                index=row.index,
                media_index=row.media_index,
                media_time_ns=None if media_time_s is None else round(media_time_s * 1e9),
                position_mm=record.get("position_mm"),
            ),
            finding=Finding(
                mean=scores.mean,
                maximum=scores.maximum,
                top_percent=scores.top_percent,
                area=scores.area,
                area_px=row.area_px,
                area_mm2=row.area_mm2,
                threshold=threshold,
                measurements=tuple(read_measurement(each) for each in record.get("measurements", ())),
            ),
            stack=_stack(record.get("stack")),
            frames_out=seen.frames_out + 1,
            frames_in=max(seen.frames_in, seen.frames_out + 1 + sum(drops.values())),
            drops=drops,
            live=None if seen.live is None else replace(seen.live, threshold=threshold),
        )

    def _count(self, stamps: Stamps, drawn_ns: int, new_drops: int) -> None:
        gauges = self._gauges
        gauges.stages.add(stamps)
        gauges.capture.tick(stamps.captured_ns)
        gauges.display.tick(drawn_ns)
        self._jitter.add(stamps.captured_ns)
        if new_drops > 0:
            gauges.dropped.add(drawn_ns, new_drops)

    def _count_mask(self, stamps: Stamps, carried_from: int | None) -> None:
        if stamps.inferred_ns:
            self._gauges.inference.tick(stamps.inferred_ns)
        elif carried_from is not None and carried_from != self._carried_from:
            # On the live route no frame waits for inference; a new one is seen by what masks are carried from.
            self._gauges.inference.tick(stamps.carried_ns)
        self._carried_from = carried_from

    def _take_end(self, _: Record) -> None:
        self._seen = replace(self._seen, state="ended")

    def _see_time(self, at_ns: int | None) -> None:
        if at_ns:
            self._began_ns = self._began_ns or at_ns
            self.last_ns = max(self.last_ns or 0, at_ns)


def time_of(record: Record) -> int | None:
    """Return when a line was written, on the clock of the log; None where it does not tell."""
    stamps = record.get("stamps_ns")
    at_ns = stamps.get("drawn_ns") if isinstance(stamps, dict) else record.get("at_ns", record.get("started_ns"))
    return at_ns if isinstance(at_ns, int) and at_ns > 0 else None


def _source(fields: Mapping[str, Any]) -> SourceInfo:
    names = {field.name for field in dataclass_fields(SourceInfo)}
    known = {name: value for name, value in fields.items() if name in names}
    size = known.get("size")
    lists = {"size": None if size is None else tuple(size), "warnings": tuple(known.get("warnings", ()))}
    return SourceInfo(**known | lists)


def _stack(fields: Any) -> StackVolume | None:
    try:
        return StackVolume(**fields)
    except TypeError:  # none, or of another version
        return None


def _settings(fields: Any) -> StreamSettings | None:
    try:
        return StreamSettings.model_validate(fields)
    except ValidationError:  # of another version
        return None


def _live(fields: Any) -> LiveSettings | None:
    try:
        overlay = OverlaySettings.model_validate(fields["overlay"])
        return LiveSettings(**fields | {"overlay": overlay, "measure": tuple(fields.get("measure", ()))})
    except (KeyError, TypeError, ValueError):
        return None


def score_row(record: Record) -> ScoreRow | None:
    """Return the scores in the line of a frame, with its time in seconds on the log's clock; None where unreadable."""
    try:
        return _score_row(record)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _score_row(record: Record) -> ScoreRow:
    media_index = record.get("media_index")
    return ScoreRow(
        index=int(record["index"]),
        media_index=None if media_index is None else int(media_index),
        time_s=(time_of(record) or 0) / 1e9,
        scores=Scores(**{name: _number(value) for name, value in record["scores"].items()}),
        area_px=int(record["area_px"]),
        area_mm2=None if record.get("area_mm2") is None else float(record["area_mm2"]),
    )


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
