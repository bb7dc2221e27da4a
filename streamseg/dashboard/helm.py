"""What a person does to a stream from the dashboard, in words of the person; knows nothing of terminals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from streamseg.dashboard.dials import CHOICES, DIALS
from streamseg.dashboard.keys import Need
from streamseg.errors import StreamsegError
from streamseg.output_names import free_path
from streamseg.settings import StreamSettings, to_toml
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import SPEEDS
from streamseg.video.stills import save_still
from streamseg.watch.feed import Feed, Switcher, Transport
from streamseg.watch.snapshot import Snapshot

_LEAP_SHARE = 0.1
_DEFAULT_RATE_HZ = 25.0


class RefusedError(Exception):
    """Something that cannot be done now, and why, in a sentence."""


_LACKING: Mapping[Need, str] = {
    "controls": "a log can be looked at, but not changed",
    "transport": "a live stream has no other place in time to go to",
    "switcher": "a log has no source that could be switched",
    "settings": "the settings are not known yet",
    "time": "a log that is still being written cannot be held",
}


class Helm:
    """Turns what a feed lets a person turn. Each method returns what it did, in a few words.

    Every method raises `RefusedError` where the feed cannot do that.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def has(self, need: Need) -> bool:
        """Whether the feed has what a key needs; whether there is a preview is not for it to know."""
        feed = self._feed
        parts: Mapping[Need, object] = {
            "controls": feed.controls,
            "transport": feed.transport,
            "switcher": feed.switcher,
            "settings": feed.settings,
            "time": feed.transport or feed.controls,
        }
        return parts.get(need, feed) is not None

    def lacks(self, need: Need) -> str:
        """Return why a key that needs ``need`` does nothing where the feed does not have it."""
        return _LACKING[need]

    @property
    def controls(self) -> Controls:
        """What changes settings."""
        controls = self._feed.controls
        if controls is None:
            raise RefusedError(_LACKING["controls"])
        return controls

    @property
    def transport(self) -> Transport:
        """What moves through a file, a stack or a log."""
        transport = self._feed.transport
        if transport is None:
            raise RefusedError(_LACKING["transport"])
        return transport

    @property
    def switcher(self) -> Switcher:
        """What changes source and model."""
        switcher = self._feed.switcher
        if switcher is None:
            raise RefusedError(_LACKING["switcher"])
        return switcher

    def toggle_pause(self) -> str:
        """Hold the stream, or let it go on."""
        held = self._holder
        if held.is_paused:
            held.resume()
            return "going on"
        held.pause()
        return "held"

    def step(self, count: int) -> str:
        """Go ``count`` frames on; a stream that runs is held first."""
        held = self._holder
        if not held.is_paused:
            held.pause()
            if count > 0:
                return "held"
        with _translated():
            held.step(count)
        return "next frame" if count > 0 else "frame before"

    def seek(self, media_index: int) -> str:
        """Go to a frame of the file."""
        with _translated():
            self.transport.seek(max(0, media_index))
        return f"to frame {max(0, media_index)}"

    def skip(self, seconds: float, now: Snapshot) -> str:
        """Go ``seconds`` of the recording on."""
        rate_hz = now.identity.source.rate_hz if now.identity else None
        return self.seek(_place(now) + round(seconds * (rate_hz or _DEFAULT_RATE_HZ)))

    def leap(self, tenths: int, now: Snapshot) -> str:
        """Go ``tenths`` of the file on."""
        return self.seek(_place(now) + tenths * max(1, round(length_of(now) * _LEAP_SHARE)))

    def seek_last(self, now: Snapshot) -> str:
        """Go to the last frame."""
        return self.seek(max(0, length_of(now) - 1))

    def seek_finding(self, direction: int, now: Snapshot) -> str:
        """Go to the next frame with a finding among those that were seen, or to the one before."""
        transport, track, here = self.transport, now.file_scores, _place(now)
        if track is None or now.finding is None:
            raise RefusedError("no frame was scored yet")
        found = np.flatnonzero(track.top_percent >= now.finding.threshold)
        # Neighbours belong to one finding: what is sought is where the next one begins.
        begins = found[np.diff(found, prepend=-2) > 1]
        beyond = begins[begins > here] if direction > 0 else begins[begins < here][::-1]
        if not len(beyond):
            raise RefusedError(f"no finding {'after' if direction > 0 else 'before'} this one was seen yet")
        with _translated():
            transport.seek(int(beyond[0]))
        return f"finding at frame {int(beyond[0])}"

    def change_speed(self, steps: int) -> str:
        """Play slower or faster."""
        transport = self.transport
        nearest = min(range(len(SPEEDS)), key=lambda place: abs(SPEEDS[place] - transport.speed))
        speed = SPEEDS[min(len(SPEEDS) - 1, max(0, nearest + steps))]
        with _translated():
            transport.set_speed(speed)
        return f"speed {speed:g}x"

    def turn(self, name: str, steps: int) -> str:
        """Turn a dial by ``steps`` hundredths."""
        dial = DIALS[name]
        return self.set_dial(name, dial.turned(dial.read(self.controls.current), steps))

    def set_dial(self, name: str, value: float, *, is_dragged: bool = False) -> str:
        """Set a dial; what is dragged within a second is one change to undo."""
        dial, controls = DIALS[name], self.controls
        with _translated():
            (controls.drag if is_dragged else controls.change)(**dial.change_to(value))
        return f"{dial.title} {dial.text(dial.read(controls.current))}"

    def choose(self, name: str, steps: int) -> str:
        """Go on to another way of drawing, or colour map."""
        choice, controls = CHOICES[name], self.controls
        word = choice.after(choice.read(controls.current), steps)
        return self.choose_word(name, word)

    def choose_word(self, name: str, word: str) -> str:
        """Choose a way of drawing, or a colour map."""
        self.controls.change(overlay={name: word})
        return f"{CHOICES[name].title} {word}"

    def set_region(self, region: str) -> str:
        """Look at another part of the picture: ``auto``, ``whole`` or ``TOP,LEFT,HEIGHT,WIDTH`` in pixels."""
        with _translated():
            self.controls.change(region=region)
        return f"region {region}"

    def toggle_callipers(self) -> str:
        """Draw what is measured onto the picture, or not."""
        controls = self.controls
        controls.change(overlay={"callipers": not controls.current.overlay.callipers})
        return f"callipers {'on' if controls.current.overlay.callipers else 'off'}"

    def toggle_recording(self) -> str:
        """Begin or end a recording."""
        controls = self.controls
        controls.change(is_recording=not controls.current.is_recording)
        return f"recording {'on' if controls.current.is_recording else 'off'}"

    def mark(self, now: Snapshot, words: str = "") -> str:
        """Note what the person saw, for the log."""
        self.controls.mark(words or f"frame {now.position.index}")
        return f"marked: {words}" if words else f"frame {now.position.index} marked"

    def undo(self) -> str:
        """Take the last change back."""
        what = self.controls.undo()
        if not what:
            raise RefusedError("there is nothing to undo")
        return f"undone: {what}"

    def redo(self) -> str:
        """Make again what was taken back."""
        what = self.controls.redo()
        if not what:
            raise RefusedError("there is nothing to redo")
        return f"again: {what}"

    def switch_to(self, location: str, settings: StreamSettings) -> str:
        """Go over to another source, model or backend."""
        self.switcher.switch(location=location, settings=settings)
        return f"switching to {location}, {settings.model.name}"

    def switch_back(self) -> str:
        """Take the last switch back."""
        before = self.switcher.can_switch_back
        if not before:
            raise RefusedError("there was no switch to take back")
        self.switcher.switch_back()
        return f"switching back to {before}"

    def write_settings(self) -> str:
        """Write the settings in force into the output folder."""
        settings = self._feed.settings
        if settings is None:
            raise RefusedError(_LACKING["settings"])
        path = self._free_path("streamseg.toml")
        with _written(path):
            path.write_text(to_toml(settings), encoding="utf-8")
        return f"wrote {path}"

    def save_screen(self, picture: str) -> str:
        """Save ``picture``, an SVG of the dashboard, into the output folder."""
        path = self._free_path("streamseg-dashboard.svg")
        with _written(path):
            path.write_text(picture, encoding="utf-8")
        return f"saved {path}"

    def _free_path(self, name: str) -> Path:
        """Return where in the output folder to write ``name``."""
        settings = self._feed.settings
        return free_path((Path() if settings is None else settings.output.folder) / name)

    def save_picture(self, now: Snapshot) -> str:
        """Save the picture as it is drawn, with its caption, into the output folder."""
        controls, settings, latest = self.controls, self._feed.settings, now.latest
        if settings is None or latest is None:
            raise RefusedError("there is no picture yet")
        index = latest.segmentation.frame.index
        with _translated():
            path = save_still(latest.kept_canvas, index, settings.output.folder)
        controls.note("snapshot", f"{path.name} of frame {index}")
        return f"saved {path}"

    @property
    def _holder(self) -> Transport:
        held = self._feed.transport or self._feed.controls
        if held is None:
            raise RefusedError(_LACKING["time"])
        return held


def length_of(now: Snapshot) -> int:
    """Return the number of frames of the file, stack or log; 0 where it is not known."""
    if now.position.frame_count is not None:
        return now.position.frame_count
    return 0 if now.file_scores is None else len(now.file_scores)


def _place(now: Snapshot) -> int:
    return now.position.media_index or 0


@contextmanager
def _translated() -> Iterator[None]:
    """Say what is refused to the person."""
    try:
        yield
    except (ValueError, StreamsegError) as err:
        raise RefusedError(str(err)) from err


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        # A file that could not be written is no reason to end a stream.
        raise RefusedError(f"cannot write {path}: {err.strerror}") from err
