"""One stream of a session: what was chosen for it, how it is put together, what it takes over from the one before."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from streamseg.api import build, live_settings, use_of
from streamseg.backends.uses import Use
from streamseg.model import Model, load_model
from streamseg.output_names import next_part
from streamseg.pipeline import Pipeline
from streamseg.settings import OutputSettings, StreamSettings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings
from streamseg.window_desk import WindowDesk


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


@dataclass(frozen=True, slots=True)
class PartMaker:
    """Puts parts together, all for the same view.

    Attributes
    ----------
    has_window, has_dashboard
        As for `streamseg.api.build`.
    desk
        Where windows are served; None where the thread does that which runs the pipeline.
    """

    has_window: bool
    has_dashboard: bool
    desk: WindowDesk | None

    def first(self, choice: Choice) -> Part:
        """Return the part that a session begins with.

        Raises
        ------
        StreamsegError
            The source, the model or an output cannot be used.
        """
        use = use_of(choice.location, choice.settings)
        model = load_model(choice.settings.model, use=use)
        part = Part(choice, model, use, Controls(live_settings(model, choice.settings)))
        try:
            part.pipeline = self.build(part, choice.settings.output)
        except BaseException:
            model.close()
            raise
        return part

    def following(self, choice: Choice, present: Part) -> Part:
        """Return the part for ``choice``, without its pipeline where that must wait for its camera to be given back.

        Raises
        ------
        StreamsegError
            As in `first`; what belongs to ``present`` is left as it was.
        """
        use = use_of(choice.location, choice.settings)
        is_same_model = (choice.settings.model, use) == (present.choice.settings.model, present.use)
        model = present.model if is_same_model else load_model(choice.settings.model, use=use)
        part = Part(choice, model, use, carried(live_settings(model, choice.settings), present.controls))
        is_same = choice.location == present.choice.location
        if is_same and present.is_live:
            return part
        try:
            part.pipeline = self.build(part, next_part(choice.settings.output))
        except BaseException:
            part.discard(present.model)
            raise
        position = present.running.snapshot().position.media_index
        if is_same and position is not None:
            part.controls.seek(position)
        return part

    def build(self, part: Part, output: OutputSettings) -> Pipeline:
        """Return the pipeline of ``part``, which writes to ``output``."""
        settings = part.choice.settings.model_copy(update={"output": output})
        pipeline = build(
            part.choice.location,
            part.model,
            settings,
            has_window=self.has_window,
            has_dashboard=self.has_dashboard,
            controls=part.controls,
        )
        if self.desk is not None:
            pipeline.hand_windows_to(self.desk)
        return pipeline


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
