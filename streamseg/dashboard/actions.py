"""What the keys of the dashboard do: each action is one line to the `Helm`, and what it says becomes a note."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from textual.app import App

from streamseg.dashboard.helm import Helm, RefusedError
from streamseg.dashboard.keys import Need
from streamseg.dashboard.screens.help import HelpScreen
from streamseg.dashboard.screens.question import QuestionScreen, mark_question, region_question
from streamseg.dashboard.screens.switch import Switch, SwitchScreen
from streamseg.watch.feed import Feed
from streamseg.watch.snapshot import Snapshot


class StreamActions(App[None]):
    """The actions that work on the stream, and their dialogs."""

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed = feed
        self.helm = Helm(feed)

    @property
    @abstractmethod
    def now(self) -> Snapshot:
        """The snapshot that is shown."""

    @abstractmethod
    def say(self, words: str, *, is_refusal: bool = False) -> None:
        """Say what was done, or why it was not, and show the stream anew."""

    def do(self, deed: Callable[[], str]) -> None:
        """Do something at the helm and say what was done, or why it was not."""
        try:
            self.say(deed())
        except RefusedError as err:
            self.say(str(err), is_refusal=True)

    def action_toggle_pause(self) -> None:
        """Hold the stream, or let it go on."""
        self.do(self.helm.toggle_pause)

    def action_step(self, count: int) -> None:
        """Go frame by frame."""
        self.do(lambda: self.helm.step(count))

    def action_skip(self, seconds: int) -> None:
        """Go some seconds on or back."""
        self.do(lambda: self.helm.skip(seconds, self.now))

    def action_leap(self, tenths: int) -> None:
        """Go tenths of the file on or back."""
        self.do(lambda: self.helm.leap(tenths, self.now))

    def action_seek_first(self) -> None:
        """Go to the first frame."""
        self.do(lambda: self.helm.seek(0))

    def action_seek_last(self) -> None:
        """Go to the last frame."""
        self.do(lambda: self.helm.seek_last(self.now))

    def action_finding(self, direction: int) -> None:
        """Go to the finding before or after."""
        self.do(lambda: self.helm.seek_finding(direction, self.now))

    def action_speed(self, steps: int) -> None:
        """Play slower or faster."""
        self.do(lambda: self.helm.change_speed(steps))

    def action_turn(self, name: str, steps: int) -> None:
        """Turn a dial."""
        self.do(lambda: self.helm.turn(name, steps))

    def action_choose(self, name: str, steps: int) -> None:
        """Go on to another word of a choice."""
        self.do(lambda: self.helm.choose(name, steps))

    def action_choose_word(self, name: str, word: str) -> None:
        """Choose a word."""
        self.do(lambda: self.helm.choose_word(name, word))

    def action_toggle_callipers(self) -> None:
        """Draw what is measured, or not."""
        self.do(self.helm.toggle_callipers)

    def action_toggle_recording(self) -> None:
        """Begin or end a recording."""
        self.do(self.helm.toggle_recording)

    def action_mark(self) -> None:
        """Mark the frame."""
        self.do(lambda: self.helm.mark(self.now))

    def action_undo(self) -> None:
        """Take the last change back."""
        self.do(self.helm.undo)

    def action_redo(self) -> None:
        """Make it again."""
        self.do(self.helm.redo)

    def action_switch_back(self) -> None:
        """Take the last switch back."""
        self.do(self.helm.switch_back)

    def action_write_settings(self) -> None:
        """Write the settings in force as TOML."""
        self.do(self.helm.write_settings)

    def action_save_picture(self) -> None:
        """Save the picture."""
        self.do(lambda: self.helm.save_picture(self.now))

    def action_save_screen(self) -> None:
        """Save the dashboard as SVG."""
        self.do(lambda: self.helm.save_screen(self.export_screenshot(title="streamseg")))

    def action_mark_with_words(self) -> None:
        """Ask for words, and mark the frame that was on screen then."""
        marked = self.now

        def mark(words: str | None) -> None:
            if words is not None:
                self.do(lambda: self.helm.mark(marked, words))

        if self._has("controls"):
            self.push_screen(QuestionScreen(mark_question(marked.position.index)), mark)

    def action_choose_region(self) -> None:
        """Ask for the region of interest."""
        latest, live = self.now.latest, self.now.live

        def choose(region: str | None) -> None:
            if region is not None:
                self.do(lambda: self.helm.set_region(region))

        if self._has("controls") and live is not None:
            size = None if latest is None else latest.segmentation.frame.size
            self.push_screen(QuestionScreen(region_question(live.region, size)), choose)

    def action_switch(self) -> None:
        """Ask for another source or model."""

        def switch(chosen: Switch | None) -> None:
            if chosen is not None:
                self.do(lambda: self.helm.switch_to(chosen.location, chosen.settings))

        settings = self.feed.settings
        if self._has("switcher") and settings is not None:
            self.push_screen(SwitchScreen(self.helm.switcher.location, settings), switch)

    def action_help(self) -> None:
        """Show all keys."""
        self.push_screen(HelpScreen())

    def _has(self, need: Need) -> bool:
        """Whether the feed has what a dialog is about; if not, say so."""
        if not self.helm.has(need):
            self.say(self.helm.lacks(need), is_refusal=True)
        return self.helm.has(need)
