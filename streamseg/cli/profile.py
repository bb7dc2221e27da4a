"""``streamseg profile``: what is the same for every stream of one scanner, kept under a name."""

from __future__ import annotations

import itertools

import click
from rich.table import Table

from streamseg import registry
from streamseg.cli._command import Command, aside, out
from streamseg.cli._report import facts_table
from streamseg.errors import SettingsError
from streamseg.frame import Frame
from streamseg.geometry import Box
from streamseg.scan.sector import SectorFinder
from streamseg.scan.spacing import spacing_text
from streamseg.settings import SourceSettings, load_settings
from streamseg.settings.profiles import PATHS, list_profiles, profile_path, profiles_folder, read_profile, write_profile

FRAMES = 150


@click.group()
def profile() -> None:
    """Keep what is the same for every stream of one scanner.

    That is where its scan is, its scale, and areas that name the patient. A profile is a small TOML file, used with:
    streamseg run SOURCE --profile NAME
    """


@profile.command("list", cls=Command)
def list_them() -> None:
    """List the profiles."""
    found = list_profiles()
    if not found:
        out().print(f"There is no profile in {profiles_folder()}. One is made by: streamseg profile save NAME SOURCE")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("--profile", *PATHS):
        table.add_column(title, overflow="fold")
    for name in found:
        values = read_profile(name)
        table.add_row(name, *(str(values.get(key, "")) for key in PATHS))
    out().print(table)


@profile.command("show", cls=Command)
@click.argument("name")
def show(*, name: str) -> None:
    """Show what a profile says.

    NAME is one of those listed, or the path of a .toml file.
    """
    values = read_profile(name)
    out().print(facts_table({"file": str(profile_path(name))} | {key: str(value) for key, value in values.items()}))


@profile.command("save", cls=Command)
@click.argument("name")
@click.argument("source")
@click.option("--region", metavar="TEXT", help="Where the scan is: TOP,LEFT,HEIGHT,WIDTH. By default it is found.")
@click.option("--spacing", "spacing_mm", metavar="TEXT", help="Mm per pixel, one number or ROW,COLUMN.")
@click.option("--window", metavar="TEXT", help="Window for Hounsfield units, as in `streamseg run`.")
@click.option("--mask-areas", "masked_areas", metavar="TEXT", help="Areas that recordings never show, with + between.")
@click.option("--frames", type=click.IntRange(1), default=FRAMES, show_default=True, help="Pictures to look at.")
@click.option("--overwrite", is_flag=True, help="Replace a profile that exists already.")
def save(*, name: str, source: str, frames: int, overwrite: bool, **given: str | None) -> None:
    """Find out what can be found out about the scanner of SOURCE, and keep it as the profile NAME.

    NAME is a word, or the path of a .toml file. SOURCE is what `streamseg run` takes; a scan that moves is found best.
    """
    if profile_path(name).exists() and not overwrite:
        raise SettingsError(f"the profile {profile_path(name)} exists already; give another name or --overwrite")
    chosen = {key: value for key, value in given.items() if value is not None}
    load_settings({PATHS[key]: value for key, value in chosen.items()}, environment={})
    values = look(source, frames) | chosen
    path = write_profile(name, {key: values[key] for key in PATHS if key in values}, overwrite=overwrite)
    if "region" not in values:
        aside().print("no scan stands out in these pictures; give --region, or leave it to each stream")
    out().print(facts_table({"file": str(path)} | values))


def look(location: str, frames: int) -> dict[str, str]:
    """Return what ``frames`` pictures of ``location`` tell of their scanner, by the keys of a profile.

    Raises
    ------
    SourceError
        Nothing is there, or no picture comes out of it.
    """
    plugin, place = registry.find_source(location)
    finder = SectorFinder()
    region: Box | None = None
    frame: Frame | None = None
    with plugin.load()(place, SourceSettings()) as source:
        for frame in itertools.islice(source, frames):
            outline = finder.update(frame.image) if frame.unit == "grey" else None
            region = frame.scan_region or (None if outline is None else outline.box)
    found: dict[str, str] = {}
    if region is not None:
        found["region"] = f"{region.top},{region.left},{region.height},{region.width}"
    if frame is not None and frame.spacing_mm is not None:
        found["spacing_mm"] = spacing_text(frame.spacing_mm)
    return found
