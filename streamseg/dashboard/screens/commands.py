"""The command palette: every key's action by its name, and every choice by its word."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from streamseg.dashboard.dials import CHOICES
from streamseg.dashboard.keys import KEYS


class KeyCommands(Provider):
    """Finds actions by what they do."""

    async def discover(self) -> Hits:
        """Yield all commands, for an empty line."""
        for name, action in commands():
            yield DiscoveryHit(name, partial(self.app.run_action, action))

    async def search(self, query: str) -> Hits:
        """Yield the commands that fit ``query``."""
        matcher = self.matcher(query)
        for name, action in commands():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), partial(self.app.run_action, action))


def commands() -> Iterator[tuple[str, str]]:
    """Yield each command with its action."""
    for row in KEYS:
        if row.keys[0][1] == "command_palette":
            continue
        actions = dict.fromkeys(action for _, action in row.keys)
        names = [words.strip() for words in row.words.split(",")]
        if len(names) == len(actions) > 1:
            for name, action in zip(names, actions, strict=True):
                yield f"{row.group}: {name}", action
        else:
            for key, action in row.keys[: len(actions)]:
                yield f"{row.group}: {row.words} ({key})", action
    for choice in CHOICES.values():
        for word in choice.options:
            yield f"{choice.title.capitalize()}: {word}", f"choose_word('{choice.name}','{word}')"
