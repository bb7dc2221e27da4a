"""Plays a source to its end, with everything around that a person sees: warnings, progress, summary."""

from __future__ import annotations

import logging
from dataclasses import replace

from streamseg.api import build, has_display, use_of
from streamseg.cli import INTERRUPTED
from streamseg.cli._command import aside, out
from streamseg.cli._json_file import JsonFile
from streamseg.cli._progress import StreamProgress
from streamseg.cli._report import summary_report
from streamseg.errors import SettingsError
from streamseg.model import load_model
from streamseg.pipeline import Pipeline
from streamseg.settings import OutputSettings, StreamSettings
from streamseg.watch.summary import Summary

logger = logging.getLogger(__name__)


def play(source: str, settings: StreamSettings, *, is_quiet: bool) -> int:
    """Run ``source`` through the pipeline of ``settings``, and return the exit code.

    Raises
    ------
    StreamsegError
        Something cannot be used, or failed on the way. All outputs were finished, the summary file too.
    """
    has_window = wants_window(settings)
    if settings.dashboard:
        # Imported only here: it takes a quarter of a second that a run without it need not wait.
        from streamseg.cli._cockpit import operate  # noqa: PLC0415

        return operate(source, settings, has_window=has_window)
    output, use = settings.output, use_of(source, settings)
    with JsonFile(output.summary, can_overwrite=output.overwrite) as file, load_model(settings.model, use=use) as model:
        pipeline = build(source, model, settings, has_window=has_window)
        try:
            _run(pipeline, settings.frames, is_quiet=is_quiet)
        finally:
            summary = replace(pipeline.summary, outputs=outputs(output))
            file.write(summary.to_json())
    if not is_quiet:
        out().print(summary_report(summary))
    return INTERRUPTED if summary.was_interrupted else 0


def wants_window(settings: StreamSettings) -> bool:
    """Return whether a window is to be shown.

    Raises
    ------
    SettingsError
        It is asked for or needed, and there is no display.
    """
    if settings.source.calibrate:
        if settings.view == "none" or not has_display():
            raise SettingsError("--calibrate needs a window to click in, and there is none; use --spacing MM instead")
        return True
    if settings.view == "window" and not has_display():
        raise SettingsError("there is no display for --view window; leave it out, or use --record and --view none")
    return settings.view == "window" or (settings.view == "auto" and has_display() and not settings.dashboard)


def outputs(settings: OutputSettings) -> tuple[str, ...]:
    """Return the names of the files that a run writes, without folders: a path may name a person."""
    report = settings.stack_report
    of_report = () if report is None else tuple(report.with_suffix(suffix) for suffix in (".json", ".md", ".png"))
    # Made at the end, and only of what there was.
    at_end = (path for path in (*of_report, settings.masks, settings.dicom_seg) if path is not None and path.exists())
    paths = (settings.record, settings.record_raw, settings.log, *at_end, settings.summary)
    return tuple(path.name for path in paths if path is not None)


def _run(pipeline: Pipeline, limit: int | None, *, is_quiet: bool) -> Summary:
    source = pipeline.summary.source
    for warning in source.warnings:
        logger.warning("%s: %s", source.name, warning)
    if is_quiet:
        return pipeline.run()
    counts = [count for count in (source.frame_count, limit) if count is not None]
    with StreamProgress(aside(), min(counts, default=None)) as progress:
        return pipeline.run(progress.tick)
