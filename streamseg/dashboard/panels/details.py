"""What runs, on what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.widget import Widget

from streamseg.dashboard.panels.facts import Fact, Facts
from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.watch.snapshot import Identity


class DetailsPanel(Panel):
    """Source as negotiated, model with its checksum, runtime."""

    HEADING = "details"
    EVERY = 5

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._facts = Facts(is_ascii=self.is_ascii)

    def compose(self) -> Iterator[Widget]:
        """Place the lines."""
        yield self._facts

    def show(self, moment: Moment) -> None:
        """Show the details."""
        identity = moment.snapshot.identity
        self._facts.show(*(() if identity is None else facts_of(identity)))


def facts_of(identity: Identity) -> Iterator[Fact]:
    """Yield what runs, a line each."""
    source, model, runtime = identity.source, identity.model, identity.segmenter
    yield Fact("source", source.name)
    yield Fact("", ", ".join(part for part in (source.kind, source.detail) if part), "muted")
    for warning in source.warnings:
        yield Fact("", warning, "warning")
    yield Fact("model", f"{model.name} {model.version}")
    yield Fact("checksum", f"{identity.checksum}, sha256 {model.sha256[:12]}", "good")
    yield Fact("outlines", ", ".join(part for part in (identity.structure, identity.modality) if part))
    yield Fact("runtime", f"{runtime.backend} on {runtime.provider}")
    yield Fact("", f"{runtime.precision}, {runtime.threads} thread{'s' if runtime.threads != 1 else ''}", "muted")
    yield Fact("route", f"{identity.route}")
