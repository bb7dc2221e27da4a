"""``streamseg series``: the DICOM series of a file or folder."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.table import Table

from streamseg.cli._command import Command, aside, out
from streamseg.dicom.cine import scan_area
from streamseg.dicom.finding import Series, find_series
from streamseg.dicom.identifiers import identifiers_of
from streamseg.dicom.stack import arrange


@click.command(cls=Command)
@click.argument("location")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
@click.option("--show-identifiers", is_flag=True, help="Show names, numbers and dates in the headers too.")
def series(*, location: str, is_json: bool, show_identifiers: bool) -> None:
    """List the DICOM series of a file or folder.

    LOCATION is a file, a folder at any depth, or a DICOMDIR. What is listed names nobody, unless asked to. A series is
    played by its number: streamseg run LOCATION --series 2
    """
    found = find_series(location)
    rows = [series_row(each, number) for number, each in enumerate(found.series, start=1)]
    if show_identifiers:
        rows = [row | {"of": identifiers_of(each.first.path)} for row, each in zip(rows, found.series, strict=True)]
    if is_json:
        click.echo(json.dumps(rows, indent=2))
        return
    out().print(series_table(rows))
    for row in rows:
        for warning in row["warnings"]:
            aside().print(f"series {row['series']}: {warning}")
    if found.damaged:
        aside().print(f"files that cannot be read are left out: {len(found.damaged)}")


def series_row(series: Series, number: int) -> dict[str, Any]:
    """Return what is listed of a series, lengths in mm and sizes in pixels."""
    stack = arrange(series.headers)
    spacing_mm = scan_area(series.first.data, series.first.size).spacing_mm or stack.slices[0].plane.spacing_mm
    height, width = series.first.size
    thicknesses = {each.plane.thickness_mm for each in stack.slices if each.plane.thickness_mm is not None}
    return {
        "series": number,
        "series_number": series.first.series_number,
        "modality": series.first.modality,
        "plane": series.plane,
        "pictures": series.pictures,
        "frame_count": len(stack.slices),
        "width": width,
        "height": height,
        "spacing_mm": spacing_mm,
        "thickness_mm": sorted(thicknesses),
        "stored_as": series.first.syntax.name,
        "warnings": list(stack.warnings),
    }


def series_table(rows: list[dict[str, Any]]) -> Table:
    """Return the series with the number that plays each."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    has_names = any("of" in row for row in rows)
    titles = ("--series", "modality", "plane", "pictures", "size", "mm per pixel", "mm thick")
    for title in (*titles, "of") if has_names else titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        spacing = row["spacing_mm"]
        table.add_row(
            str(row["series"]),
            row["modality"],
            row["plane"],
            row["pictures"],
            f"{row['width']}x{row['height']}",
            f"{spacing[1]:.3g} x {spacing[0]:.3g}" if spacing else "",
            ", ".join(f"{thickness:g}" for thickness in row["thickness_mm"]),
            *((row["of"],) if has_names else ()),
        )
    return table
