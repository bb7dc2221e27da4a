"""A JSON file that appears whole or not at all."""

import json

import pytest

from streamseg.cli._json_file import JsonFile
from streamseg.errors import SinkError


def test_the_content_is_there_and_nothing_else(tmp_path):
    path = tmp_path / "summary.json"
    with JsonFile(path, can_overwrite=False) as file:
        assert not path.exists()
        file.write({"frames": 3, "name": "µ"})
    assert json.loads(path.read_text(encoding="utf-8")) == {"frames": 3, "name": "µ"}
    assert list(tmp_path.iterdir()) == [path]


def test_without_content_no_file_is_left(tmp_path):
    with pytest.raises(RuntimeError), JsonFile(tmp_path / "summary.json", can_overwrite=False):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_refused_and_untouched(tmp_path):
    path = tmp_path / "summary.json"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(SinkError, match=r"exists already.*--overwrite"), JsonFile(path, can_overwrite=False):
        pass
    assert path.read_text(encoding="utf-8") == "old"


def test_an_existing_file_is_replaced_when_that_is_asked_for(tmp_path):
    path = tmp_path / "summary.json"
    path.write_text("old", encoding="utf-8")
    with JsonFile(path, can_overwrite=True) as file:
        assert path.read_text(encoding="utf-8") == "old"
        file.write({})
    assert json.loads(path.read_text(encoding="utf-8")) == {}


def test_a_missing_folder_is_said_at_once(tmp_path):
    with pytest.raises(SinkError, match="cannot write"), JsonFile(tmp_path / "missing" / "a.json", can_overwrite=False):
        pass


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(SinkError, match="is a folder"), JsonFile(tmp_path, can_overwrite=True):
        pass


def test_no_path_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with JsonFile(None, can_overwrite=False) as file:
        file.write({"frames": 3})
    assert list(tmp_path.iterdir()) == []
