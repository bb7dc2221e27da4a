"""From Python: load a model, stream a source through it. Also puts a whole pipeline together for the command line."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from streamseg import registry
from streamseg.backends.uses import Use
from streamseg.engine import JOIN_DEADLINE_S, Engine, ExactEngine, LiveEngine
from streamseg.errors import SettingsError
from streamseg.frame import Segmentation
from streamseg.measure import chosen_kinds
from streamseg.model import Model
from streamseg.model import load_model as load_model_from
from streamseg.model_card import MaskRule
from streamseg.pipeline import Pipeline
from streamseg.playback import Playback
from streamseg.protocols import Sink, Source, StreamInfo
from streamseg.settings import Route, StreamSettings, leaves, load_settings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings
from streamseg.windows import seen_by_model


def load_model(name: str | Path = "us-fetal-head", *, use: Use = "single", **options: Any) -> Model:
    """Load a bundled model, or a model file with its card beside it, checked against its card.

    Parameters
    ----------
    use
        What it is to be fast at: ``"single"``, pictures one at a time and live sources, or ``"at once"``, files. It can
        do either.
    options
        Fields of `streamseg.settings.ModelSettings`, such as ``backend="tensorflow"`` or ``precision="int8"``.

    Raises
    ------
    ModelError
        The model is missing, is not the one of its card, or does not reproduce its golden frame here.
    """
    chosen: dict[tuple[str, ...], Any] = {("model", key): value for key, value in options.items()}
    return load_model_from(load_settings(chosen | {("model", "name"): str(name)}).model, use=use)


def stream(source: str | Path, *, model: Model | None = None, **options: Any) -> Iterator[Segmentation]:
    """Yield the segmentation of every frame of ``source``, in order.

    Capture and inference run ahead in threads of their own, and stop when the iterator is closed. Every frame of a live
    source comes at once, with the newest mask carried to it, as `Segmentation.carried_from` says; with
    ``route="exact"`` the newest frame comes whenever inference is free, with its own mask.

    Parameters
    ----------
    source
        What ``streamseg run`` takes: a video file, a folder of pictures, a camera index, ``synthetic:head`` ...
    model
        A loaded model, which stays open; by default the default model, closed at the end.
    options
        Settings by their names on the command line, such as ``threshold=0.4``, ``every=2`` or ``smallest_area=50``.

    Raises
    ------
    StreamsegError
        The source, a setting or the model cannot be used, or the source failed on the way.
    """
    settings = load_settings(_paths(options))
    if model is None:
        with load_model_from(settings.model, use=use_of(str(source), settings)) as loaded:
            yield from _segmentations(str(source), loaded, settings)
    else:
        yield from _segmentations(str(source), model, settings)


def build(
    location: str,
    model: Model,
    settings: StreamSettings,
    *,
    has_window: bool,
    has_dashboard: bool = False,
    controls: Controls | None = None,
) -> Pipeline:
    """Put the pipeline for ``streamseg run`` together. Nothing runs yet, but everything that can be checked is.

    Parameters
    ----------
    has_dashboard
        A person operates the stream from a terminal: a file plays at its own rate and stays at its end, and a recording
        can be started with a key.
    controls
        Those of the stream, where they do not begin as ``settings`` say.

    Raises
    ------
    StreamsegError
        The source or an output cannot be used.
    """
    controls = controls or Controls(live_settings(model, settings))
    is_watched = has_window or has_dashboard
    is_paced = _is_paced(settings, by_default=is_watched)
    sinks = list(_sinks(settings, has_window=has_window, has_keys=is_watched))
    source = open_source(location, settings, controls, is_paced=is_paced, holds_at_end=has_dashboard)
    return assemble(source, model, settings, controls, sinks)


def assemble(
    source: Source, model: Model, settings: StreamSettings, controls: Controls, sinks: Sequence[Sink] = ()
) -> Pipeline:
    """Put a pipeline together from parts that are open already, such as a source of one's own."""
    route = route_of(source, settings)
    engine = _engine(route, source, model, settings, controls)
    stream_info = StreamInfo(
        source=source.info,
        segmenter=model.info,
        card=model.card,
        weights=model.weights,
        route=route,
        settings=settings,
        controls=controls,
    )
    return Pipeline(engine, stream_info, sinks)


def open_source(
    location: str, settings: StreamSettings, controls: Controls, *, is_paced: bool, holds_at_end: bool = False
) -> Playback:
    """Open what ``location`` names, to be played as ``settings`` say.

    Raises
    ------
    SourceError
        Nothing is there, or no frame comes out of it.
    """
    plugin, place = registry.find_source(location)
    create = plugin.load()

    def open_it() -> Source:
        source: Source = create(place, settings.source)
        return source

    return Playback(open_it, settings.playback, controls, is_paced=is_paced, holds_at_end=holds_at_end)


def live_settings(model: Model, settings: StreamSettings) -> LiveSettings:
    """Return the settings that may change while the stream runs, the threshold from the card unless given."""
    post, output = settings.postprocess, settings.output
    rule = model.card.mask if post.parts == "card" else MaskRule(is_single=post.parts == "largest")
    return LiveSettings(
        threshold=model.card.threshold if post.threshold is None else post.threshold,
        overlay=settings.overlay,
        smoothing=post.smoothing,
        smallest_area_px=post.smallest_area_px,
        is_recording=output.record is not None or output.record_raw is not None,
        region=post.region,
        spacing_mm=settings.source.spacing_mm or "",
        measure=chosen_kinds(post.measure, model.card.measurements),
    ).with_rule(rule)


def has_display() -> bool:
    """Whether a window could be shown on this machine, in this session."""
    if platform.system() == "Linux":
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return "SSH_CONNECTION" not in os.environ


def route_of(source: Source, settings: StreamSettings) -> Route:
    """Return the route that a stream takes: live for a live source, unless the settings say otherwise."""
    return settings.route or ("live" if source.info.is_live else "exact")


def use_of(location: str, settings: StreamSettings) -> Use:
    """Return what a stream of ``location`` uses a model for, as far as is known before the source is opened.

    Raises
    ------
    SourceNotFoundError
        Nothing plays this.
    """
    plugin, place = registry.find_source(location)
    return "single" if settings.route == "live" or plugin.may_be_live(place) else "at once"


def _engine(route: Route, source: Source, model: Model, settings: StreamSettings, controls: Controls) -> Engine:
    spec = seen_by_model(settings.source.window, model.card.input)
    if route == "live":
        return LiveEngine(source, model.infer, spec, settings, controls)
    if source.info.is_live:
        return ExactEngine(source, model.infer, spec, settings, controls)
    return ExactEngine(source, model.lanes.infer, spec, settings, controls, lanes=len(model.lanes))


def _is_paced(settings: StreamSettings, *, by_default: bool) -> bool:
    """Whether a file is played at its own rate.

    Raises
    ------
    SettingsError
        It cannot be shown as it comes and come as fast as it can be inferred.
    """
    if settings.route == "live" and settings.playback.pace == "max":
        raise SettingsError("the live route plays a file at its own rate; leave out --pace max, or use --route exact")
    if settings.playback.pace is None:
        return by_default or settings.route == "live"
    return settings.playback.pace == "source"


def _segmentations(location: str, model: Model, settings: StreamSettings) -> Iterator[Segmentation]:
    controls = Controls(live_settings(model, settings))
    is_paced = _is_paced(settings, by_default=False)
    with closing(open_source(location, settings, controls, is_paced=is_paced)) as source:
        engine = _engine(route_of(source, settings), source, model, settings, controls)
        engine.start()
        try:
            yield from engine
        finally:
            engine.abandon()
            engine.crew.join(JOIN_DEADLINE_S)
    if engine.crew.error is not None:
        raise engine.crew.error


def _sinks(settings: StreamSettings, *, has_window: bool, has_keys: bool) -> Iterator[Sink]:
    output = settings.output
    targets: list[tuple[str, str]] = []
    if output.record is not None or has_keys:  # a key may start a recording
        targets.append(("record", str(output.record or "")))
    if output.record_raw is not None:
        targets.append(("record_raw", str(output.record_raw)))
    wanted = {
        "log": output.log,
        "stack_report": output.stack_report,
        "masks": output.masks,
        "dicom_seg": output.dicom_seg,
    }
    targets += [(name, str(path)) for name, path in wanted.items() if path is not None]
    if has_window:
        targets.append(("window", ""))
    for text in output.sinks:
        name, _, target = text.partition(":")
        targets.append((name, target))
    for name, target in targets:
        sink: Sink = registry.find("sinks", name).load()(target, output)
        yield sink


def _paths(options: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    known = {leaf.option.replace("-", "_"): leaf.path for leaf in leaves()}
    for name in options:
        if name not in known:
            raise SettingsError(f"unknown option {name!r}; there are: {', '.join(sorted(known))}")
    return {known[name]: value for name, value in options.items()}
