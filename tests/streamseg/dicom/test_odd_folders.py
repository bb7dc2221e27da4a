"""Folders in which some of the files are empty, broken, closed, or no files."""

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from streamseg.errors import SourceNotFoundError
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
from tests.support.dicom_files import ct_slice, directory
from tests.support.dicom_outcomes import play, refused

DEADLINE_S = 60
AS_NOBODY = """
import os, sys
from streamseg.errors import SourceError
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
os.chdir(sys.argv[1])
list(create("whole", SourceSettings()))  # imports what nobody may read afterwards
if os.geteuid() == 0:  # who may open everything
    os.setuid(65534)
for folder in ("closed", "partly"):
    try:
        with create(folder, SourceSettings()) as source:
            print(len(list(source)), *source.info.warnings)
    except SourceError as err:
        print(err)
"""


def test_slices_of_several_sizes_are_series_of_their_own(tmp_path):
    for z_mm in range(3):
        ct_slice(tmp_path / f"large{z_mm}.dcm", z_mm=z_mm, size=(16, 24))
    ct_slice(tmp_path / "small.dcm", z_mm=4, size=(8, 8))
    frames, said = play(tmp_path)
    assert [frame.size for frame in frames] == [(16, 24)] * 3
    assert "series 1 of 2" in said


def test_a_folder_without_slices_is_one_line(tmp_path):
    assert "there is no DICOM picture" in refused(tmp_path)
    (tmp_path / "empty.dcm").touch()
    assert "1 files cannot be read" in refused(tmp_path)
    assert "no DICOM file" in refused(tmp_path / "empty.dcm")


def test_files_without_content_among_good_ones_are_left_out_and_counted(tmp_path):
    for z_mm in range(3):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    (tmp_path / "3.dcm").touch()
    (tmp_path / "4.dcm").write_bytes(b"\0" * 131)
    (tmp_path / "notes").touch()
    frames, said = play(tmp_path)
    assert len(frames) == 3
    assert "left out: 2" in said


@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_one_broken_slice_among_good_ones_is_left_out_wherever_it_lies(where, tmp_path, caplog):
    place = {"first": 0, "middle": 2, "last": 4}[where]
    for z_mm in range(5):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm, level=z_mm)
    broken = tmp_path / f"{place}.dcm"
    broken.write_bytes(broken.read_bytes()[:-700])
    with caplog.at_level(logging.WARNING):
        frames, _ = play(tmp_path)
    assert [frame.image[1, 1] for frame in frames] == [level for level in range(5) if level != place]
    assert f"picture {place} is left out" in caplog.text


def test_a_list_of_files_that_leads_nowhere_is_one_line(tmp_path):
    path = directory(tmp_path / "DICOMDIR", [("GONE", "IM1"), ("..", "IM2"), ("",)])
    assert refused(path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_links_that_go_in_circles_or_nowhere_and_pipes_do_not_stop_it(tmp_path):
    for z_mm in range(2):
        ct_slice(tmp_path / "deep" / f"{z_mm}.dcm", z_mm=z_mm)
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "itself.dcm").symlink_to(tmp_path / "itself.dcm")
    (tmp_path / "gone.dcm").symlink_to(tmp_path / "nothing here")
    os.mkfifo(tmp_path / "pipe.dcm")
    frames, said = play(tmp_path)
    assert len(frames) == 2
    assert "left out: 3" in said
    with pytest.raises(SourceNotFoundError):
        create(str(tmp_path / "itself.dcm"), SourceSettings())


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows keeps rights in another way")
def test_a_folder_that_may_not_be_opened_is_said_and_a_file_is_left_out():
    with tempfile.TemporaryDirectory() as name:  # not that of pytest, which is closed to others from its top
        top = Path(name)
        top.chmod(0o755)
        for folder in ("whole", "closed", "partly"):
            for z_mm in range(3):
                ct_slice(top / folder / f"{z_mm}.dcm", z_mm=z_mm)
        (top / "partly" / "1.dcm").chmod(0)
        (top / "closed").chmod(0)
        command = [sys.executable, "-c", AS_NOBODY, name]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
        (top / "closed").chmod(0o700)
    assert ran.stderr == ""
    closed, partly = ran.stdout.splitlines()
    assert closed == "the folder 'closed' cannot be read: Permission denied; check who may open it"
    assert partly.startswith("2 ")
    assert "left out: 1" in partly
