"""``streamseg doctor``: what works on this machine, and what would add the rest."""

from __future__ import annotations

from contextlib import nullcontext

import click
from rich.table import Table
from rich.text import Text

from streamseg.cli._check import Check
from streamseg.cli._checks import all_checks
from streamseg.cli._command import Command, aside, out

MARKS = {"works": ("yes", "green"), "missing": ("-", "yellow"), "broken": ("NO", "bold red")}


@click.command(cls=Command)
def doctor() -> int:
    """Check what works on this machine, and say what would add the rest.

    The exit code is 0 if streamseg can work here, even without what is optional, and 1 if not.
    """
    console = aside()
    checks: list[Check] = []
    with console.status("checking") if console.is_terminal else nullcontext():
        for check in all_checks():
            checks += check()
    is_well = all(check.state != "broken" for check in checks)
    out().print(checks_table(checks))
    out().print("\nstreamseg works here." if is_well else "\nstreamseg does not work here; see NO above.")
    return 0 if is_well else 1


def checks_table(checks: list[Check]) -> Table:
    """Return the checks, each with what would repair or add what it misses."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        mark, style = MARKS[check.state]
        finding = Text(check.finding)
        if check.remedy:
            finding.append(
                f"\nto add it: {check.remedy}" if check.state == "missing" else f"\nto repair it: {check.remedy}"
            )
        table.add_row(Text(mark, style), check.name, finding)
    return table
