"""What a cockpit says to the person before it."""

from streamseg.dashboard.app import Cockpit
from streamseg.dashboard.panels.bars import NoteBar


def note_of(cockpit: Cockpit) -> str:
    """Return the note below the stream, which a dialog over it does not hide."""
    return str(cockpit.screen_stack[0].query_one(NoteBar).content)
