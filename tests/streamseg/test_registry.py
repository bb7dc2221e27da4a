"""Finding plugins without importing them."""

import os
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from streamseg import registry
from streamseg.errors import MissingDependencyError, SettingsError, SourceNotFoundError


def test_plugins_are_found_by_file_name_with_their_first_sentence():
    found = registry.plugins("sources")
    assert {"camera", "images", "synthetic", "video"} <= set(found)
    assert all(plugin.summary for plugin in found.values())
    assert not any(name.startswith("_") for name in found)


def test_finding_a_plugin_imports_neither_it_nor_its_libraries():
    code = (
        "import sys; from streamseg import registry;"
        "[registry.plugins(kind) for kind in ('sources', 'segmenters', 'sinks')];"
        "heavy = {'cv2', 'av', 'onnxruntime', 'tensorflow', 'pygame'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("text", "name", "location"),
    [
        ("0", "camera", "0"),
        ("/dev/video2", "camera", "/dev/video2"),
        ("camera:Logitech", "camera", "Logitech"),
        ("synthetic", "synthetic", ""),
        ("synthetic:vessel", "synthetic", "vessel"),
        ("frames/*.png", "images", "frames/*.png"),
        ("head.NII.GZ", "volume", "head.NII.GZ"),
        ("scan.igs.mha", "volume", "scan.igs.mha"),
    ],
)
def test_a_location_chooses_its_source(text, name, location):
    plugin, place = registry.find_source(text)
    assert (plugin.name, place) == (name, location)


@pytest.mark.parametrize(
    ("text", "is_live"),
    [
        ("0", True),
        ("camera:Logitech", True),
        ("igtl://127.0.0.1:18944", True),
        ("synthetic:live", True),
        ("synthetic:vessel:live:frames=6", True),
        ("synthetic", False),
        ("synthetic:vessel:frames=6", False),
        ("live.mp4", False),
        ("synthetic:alive", False),
    ],
)
def test_whether_frames_come_at_their_own_pace_is_known_before_the_source_is_opened(text, is_live, tmp_path):
    (tmp_path / "live.mp4").touch()
    plugin, place = registry.find_source(str(tmp_path / text) if text.endswith(".mp4") else text)
    assert plugin.may_be_live(place) == is_live


def test_frames_of_a_plugin_of_another_distribution_may_come_at_their_own_pace():
    assert registry.Plugin("sources", "probe", "", entry_point=EntryPoint("probe", "probe:create", "")).may_be_live("1")


def test_a_file_is_played_by_its_suffix_and_a_folder_by_what_plays_folders(tmp_path):
    clip = tmp_path / "CLIP.MP4"
    clip.touch()
    assert registry.find_source(str(clip))[0].name == "video"
    assert registry.find_source(str(tmp_path))[0].name == "images"


def test_half_of_a_double_suffix_is_no_suffix(tmp_path):
    (tmp_path / "notes.gz").touch()
    with pytest.raises(SourceNotFoundError, match="no source plays"):
        registry.find_source(str(tmp_path / "notes.gz"))


def test_a_file_of_any_name_is_known_by_its_signature(tmp_path):
    file = tmp_path / "IM00001"
    file.write_bytes(b"\0" * 128 + b"DICM")
    assert registry.find_source(str(file))[0].name == "dicom"
    file.write_bytes(b"\0" * 127 + b"DICM")
    with pytest.raises(SourceNotFoundError, match="no source plays"):
        registry.find_source(str(file))


def test_a_folder_is_played_by_the_plugin_whose_signature_one_of_its_files_holds(tmp_path):
    (tmp_path / "preview.png").touch()
    (tmp_path / "deep").mkdir()
    assert registry.find_source(str(tmp_path))[0].name == "images"
    (tmp_path / "deep" / "IM00001").write_bytes(b"\0" * 128 + b"DICM")
    assert registry.find_source(str(tmp_path))[0].name == "dicom"


def test_a_file_that_is_called_like_a_plugin_is_still_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "synthetic").mkdir()
    assert registry.find_source("synthetic")[0].name == "images"


def test_what_nothing_plays_is_said(tmp_path):
    odd = tmp_path / "notes.xyz"
    odd.touch()
    with pytest.raises(SourceNotFoundError, match="no source plays"):
        registry.find_source(str(odd))
    with pytest.raises(SourceNotFoundError, match="is no file, folder or camera"):
        registry.find_source(str(tmp_path / "missing.xyz"))


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(SettingsError, match="onnx"):
        registry.find("segmenters", "abacus")


def test_a_plugin_without_its_packages_says_what_to_install():
    plugin = registry.Plugin("segmenters", "abacus", "", requires={"no_such_module": "abacus"})
    assert plugin.missing == "pip install 'streamseg[abacus]'"
    with pytest.raises(MissingDependencyError, match=r"streamseg\[abacus\]"):
        plugin.load()


def test_another_distribution_adds_a_plugin_by_entry_point(monkeypatch):
    point = EntryPoint("counter", "collections:Counter", "streamseg.sinks")
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == "streamseg.sinks" else [])
    plugin = registry.find("sinks", "counter")
    assert plugin.load()("aab")["a"] == 2


def test_a_location_that_cannot_be_looked_for_is_one_line():
    with pytest.raises(SourceNotFoundError, match=r"cannot be looked for: .*; check the path"):
        registry.find_source("x" * 5000)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_a_pipe_in_a_folder_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    plugin, _ = registry.find_source(str(tmp_path))
    assert plugin.signature is None
