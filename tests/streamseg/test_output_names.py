"""Names for what goes on after files were written."""

from pathlib import Path

from streamseg.output_names import free_path, next_part
from streamseg.settings import OutputSettings


def test_the_first_free_name_is_taken(tmp_path):
    path = tmp_path / "run.jsonl"
    assert free_path(path) == path
    path.touch()
    (tmp_path / "run-2.jsonl").touch()
    assert free_path(path).name == "run-3.jsonl"


def test_every_file_of_a_stream_gets_a_free_name_and_what_is_none_stays(tmp_path):
    for name in ("a.mp4", "b.jsonl", "c.csv"):
        (tmp_path / name).touch()
    output = OutputSettings(
        record=tmp_path / "a.mp4",
        log=tmp_path / "b.jsonl",
        sinks=(f"table:{tmp_path / 'c.csv'}", "beep", "web:8080"),
        folder=tmp_path,
    )
    following = next_part(output)
    assert (following.record, following.log) == (tmp_path / "a-2.mp4", tmp_path / "b-2.jsonl")
    assert following.sinks == (f"table:{Path(tmp_path / 'c-2.csv')}", "beep", "web:8080")
    assert (following.record_raw, following.summary, following.folder) == (None, None, tmp_path)


def test_an_ending_of_two_parts_stays_whole(tmp_path):
    (tmp_path / "masks.nii.gz").touch()
    assert free_path(tmp_path / "masks.nii.gz").name == "masks-2.nii.gz"
    (tmp_path / "masks").mkdir()
    assert free_path(tmp_path / "masks").name == "masks-2"
