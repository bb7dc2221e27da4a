"""Profiles of scanners: written, read, and below everything else that a user says."""

import pytest

from streamseg.errors import SettingsError
from streamseg.settings import load_settings
from streamseg.settings.profiles import (
    keep_in_profile,
    list_profiles,
    profile_path,
    profiles_folder,
    read_profile,
    write_profile,
)

VALUES = {"region": "10,20,300,400", "spacing_mm": "0.05", "window": "brain", "masked_areas": "0,0,5,6+7,8,9,10"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STREAMSEG_PROFILES", str(tmp_path / "profiles"))
    return tmp_path / "profiles"


def load(*, environment=(), config=None, **options):
    given = {tuple(key.split("__")): value for key, value in options.items()}
    return load_settings(given, environment=dict(environment), config=config)


def test_what_is_written_is_read_again_and_listed(folder):
    assert list_profiles() == {}
    assert write_profile("clarius-l15", VALUES) == folder / "clarius-l15.toml"
    assert read_profile("clarius-l15") == VALUES
    assert list_profiles() == {"clarius-l15": folder / "clarius-l15.toml"}


def test_without_a_choice_profiles_are_in_the_folder_of_the_users_settings():
    folder = profiles_folder({})
    assert folder.name == "profiles"
    assert "streamseg" in folder.parts


def test_every_value_of_a_profile_becomes_a_setting():
    write_profile("a", VALUES)
    settings = load(source__profile="a")
    assert settings.postprocess.region == VALUES["region"]
    assert (settings.source.spacing_mm, settings.source.window) == ("0.05", "brain")
    assert [box.size for box in settings.output.masked_boxes] == [(5, 6), (9, 10)]


def test_options_environment_and_configuration_come_before_a_profile(tmp_path):
    write_profile("a", VALUES)
    config = tmp_path / "config.toml"
    config.write_text('[source]\nprofile = "a"\nspacing_mm = 0.3\n', encoding="utf-8")
    settings = load(environment={"STREAMSEG_SOURCE__WINDOW": "bone"}, config=config, postprocess__region="whole")
    assert settings.source.spacing_mm == "0.3"
    assert settings.source.window == "bone"
    assert settings.postprocess.region == "whole"
    assert settings.output.masked_areas == VALUES["masked_areas"]


def test_a_path_of_a_file_is_a_profile_too(tmp_path):
    write_profile(str(tmp_path / "mine.toml"), {"spacing_mm": "0.5"})
    assert load(source__profile=str(tmp_path / "mine.toml")).source.spacing_mm == "0.5"


def test_an_unknown_key_a_wrong_value_and_a_missing_profile_are_errors(folder):
    folder.mkdir()
    (folder / "odd.toml").write_text("regio = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="unknown key 'regio'; there are: region, spacing_mm"):
        load(source__profile="odd")
    (folder / "odd.toml").write_text("region = \n", encoding="utf-8")
    with pytest.raises(SettingsError, match="is not TOML"):
        load(source__profile="odd")
    write_profile("wrong", {"spacing_mm": "0"})
    with pytest.raises(SettingsError, match="give mm per pixel"):
        load(source__profile="wrong")
    with pytest.raises(SettingsError, match="no profile 'nobody'; there are: odd, wrong"):
        load(source__profile="nobody")


@pytest.mark.parametrize("name", ["", "../a", "a/b", ".hidden"])
def test_a_name_that_leads_elsewhere_is_none(name):
    with pytest.raises(SettingsError, match="cannot be called"):
        profile_path(name)


def test_a_profile_is_replaced_only_where_that_is_asked_for():
    write_profile("a", VALUES)
    with pytest.raises(SettingsError, match="exists already"):
        write_profile("a", {})
    write_profile("a", {"spacing_mm": "0.1"}, overwrite=True)
    assert read_profile("a") == {"spacing_mm": "0.1"}


def test_a_calibration_is_kept_beside_what_the_profile_holds_or_makes_it():
    write_profile("a", VALUES)
    keep_in_profile("a", {"spacing_mm": "0.07"})
    assert read_profile("a") == VALUES | {"spacing_mm": "0.07"}
    assert load(source__profile="new", source__calibrate=True).source.spacing_mm is None
    keep_in_profile("new", {"spacing_mm": "0.08"})
    assert read_profile("new") == {"spacing_mm": "0.08"}
