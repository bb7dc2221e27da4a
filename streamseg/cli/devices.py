"""``streamseg devices``: the cameras of this machine."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.table import Table

from streamseg.cli._command import Command, out
from streamseg.devices import Camera, list_cameras

ADVICE = (
    "No camera is listed here. Plug one in, or check that this user may use it (on Linux: the group 'video', and "
    "`ls -l /dev/video*`; in a container: --device /dev/video0). Without a camera: streamseg run synthetic:head"
)


@click.command(cls=Command)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def devices(*, is_json: bool) -> None:
    """List the cameras of this machine."""
    cameras = list_cameras()
    if is_json:
        click.echo(json.dumps([asdict(camera) for camera in cameras], indent=2))
    elif cameras:
        out().print(cameras_table(cameras))
    else:
        out().print(ADVICE)


def cameras_table(cameras: tuple[Camera, ...]) -> Table:
    """Return the cameras with the location that opens each."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("open with", "name", "device", "through"):
        table.add_column(title, overflow="fold")
    for camera in cameras:
        table.add_row(f"streamseg run {camera.index}", camera.name, camera.path or "", camera.backend)
    return table
