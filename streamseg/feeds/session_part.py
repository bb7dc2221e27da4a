"""One stream of a session: what was chosen for it, and what it takes over from the stream before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from streamseg.backends.uses import Use
from streamseg.model import Model
from streamseg.pipeline import Pipeline
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings


@dataclass(frozen=True, slots=True)
class Choice:
    """What is played, and how."""

    location: str
    settings: StreamSettings


@dataclass(slots=True, eq=False)
class Part:
    """One stream of the session.

    Attributes
    ----------
    use
        What the model was loaded for.
    """

    choice: Choice
    model: Model
    use: Use
    controls: Controls
    pipeline: Pipeline | None = None

    @property
    def running(self) -> Pipeline:
        """The pipeline, of a part that has one."""
        if self.pipeline is None:
            raise RuntimeError("this part of the session was not built yet")
        return self.pipeline

    @property
    def is_live(self) -> bool:
        """Whether its frames come at their own pace."""
        return self.running.stream.source.is_live

    def discard(self, model_in_use: Model) -> None:
        """Give back what was opened for a part that does not come."""
        if self.pipeline is not None:
            self.pipeline.stop()
        if self.model is not model_in_use:
            self.model.close()


class WarningNotes(logging.Handler):
    """Makes every warning of this package an event of the stream whose controls ``controls_of`` returns."""

    def __init__(self, controls_of: Callable[[], Controls]) -> None:
        super().__init__(logging.WARNING)
        self._controls_of = controls_of

    def emit(self, record: logging.LogRecord) -> None:
        """Note one warning."""
        self._controls_of().note("warning", record.getMessage())


def fitted(choice: Choice, present: Choice, live: LiveSettings) -> Choice:
    """Return ``choice`` without what belongs to the present model or source and was not chosen for the other one."""
    settings = choice.settings
    post, playback = settings.postprocess, settings.playback
    if settings.model.name != present.settings.model.name and post.threshold == live.threshold:
        post = post.model_copy(update={"threshold": None})
    if choice.location != present.location:
        if post.region == live.region:
            post = post.model_copy(update={"region": "auto"})
        if playback == present.settings.playback:
            playback = playback.model_copy(update={"start": None, "stop": None})
    return replace(choice, settings=settings.model_copy(update={"postprocess": post, "playback": playback}))


def carried(begin: LiveSettings, present: Controls) -> Controls:
    """Return controls that begin with ``begin``, and with what of the present ones is of the session."""
    live = replace(begin, is_recording=present.current.is_recording, speed=present.speed)
    controls = Controls(live)
    if present.is_paused:
        controls.pause()
        controls.step()
    return controls
