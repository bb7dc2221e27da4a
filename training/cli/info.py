"""``python -m training info``: say what a prepared data set holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from training.cli.options import FOLDER
from training.data.inventory import LEFT_OUT, Inventory, take_inventory
from training.data.prepared import DatasetInfo, Prepared

SHOWN = 20
UNITS = {"grey": "display grey levels", "hu": "Hounsfield units"}


@click.command()
@click.argument("data", type=FOLDER)
def info(data: Path) -> None:
    """Read every file of the prepared data set in DATA and say what is in it."""
    prepared = Prepared.open(data)
    for line in describe(prepared.info, take_inventory(prepared)):
        click.echo(line)


def describe(facts: DatasetInfo, inventory: Inventory) -> Iterator[str]:
    """Yield the lines of the answer."""
    yield f"{facts.name}: {facts.modality}, {UNITS[facts.unit]}"
    yield f"licence: {facts.licence}"
    yield f"source: {facts.citation}"
    for count in inventory.parts:
        if count.pictures or count.part != LEFT_OUT:
            yield (
                f"{count.part}: {count.pictures} pictures of {count.subjects} {facts.subject_word}s; {count.positive} "
                f"show the structure, which fills {count.share:.1%} of them on average"
            )
    (height, width), most = inventory.sizes[0]
    others = sum(number for _, number in inventory.sizes[1:])
    yield f"size: {most} of {height}x{width} pixels (height x width), {others} of others"
    if inventory.spacing_mm is None:
        yield "spacing: unknown"
    else:
        yield "spacing: {:.3g} to {:.3g} mm".format(*inventory.spacing_mm)
    if inventory.with_circumference:
        yield f"circumference measured in {inventory.with_circumference} pictures"
    yield from _near_duplicates(inventory)


def _near_duplicates(inventory: Inventory) -> Iterator[str]:
    pairs = inventory.near_duplicates
    yield f"near duplicates in different parts: {len(pairs)}"
    for pair in pairs[:SHOWN]:
        yield f"  {pair.first} ({pair.first_part}) and {pair.second} ({pair.second_part}), {pair.distance} bits apart"
    if len(pairs) > SHOWN:
        yield f"  and {len(pairs) - SHOWN} more"
