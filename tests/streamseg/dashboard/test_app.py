"""What the dashboard keeps in sight, and how it ends."""

import pytest

from streamseg.dashboard.app import Cockpit, Looks
from streamseg.dashboard.panels.bars import TitleBar
from streamseg.dashboard.panels.stage import StagePanel
from streamseg.dashboard.widgets.preview import Preview
from streamseg.errors import SourceUnreadableError
from tests.support.cockpit import note_of
from tests.support.still_feed import StillFeed


def test_a_held_camera_stands_still_until_the_next_frame_is_asked_for(tmp_path, drive, settled):
    feed = StillFeed(tmp_path, is_live=True)
    pictures = []

    async def look(pilot):
        preview = pilot.app.query_one(Preview)
        for key in ("space", None, "right"):
            if key:
                await pilot.press(key)
            await settled(pilot)
            feed.rendering = StillFeed(tmp_path).rendering
            await settled(pilot)
            pictures.append(preview._picture)

    drive(feed, look)
    assert pictures[0] is pictures[1]
    assert pictures[1] is not pictures[2]


def test_the_notice_is_always_in_sight(feed, drive):
    seen = []

    async def look(pilot):
        for key in ("2", "3", "4", "question_mark"):
            await pilot.press(key)
            seen.append(str(pilot.app.screen_stack[0].query_one(TitleBar).content))

    drive(feed, look, size=(80, 24))
    assert all("RESEARCH USE ONLY" in text for text in seen)


def test_the_dashboard_ends_with_its_stream(feed, drive):
    async def end(pilot):
        feed.changes["state"] = "ended"
        for _ in range(200):
            await pilot.pause(0.02)
            if not pilot.app.is_running:
                return

    cockpit = drive(feed, end, looks=Looks(leaves_at_end=True))
    assert cockpit.return_code == 0


def test_a_failed_stream_stays_in_sight_with_its_reason(feed, drive, settled):
    notes = []

    async def look(pilot):
        feed.changes |= {"state": "failed", "error": "the camera is gone"}
        await settled(pilot)
        notes.append(note_of(pilot.app))

    drive(feed, look, looks=Looks(leaves_at_end=True))
    assert notes == ["failed: the camera is gone"]


def test_a_feed_that_cannot_be_read_any_more_ends_the_dashboard_with_its_error(feed, drive):
    error = SourceUnreadableError("the log is gone")

    def refuse():
        raise error

    async def look(pilot):
        feed.snapshot = refuse
        for _ in range(200):
            await pilot.pause(0.02)
            if pilot.app.failure is not None:
                return

    assert drive(feed, look).failure is error


def test_an_exception_inside_a_widget_is_kept_for_whoever_started_the_dashboard(feed, monkeypatch, drive):
    def fail(*_):
        raise KeyError("broken panel")

    async def wait(pilot):
        await pilot.pause(1)

    kept = []
    monkeypatch.setattr(StagePanel, "show", fail)
    monkeypatch.setattr(
        Cockpit, "_fatal_error", lambda self, end=Cockpit._fatal_error: (kept.append(self.failure), end(self))
    )
    with pytest.raises(KeyError, match="broken panel"):
        drive(feed, wait)
    assert isinstance(kept[0], KeyError)


def test_without_a_preview_the_findings_have_its_place(feed, drive):
    seen = []

    async def look(pilot):
        seen.append((pilot.app.query_one(StagePanel).is_on_screen, pilot.app.query_one("FindingsPanel").size.height))

    drive(feed, look, looks=Looks(graphics=None))
    assert not seen[0][0]
    assert seen[0][1] > 20
