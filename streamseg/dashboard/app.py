"""The dashboard: asks a feed ten times a second how the stream is doing, shows it, and owns nothing of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.command import Provider
from textual.containers import Horizontal, ScrollableContainer, Vertical

from streamseg.dashboard.actions import StreamActions
from streamseg.dashboard.arrangement import PAGES, TALL_FROM, arrangement_for
from streamseg.dashboard.keys import KeyRow, bindings
from streamseg.dashboard.log_lines import LogLines
from streamseg.dashboard.panels.bars import KeyBar, NoteBar, PageBar, TitleBar
from streamseg.dashboard.panels.control import ControlPanel
from streamseg.dashboard.panels.details import DetailsPanel
from streamseg.dashboard.panels.findings import PLOTTED, FindingsPanel
from streamseg.dashboard.panels.happenings import EventsPanel, LogPanel
from streamseg.dashboard.panels.knob import Knob, WordKnob
from streamseg.dashboard.panels.latency import LatencyPanel
from streamseg.dashboard.panels.load import LoadPanel
from streamseg.dashboard.panels.numbers import NumbersPanel
from streamseg.dashboard.panels.panel import Moment, Panel, PlottedScore
from streamseg.dashboard.panels.position import PositionPanel
from streamseg.dashboard.panels.stage import StagePanel
from streamseg.dashboard.picture import VIEWS, View
from streamseg.dashboard.screens.commands import KeyCommands
from streamseg.dashboard.themes import DARK, LIGHT, THEMES
from streamseg.dashboard.widgets.blocks import ColourDepth
from streamseg.dashboard.widgets.graphics import TerminalGraphics
from streamseg.dashboard.widgets.histogram import Histogram
from streamseg.dashboard.widgets.preview import DrawingLimits, Preview
from streamseg.dashboard.widgets.scrubber import Scrubber
from streamseg.errors import StreamsegError
from streamseg.watch.feed import Feed
from streamseg.watch.snapshot import Snapshot

logger = logging.getLogger(__name__)

RATE_HZ = 10.0
WINDOWS_HZ = 30.0


@dataclass(frozen=True, slots=True)
class Looks:
    """How the dashboard is drawn.

    Attributes
    ----------
    graphics
        How pictures reach the terminal; None for no preview.
    depth
        Colours of pictures in characters; None for what the terminal says.
    is_ascii
        Draw with ASCII characters only.
    leaves_at_end
        Whether it ends with the stream, and not only when a person says so.
    """

    graphics: TerminalGraphics | None = field(default_factory=TerminalGraphics)
    limits: DrawingLimits = field(default_factory=DrawingLimits)
    depth: ColourDepth | None = None
    is_ascii: bool = False
    leaves_at_end: bool = False


class Cockpit(StreamActions):
    """The application.

    Parameters
    ----------
    serve_windows
        Serves windows of the desktop that share this thread.

    Attributes
    ----------
    failure
        What ended it, where that was an error: of a feed that cannot be read, or of the dashboard itself.
    was_interrupted
        Whether it was Ctrl-C or a signal that ended it.
    """

    CSS_PATH = "dashboard.tcss"
    TITLE = "streamseg"
    BINDINGS: ClassVar[list[BindingType]] = bindings()
    COMMANDS: ClassVar[set[type[Provider]]] = {KeyCommands}  # type: ignore[assignment]  # Textual has it wider
    # Arrow keys go through the frames until a person chooses a control with Tab.
    AUTO_FOCUS = None

    def __init__(
        self,
        feed: Feed,
        looks: Looks | None = None,
        log: LogLines | None = None,
        *,
        serve_windows: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(feed)
        self._serve_windows = serve_windows
        self._looks = looks or Looks()
        self._log_lines = log or LogLines()
        self._snapshot = feed.snapshot()
        self._panels: tuple[Panel, ...] = ()
        self._bars: tuple[TitleBar | NoteBar, ...] = ()
        self._view: View = VIEWS[0]
        self._plotted: PlottedScore = PLOTTED[0]
        self._page = 1
        self._ticks = 0
        self._is_stale = True
        self.failure: Exception | None = None
        self.was_interrupted = False
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    @property
    def now(self) -> Snapshot:
        """The snapshot that is shown."""
        return self._snapshot

    def compose(self) -> ComposeResult:
        """Make all panels; the stylesheet decides which are seen."""
        look: dict[str, Any] = {"is_ascii": self._looks.is_ascii}
        yield TitleBar(**look)
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield StagePanel(self._preview(), **look)
                yield PositionPanel(**look)
                yield FindingsPanel(**look)
            with Vertical(id="side"):
                yield PageBar()
                with Horizontal():
                    with ScrollableContainer(id="middle", can_focus=False):
                        yield NumbersPanel(**look)
                        yield LatencyPanel(**look)
                        yield LoadPanel(**look)
                        yield DetailsPanel(**look)
                    with ScrollableContainer(id="right", can_focus=False):
                        yield ControlPanel(**look)
                        yield EventsPanel(**look)
                        yield LogPanel(self._log_lines, **look)
        with Vertical(id="foot"):
            yield NoteBar()
            yield KeyBar(self._does)

    def on_mount(self) -> None:
        """Begin to ask the feed."""
        self._panels = tuple(self.query(Panel))
        self._bars = (self.query_one(TitleBar), self.query_one(NoteBar))
        self.screen.set_class(self._looks.is_ascii, "-ascii")
        self._arrange()
        self.set_interval(1 / RATE_HZ, self._tick)
        if self._serve_windows is not None:
            self.set_interval(1 / WINDOWS_HZ, self._serve_windows)
        self.call_after_refresh(self._tick)

    def on_resize(self, event: events.Resize) -> None:
        """Choose the arrangement that the terminal has room for."""
        del event
        self._arrange()

    def say(self, words: str, *, is_refusal: bool = False) -> None:
        """Say what was done, or why it was not, and show the stream anew."""
        self._is_stale = True
        self.screen_stack[0].query_one(NoteBar).say(words, is_refusal=is_refusal)

    def interrupt(self) -> None:
        """End soon; may be called by a signal handler at any moment."""
        self.was_interrupted = True

    def action_interrupt(self) -> None:
        """End as after Ctrl-C."""
        self.was_interrupted = True
        self.exit()

    def action_view(self, steps: int) -> None:
        """Look at another view of the frame."""
        if self._looks.graphics is None:
            self.say("there is no preview", is_refusal=True)
            return
        self._view = VIEWS[(VIEWS.index(self._view) + steps) % len(VIEWS)]
        self.say(f"view {self._view}")

    def action_plot(self, steps: int) -> None:
        """Plot another score."""
        self._plotted = PLOTTED[(PLOTTED.index(self._plotted) + steps) % len(PLOTTED)]
        self.say(f"plotted: {self._plotted}")

    def action_page(self, page: int) -> None:
        """Look at another page of panels; where there is room for all, there is but one."""
        self._page = page
        self._arrange()
        self.say(f"page {page}: {PAGES[page]}")

    def action_toggle_dark(self) -> None:
        """Change between the dark and the light look."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def action_step(self, count: int) -> None:
        """Go frame by frame."""
        self.query_one(StagePanel).take_next()
        super().action_step(count)

    @on(Histogram.Moved)
    def _move_marker(self, event: Histogram.Moved) -> None:
        self.do(lambda: self.helm.set_dial(event.marker, event.value, is_dragged=True))

    @on(Knob.Turned)
    def _turn_dial(self, event: Knob.Turned) -> None:
        self.do(lambda: self.helm.set_dial(event.name, event.value, is_dragged=True))

    @on(WordKnob.Gone)
    def _go_round(self, event: WordKnob.Gone) -> None:
        if event.name == "view":
            self.action_view(event.steps)
        elif event.name == "region":
            self.action_choose_region()
        else:
            self.action_choose(event.name, event.steps)

    @on(Scrubber.Seek)
    def _seek(self, event: Scrubber.Seek) -> None:
        self.do(lambda: self.helm.seek(event.index))

    def _preview(self) -> Preview:
        looks = self._looks
        return Preview(graphics=looks.graphics, limits=looks.limits, depth="ascii" if looks.is_ascii else looks.depth)

    def _does(self, row: KeyRow) -> bool:
        return self.helm.has(row.needs) and (row.needs != "picture" or self._looks.graphics is not None)

    def _arrange(self) -> None:
        body = self.screen_stack[0].query_one("#body")
        arrangement = arrangement_for(self.size.height, self.size.width)
        for name in ("small", "medium", "large"):
            body.set_class(name == arrangement, f"-{name}")
        body.set_class(self.size.height >= TALL_FROM, "-tall")
        for page in PAGES:
            body.set_class(page == self._page, f"-page-{page}")
        self.screen_stack[0].query_one(PageBar).show(self._page)
        body.set_class(self._looks.graphics is None, "-no-preview")
        body.set_class(self.feed.transport is None, "-no-scrubber")
        self._is_stale = True

    def _tick(self) -> None:
        """Ask the feed, and show what it says."""
        if self.was_interrupted:
            self.exit()
            return
        try:
            self._snapshot = self.feed.snapshot()
            inspection = self.feed.inspect()
        except StreamsegError as err:
            self.failure = err
            self.exit()
            return
        if self._looks.leaves_at_end and self._snapshot.state == "ended":
            self.exit()
            return
        is_stale, self._is_stale = self._is_stale, False
        moment = Moment(self._snapshot, inspection, self._view, self._plotted)
        for panel in self._panels:
            # Not attached: the application is being taken down.
            if (is_stale or self._ticks % panel.EVERY == 0) and panel.is_attached and panel.is_on_screen:
                panel.show(moment)
        for bar in self._bars:
            if bar.is_attached:
                bar.show(self._snapshot)
        self._ticks += 1

    def _handle_exception(self, error: Exception) -> None:
        """Remember what went wrong, for whoever started the dashboard to say it in one line."""
        self.failure = self.failure or error
        logger.debug("the dashboard failed", exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End without writing a traceback over the terminal."""
        self._close_messages_no_wait()
