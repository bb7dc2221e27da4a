"""The table of cameras."""

import json

from click.testing import CliRunner
from rich.console import Console

from streamseg.cli import commands
from streamseg.cli.devices import ADVICE, cameras_table
from streamseg.devices import Camera, list_cameras


def test_the_table_says_how_each_camera_is_opened():
    console = Console(width=120)
    with console.capture() as capture:
        console.print(cameras_table((Camera(2, "Grabber", "/dev/video2", "V4L2"),)))
    line = capture.get().splitlines()[1].split("  ")
    assert [cell.strip() for cell in line if cell.strip()] == ["streamseg run 2", "Grabber", "/dev/video2", "V4L2"]


def test_without_a_camera_it_is_said_plainly_what_to_try():
    result = CliRunner().invoke(commands, ["devices"])
    assert result.exit_code == 0
    said = " ".join(result.stdout.split())
    assert (said == ADVICE) == (not list_cameras())


def test_json_holds_every_camera_of_this_machine():
    result = CliRunner().invoke(commands, ["devices", "--json"])
    assert [each["index"] for each in json.loads(result.stdout)] == [each.index for each in list_cameras()]
