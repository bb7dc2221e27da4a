"""The table of series."""

import json

from click.testing import CliRunner

from streamseg.cli import commands
from streamseg.errors import SourceNotFoundError
from tests.support.dicom_files import IDENTIFIERS, cine, ct_slice, region


def call(*arguments):
    return CliRunner().invoke(commands, ["series", *map(str, arguments)], terminal_width=200)


def test_every_series_is_listed_with_the_number_that_plays_it(tmp_path):
    for z_mm in range(3):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    cine(tmp_path / "us.dcm", series="1.7", SeriesNumber=9, SequenceOfUltrasoundRegions=[region(0, 0, 40, 40)])
    result = call(tmp_path)
    assert result.exit_code == 0
    cells = [line.split() for line in result.stdout.splitlines()[1:]]
    assert ["1", "CT", "axial", "3", "slices", "24x16", "0.25", "x", "0.5", "5"] in cells
    assert ["2", "US", "5", "frames", "64x48", "0.5", "x", "0.5"] in cells


def test_json_holds_all_that_the_table_does_and_what_is_odd(tmp_path):
    for z_mm in (0, 5, 10, 30):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    (row,) = json.loads(call(tmp_path, "--json").stdout)
    assert (row["series"], row["frame_count"], row["spacing_mm"], row["thickness_mm"]) == (1, 4, [0.5, 0.25], [5.0])
    assert "slices are missing" in row["warnings"][0]


def test_what_is_odd_and_what_is_damaged_is_said_beside_the_table_and_nobody_is_named(tmp_path):
    for z_mm in (0, 5, 10, 30):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    cut = ct_slice(tmp_path / "cut.dcm", z_mm=20)
    cut.write_bytes(cut.read_bytes()[:700])
    result = call(tmp_path)
    assert "series 1: slices are missing" in result.stderr
    assert "cannot be read are left out: 1" in result.stderr
    for identifier in IDENTIFIERS:
        assert identifier not in result.output


def test_a_folder_without_dicom_is_an_error(tmp_path):
    assert isinstance(call(tmp_path).exception, SourceNotFoundError)
