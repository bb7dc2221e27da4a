"""A cockpit on a stream that stands still."""

import asyncio

import pytest

from streamseg.dashboard.app import Cockpit, Looks
from streamseg.dashboard.widgets.graphics import TerminalGraphics
from tests.support.still_feed import StillFeed


@pytest.fixture
def feed(tmp_path):
    return StillFeed(tmp_path)


@pytest.fixture
def drive():
    """Run a cockpit on a feed, do what a coroutine does with its pilot, and return the cockpit."""

    def run(feed, deeds, *, size=(120, 40), looks=None, **options):
        cockpit = Cockpit(feed, looks or Looks(graphics=TerminalGraphics()), **options)

        async def go():
            async with cockpit.run_test(size=size) as pilot:
                await shown(pilot)
                await deeds(pilot)

        asyncio.run(asyncio.wait_for(go(), timeout=120))
        return cockpit

    return run


async def shown(pilot):
    """Show what the feed says now, and let the cockpit draw it."""
    await pilot.pause()
    pilot.app._tick()
    await pilot.pause()


@pytest.fixture
def settled():
    return shown
