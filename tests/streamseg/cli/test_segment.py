"""Which files ``streamseg segment`` takes, and what their outputs are called."""

from pathlib import Path

import pytest

from streamseg.cli.segment import expand, output_names
from streamseg.errors import SettingsError, SourceNotFoundError


def touch(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def test_a_folder_gives_its_pictures_and_videos_in_natural_order(tmp_path):
    folder = touch(tmp_path / "in", "p10.png", "p2.PNG", "clip.mp4", "notes.txt", ".hidden.png")
    assert [path.name for path in expand([str(folder)])] == ["clip.mp4", "p2.PNG", "p10.png"]


def test_files_stay_in_the_order_given_and_those_given_twice_count_once(tmp_path):
    folder = touch(tmp_path / "in", "b.png", "a.png")
    given = [str(folder / "b.png"), str(folder)]
    assert [path.name for path in expand(given)] == ["b.png", "a.png"]


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(SourceNotFoundError, match="holds no picture"):
        expand([str(touch(tmp_path / "in", "notes.txt"))])


def test_outputs_are_named_after_their_files():
    files = [Path("a.png"), Path("folder/b.1.jpg")]
    assert output_names(files) == {files[0]: "a", files[1]: "b.1"}


def test_two_files_that_would_share_a_name_are_refused_and_both_named():
    with pytest.raises(SettingsError, match=r"one/a\.png and two/a\.png would both be written as a_mask\.png"):
        output_names([Path("one/a.png"), Path("two/a.png")])
