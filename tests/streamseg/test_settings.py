"""The tree of settings: precedence, unknown keys, and the file that it writes."""

import tomllib

import pytest

from streamseg.errors import SettingsError
from streamseg.settings import StreamSettings, leaves, load_settings, to_toml

PACE = ("playback", "pace")


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "streamseg.toml"
    path.write_text('[playback]\npace = "source"\nevery = 3\n[postprocess]\nthreshold = 0.3\n')
    return path


def test_command_line_wins_over_environment_over_file_over_default(config):
    environment = {"STREAMSEG_PLAYBACK__PACE": "max", "STREAMSEG_POSTPROCESS__THRESHOLD": "0.4"}
    merged = load_settings({("postprocess", "threshold"): 0.5}, config=config, environment=environment)
    assert merged.postprocess.threshold == 0.5
    assert merged.playback.pace == "max"
    assert merged.playback.every == 3
    assert merged.playback.loop is False


def test_every_setting_has_a_sentence_and_an_option_of_its_own():
    every = list(leaves())
    assert len({leaf.option for leaf in every}) == len(every)
    for leaf in every:
        assert leaf.field.description, leaf.path
        assert leaf.field.description.endswith("."), leaf.path


def test_what_is_printed_reads_back_as_the_same_settings(tmp_path):
    settings = load_settings(
        {PACE: "max", ("model", "providers"): ("CUDA", "CPU"), ("output", "record"): "a.mp4"}, environment={}
    )
    path = tmp_path / "printed.toml"
    path.write_text(to_toml(settings))
    assert load_settings({}, config=path, environment={}) == settings
    assert set(tomllib.loads(path.read_text())) >= {"playback", "model", "overlay"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[playback]\npase = 'max'\n", "unknown setting 'playback.pase'"),
        ("speed = 3\n", "unknown setting 'speed'"),
        ("[postprocess]\nthreshold = 2\n", "postprocess.threshold cannot be 2"),
        ("playback = 3\n", "playback cannot be 3"),
        ("[playback\n", "is not TOML"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault_on_one_line(tmp_path, text, says):
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=says) as caught:
        load_settings({}, config=path, environment={})
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_settings({}, config=tmp_path / "nowhere.toml", environment={})


def test_an_unknown_variable_of_ours_is_refused_and_others_are_left_alone():
    assert load_settings({}, environment={"HOME": "/", "STREAMSEG_DATA": "/data"}) == StreamSettings()
    with pytest.raises(SettingsError, match="STREAMSEG_TRESHOLD"):
        load_settings({}, environment={"STREAMSEG_TRESHOLD": "0.5"})


def test_lists_are_written_with_commas_in_the_environment():
    settings = load_settings({}, environment={"STREAMSEG_MODEL__PROVIDERS": "CUDA,CPU"})
    assert settings.model.providers == ("CUDA", "CPU")


def test_a_value_where_a_table_must_be_is_refused(tmp_path):
    path = tmp_path / "flat.toml"
    path.write_text("playback = 3\n")
    with pytest.raises(SettingsError, match="must be a table"):
        load_settings({PACE: "max"}, config=path, environment={})


def test_sizes_are_written_as_the_world_does_and_used_as_height_and_width():
    settings = load_settings({("source", "size"): "1920x1080"}, environment={})
    assert settings.source.height_width == (1080, 1920)
    assert StreamSettings().source.height_width is None


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        StreamSettings().frames = 3
