"""Which files of a location are found, and which of them belong together."""

import shutil
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from streamseg.dicom.finding import choose, find_series
from streamseg.errors import SettingsError, SourceNotFoundError, SourceUnreadableError
from tests.support.dicom_files import cine, ct_slice, directory


def counts(location):
    return sorted(series.frame_count for series in find_series(str(location)).series)


def test_a_folder_is_searched_at_any_depth_and_other_files_in_it_are_passed_over(tmp_path):
    ct_slice(tmp_path / "a" / "b" / "no suffix", z_mm=0)
    ct_slice(tmp_path / "c.dcm", z_mm=5)
    ct_slice(tmp_path / ".hidden" / "d.dcm", z_mm=10)
    (tmp_path / "notes.txt").write_text("DICM")
    (tmp_path / "short").write_bytes(b"\0" * 130)
    found = find_series(str(tmp_path))
    assert [len(series.headers) for series in found.series] == [2]
    assert found.damaged == ()


def test_series_sizes_directions_and_films_are_kept_apart(tmp_path):
    for z_mm in range(4):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    ct_slice(tmp_path / "scout.dcm", ImageOrientationPatient=[0.0, 1.0, 0.0, 0.0, 0.0, -1.0])
    for z_mm in range(2):
        ct_slice(tmp_path / f"small{z_mm}.dcm", z_mm=z_mm, size=(8, 8))
    for z_mm in range(3):
        ct_slice(tmp_path / f"other{z_mm}.dcm", z_mm=z_mm, series="1.2.4")
    cine(tmp_path / "one.dcm", count=5)
    cine(tmp_path / "two.dcm", count=6)
    assert counts(tmp_path) == [1, 2, 3, 4, 5, 6]


def test_directions_that_differ_only_by_rounding_are_one_series(tmp_path):
    for z_mm, cosine in enumerate((0.9499999, 0.95, 0.9500001)):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm, ImageOrientationPatient=[1.0, 0.0, 0.0, 0.0, cosine, -0.312])
    assert counts(tmp_path) == [3]


def test_series_are_listed_in_the_order_of_their_numbers(tmp_path):
    for number in (7, 2, 5):
        ct_slice(tmp_path / f"{number}.dcm", series=f"1.{number}", SeriesNumber=number)
    assert [series.first.series_number for series in find_series(str(tmp_path)).series] == [2, 5, 7]


def test_a_dicomdir_plays_the_files_that_it_lists(tmp_path):
    for z_mm in range(4):
        ct_slice(tmp_path / "STUDY" / f"SLICE{z_mm}", z_mm=z_mm)
    listed = directory(tmp_path / "DICOMDIR", [("STUDY", f"SLICE{z_mm}") for z_mm in range(3)])
    assert counts(listed) == [3]
    assert counts(tmp_path) == [4]


def test_files_that_a_dicomdir_lists_and_that_are_gone_are_counted(tmp_path):
    shutil.copy(get_testdata_file("DICOMDIR", download=False), tmp_path / "DICOMDIR")
    with pytest.raises(SourceNotFoundError, match="31 files cannot be read"):
        find_series(str(tmp_path / "DICOMDIR"))
    assert len(find_series(get_testdata_file("DICOMDIR", download=False)).series) > 5


def test_a_list_never_leads_out_of_its_folder(tmp_path):
    outside = ct_slice(tmp_path / "OUTSIDE")
    listed = directory(tmp_path / "disc" / "DICOMDIR", [("..", "OUTSIDE"), ("../OUTSIDE",), (str(outside),)])
    with pytest.raises(SourceNotFoundError):
        find_series(str(listed))


def test_files_with_a_rotten_header_are_counted_and_the_good_ones_found(tmp_path):
    ct_slice(tmp_path / "good.dcm")
    cut = ct_slice(tmp_path / "cut.dcm", z_mm=5)
    cut.write_bytes(cut.read_bytes()[:700])
    ct_slice(tmp_path / "empty.dcm", z_mm=10, Rows=0)
    found = find_series(str(tmp_path))
    assert found.damaged == ("cut.dcm", "empty.dcm")
    assert [series.frame_count for series in found.series] == [1]


@pytest.mark.parametrize("name", ["rtplan.dcm", "liver_1frame.dcm", "rtdose.dcm", "test-SR.dcm"])
def test_what_holds_no_picture_to_look_at_is_no_source(name):
    with pytest.raises(SourceNotFoundError, match="there is no DICOM picture"):
        find_series(get_testdata_file(name, download=False))


def test_the_longest_series_is_chosen_unless_a_number_is_given(tmp_path):
    ct_slice(tmp_path / "a.dcm", series="1.1", SeriesNumber=1)
    for z_mm in range(3):
        ct_slice(tmp_path / f"{z_mm}.dcm", series="1.2", SeriesNumber=2, z_mm=z_mm)
    found = find_series(str(tmp_path))
    assert choose(found, None) is found.series[1]
    assert choose(found, "1") is found.series[0]
    for wrong in ("0", "3", "-1", "two"):
        with pytest.raises(SettingsError, match="`streamseg series` lists"):
            choose(found, wrong)


def test_nothing_there_and_nothing_of_use_are_told_apart(tmp_path):
    with pytest.raises(SourceNotFoundError, match="no file or folder"):
        find_series(str(tmp_path / "missing"))
    with pytest.raises(SourceNotFoundError, match="no DICOM picture"):
        find_series(str(tmp_path))
    path = Path(tmp_path / "a.dcm")
    path.write_text("text")
    with pytest.raises(SourceUnreadableError, match=r"a\.dcm is no DICOM file"):
        find_series(str(path))
