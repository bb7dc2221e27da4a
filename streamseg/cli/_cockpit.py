"""Opens the dashboard on a feed: terminal, signals and log belong to it until it closes."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamseg.cli import INTERRUPTED
from streamseg.cli._command import DATED, StderrHandler, aside, out
from streamseg.cli._json_file import JsonFile
from streamseg.cli._report import summary_report
from streamseg.cli._terminal import has_terminal, screen_kept_clean
from streamseg.dashboard.app import Cockpit, Looks
from streamseg.dashboard.log_lines import LogLines
from streamseg.dashboard.signals import ended_by_signals
from streamseg.dashboard.widgets.graphics import GraphicsChoice, ask_terminal
from streamseg.dashboard.widgets.preview import DrawingLimits
from streamseg.errors import SettingsError
from streamseg.feeds.session import Session
from streamseg.machine import usable_cores
from streamseg.output_names import free_path
from streamseg.settings import StreamSettings
from streamseg.watch.feed import Feed
from streamseg.watch.summary import Summary
from streamseg.window_desk import WindowDesk

_SERVE_S = 1 / 30


def operate(source: str, settings: StreamSettings, *, has_window: bool) -> int:
    """Run ``source`` with the dashboard in this terminal, and return the exit code.

    Raises
    ------
    StreamsegError
        Something cannot be used, or failed on the way. All outputs were finished, the summary file too.
    """
    need_terminal("--dashboard")
    output = settings.output
    desk = WindowDesk()
    with (
        JsonFile(output.summary, can_overwrite=output.overwrite) as file,
        Session(source, settings, has_window=has_window, desk=desk) as session,
    ):
        try:
            was_interrupted = _run(session, desk, settings)
        finally:
            summaries = session.summaries or (session.pipeline.summary,)
            file.write(summaries[0].to_json())
            _write_further(summaries[1:], output.summary)
    out().print(summary_report(summaries[-1]))
    return INTERRUPTED if was_interrupted else 0


def monitor(feed: Feed) -> int:
    """Show the dashboard for a stream that runs elsewhere until it is left, and return the exit code.

    Raises
    ------
    StreamsegError
        The log cannot be read.
    """
    need_terminal("the dashboard")
    log = LogLines()
    cockpit = Cockpit(feed, Looks(graphics=None, is_ascii=_is_ascii()), log)
    with ended_by_signals(cockpit.interrupt):
        _show(cockpit, log)
    return INTERRUPTED if cockpit.was_interrupted else 0


def need_terminal(what: str) -> None:
    """Refuse to go on where there is no terminal.

    Raises
    ------
    SettingsError
        There is none.
    """
    if not has_terminal():
        raise SettingsError(f"there is no terminal for {what}; run it in one, not through a pipe or a service")


def _run(session: Session, desk: WindowDesk, settings: StreamSettings) -> bool:
    """Run the session beside the dashboard, and return whether it was interrupted."""
    choice: GraphicsChoice | None = None if settings.preview == "none" else settings.preview
    graphics = None if choice is None else ask_terminal(choice)
    log = LogLines()
    looks = Looks(graphics, drawing_limits(usable_cores()), is_ascii=_is_ascii(), leaves_at_end=True)
    cockpit = Cockpit(session, looks, log, serve_windows=desk.serve)

    def end() -> None:
        cockpit.interrupt()
        # Not left to the dashboard, which waits where its terminal does not take what it draws; and not done here,
        # where the signal may have come while a lock was held.
        threading.Thread(target=session.stop, name="streamseg-stop", daemon=True).start()

    with ended_by_signals(end):
        session.start()
        try:
            _show(cockpit, log)
        finally:
            session.stop()
            while session.is_running:
                desk.serve()
                time.sleep(_SERVE_S)
            session.join()
    return cockpit.was_interrupted


def _show(cockpit: Cockpit, log: LogLines) -> None:
    """Show the dashboard until it ends.

    Raises
    ------
    Exception
        What went wrong in the dashboard; the terminal was restored before.
    """
    with _log_kept_aside(log) as path, screen_kept_clean(path):
        cockpit.run()
    if cockpit.failure is not None and not cockpit.was_interrupted:
        raise cockpit.failure


def drawing_limits(cores: int) -> DrawingLimits:
    """Return how much of a core the preview may take, so that the dashboard takes no more than a twentieth of all.

    Everything but the preview takes some 0.04 of a core (`benchmarks/dashboard.py`, ``no preview``).
    """
    return DrawingLimits(time_share=min(0.1, max(0.02, 0.05 * cores - 0.04)))


def _is_ascii() -> bool:
    return not sys.stderr.encoding.lower().startswith("utf")


def _write_further(summaries: tuple[Summary, ...], path: Path | None) -> None:
    """Write the summaries of what a person switched over to, beside that of the first stream."""
    if path is None:
        return
    for summary in summaries:
        with JsonFile(free_path(path), can_overwrite=False) as file:
            file.write(summary.to_json())


@contextmanager
def _log_kept_aside(lines: LogLines) -> Iterator[Path]:
    """Send the log to ``lines`` and a file instead of the terminal; yield the file.

    Without ``--log-file`` it is one of ours, which is named at the end if there is a warning in it, else removed.
    """
    package = logging.getLogger("streamseg")
    silenced: list[logging.Handler] = [each for each in package.handlers if isinstance(each, StderrHandler)]
    chosen = [Path(handler.baseFilename) for handler in package.handlers if isinstance(handler, logging.FileHandler)]
    added: list[logging.Handler] = [lines]
    path = chosen[0] if chosen else _new_log()
    if not chosen:
        added.append(logging.FileHandler(path, encoding="utf-8"))
        added[-1].setFormatter(logging.Formatter(DATED))
    _exchange(package, silenced, added)
    try:
        yield path
    finally:
        _exchange(package, added, silenced)
        for handler in added:
            handler.close()
        if lines.has_warned:
            aside().print(f"the log is {path}", soft_wrap=True)
        elif not chosen:
            path.unlink()


def _new_log() -> Path:
    descriptor, name = tempfile.mkstemp(prefix="streamseg-", suffix=".log")
    os.close(descriptor)
    return Path(name)


def _exchange(package: logging.Logger, old: list[logging.Handler], new: list[logging.Handler]) -> None:
    for handler in old:
        package.removeHandler(handler)
    for handler in new:
        package.addHandler(handler)
