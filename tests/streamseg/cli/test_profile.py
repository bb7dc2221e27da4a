"""``streamseg profile``: made from a clip, listed, shown."""

import pytest
from click.testing import CliRunner

from streamseg.cli import commands
from streamseg.errors import SettingsError
from streamseg.geometry import Box
from streamseg.settings.profiles import read_profile
from tests.support.clips import write_clip
from tests.support.scanner_screens import screen

SIZE, BOX = (240, 320), Box(50, 70, 150, 170)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STREAMSEG_PROFILES", str(tmp_path / "profiles"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    pictures = [screen(SIZE, BOX, seed) for seed in range(20)]
    return write_clip(tmp_path_factory.mktemp("clips") / "scanner.mp4", pictures)


def call(*arguments):
    return CliRunner().invoke(commands, ["profile", *map(str, arguments)], terminal_width=200)


def test_the_scan_is_found_and_kept_with_what_was_given(clip):
    result = call("save", "ward-3", clip, "--spacing", "0.2,0.1", "--mask-areas", "0,0,10,20")
    assert result.exit_code == 0, result.output
    values = read_profile("ward-3")
    top, left, height, width = (int(part) for part in values.pop("region").split(","))
    assert abs(top - BOX.top) <= 6
    assert abs(left - BOX.left) <= 6
    assert abs(height - BOX.height) <= 12
    assert abs(width - BOX.width) <= 12
    assert values == {"spacing_mm": "0.2,0.1", "masked_areas": "0,0,10,20"}
    for output in (call("list").stdout, call("show", "ward-3").stdout):
        assert "0.2,0.1" in output


def test_a_region_that_was_given_is_kept_as_it_is(clip):
    call("save", "a", clip, "--region", "1,2,3,4")
    assert read_profile("a") == {"region": "1,2,3,4"}


def test_a_profile_that_is_there_is_not_replaced_unasked(clip):
    call("save", "a", clip, "--region", "1,2,3,4")
    assert isinstance(call("save", "a", clip).exception, SettingsError)
    assert read_profile("a") == {"region": "1,2,3,4"}
    assert call("save", "a", clip, "--region", "whole", "--overwrite").exit_code == 0
    assert read_profile("a") == {"region": "whole"}


def test_a_wrong_value_is_refused_before_the_source_is_opened():
    result = call("save", "a", "nothing-there.mp4", "--spacing", "0")
    assert isinstance(result.exception, SettingsError)


def test_where_no_scan_stands_out_that_is_said(tmp_path):
    plain = write_clip(tmp_path / "plain.mp4", [screen(SIZE, Box(0, 0, 240, 320), seed) for seed in range(3)])
    result = call("save", "a", plain)
    assert "no scan stands out" in result.stderr
    assert read_profile("a") == {}


def test_without_profiles_the_list_says_how_one_is_made():
    assert "streamseg profile save NAME SOURCE" in " ".join(call("list").stdout.split())
