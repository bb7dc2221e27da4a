"""Options made from the settings tree, seen through ``streamseg run --print-config``."""

import tomllib

import pytest
from click.testing import CliRunner

from streamseg.cli import commands
from streamseg.cli._settings_options import SettingOption
from streamseg.errors import SettingsError
from streamseg.settings import OverlaySettings, leaves


@pytest.fixture
def print_config(tmp_path, monkeypatch):
    """Return the settings in force as a tree, for a configuration file, variables and options."""
    monkeypatch.chdir(tmp_path)

    def invoke(*options, toml="", **environment):
        (tmp_path / "config.toml").write_text(toml, encoding="utf-8")
        arguments = ["run", "--print-config", "--config", "config.toml", *options]
        result = CliRunner().invoke(commands, arguments, env=environment, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return tomllib.loads(result.stdout)

    return invoke


def test_run_has_exactly_one_option_for_every_setting():
    run = commands.get_command(None, "run")
    paths = [option.path for option in run.params if isinstance(option, SettingOption)]
    assert paths == [leaf.path for leaf in leaves()]


def test_no_two_options_of_run_share_a_name():
    run = commands.get_command(None, "run")
    names = [name for option in run.params for name in (*option.opts, *option.secondary_opts)]
    assert len(names) == len(set(names))


def test_the_help_of_run_says_the_sentence_of_every_setting():
    text = " ".join(CliRunner().invoke(commands, ["run", "--help"], terminal_width=500).stdout.split())
    for leaf in leaves():
        assert leaf.field.description in text


def test_help_stands_in_groups():
    text = CliRunner().invoke(commands, ["run", "--help"]).stdout
    titles = ("Stream:", "Source:", "Playback:", "Model:", "Mask:", "Overlay:", "Output:", "Options:")
    positions = [text.index(f"\n{title}\n") for title in titles]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("toml", "environment", "options", "expected"),
    [
        ("", {}, [], None),
        ("threshold = 0.1", {}, [], 0.1),
        ("threshold = 0.1", {"STREAMSEG_POSTPROCESS__THRESHOLD": "0.2"}, [], 0.2),
        ("threshold = 0.1", {"STREAMSEG_POSTPROCESS__THRESHOLD": "0.2"}, ["--threshold", "0.3"], 0.3),
        ("threshold = 0.1", {}, ["--threshold", "0.3"], 0.3),
        ("", {"STREAMSEG_POSTPROCESS__THRESHOLD": "0.2"}, ["--threshold", "0"], 0.0),
    ],
)
def test_options_come_before_environment_before_file_before_default(print_config, toml, environment, options, expected):
    settings = print_config(*options, toml=f"[postprocess]\n{toml}", **environment)
    assert settings["postprocess"].get("threshold") == expected


@pytest.mark.parametrize(("options", "expected"), [([], True), (["--no-loop"], False), (["--loop"], True)])
def test_a_switch_that_is_not_given_leaves_the_file_in_force(print_config, options, expected):
    assert print_config(*options, toml="[playback]\nloop = true")["playback"]["loop"] is expected


def test_lists_are_written_with_commas(print_config):
    assert print_config("--providers", "CUDA, CPU")["model"]["providers"] == ["CUDA", "CPU"]
    assert print_config("--providers", "", STREAMSEG_MODEL__PROVIDERS="CUDA")["model"]["providers"] == []


def test_what_is_measured_is_the_cards_choice_unless_named(print_config):
    assert print_config()["postprocess"]["measure"] == ["card"]
    assert print_config("--measure", "hc, bpd")["postprocess"]["measure"] == ["hc", "bpd"]
    assert print_config(STREAMSEG_POSTPROCESS__MEASURE="none")["postprocess"]["measure"] == ["none"]


def test_a_measurement_that_there_is_not_is_refused_in_one_line_with_those_there_are():
    result = CliRunner().invoke(commands, ["run", "--print-config", "--measure", "hc,volume"])
    assert isinstance(result.exception, SettingsError)
    assert "give card, none, or some of area, diameters, depth, hc, bpd" in str(result.exception)


def test_a_setting_that_an_option_leaves_out_stays_at_its_default(print_config):
    defaults = print_config()
    changed = print_config("--opacity", "0.25")
    assert changed["overlay"].pop("opacity") == 0.25
    assert defaults["overlay"].pop("opacity") == OverlaySettings().opacity
    assert changed == defaults


def test_what_print_config_writes_is_a_configuration_file_that_says_the_same(print_config):
    first = CliRunner().invoke(commands, ["run", "--print-config", "--frames", "7", "--record", "a b.mp4", "--loop"])
    again = print_config(toml=first.stdout)
    assert again == tomllib.loads(first.stdout)
    assert again["frames"] == 7
    assert again["output"]["record"] == "a b.mp4"


def test_the_rate_has_a_second_name(print_config):
    assert print_config("--fps", "12")["source"]["rate_hz"] == 12
    assert print_config("--rate", "12")["source"]["rate_hz"] == 12


def test_outputs_of_stacks_are_settings_like_all_others(print_config):
    options = ("--stack-report", "a.json", "--masks", "m", "--dicom-seg", "s.dcm", "--ping-pong")
    config = print_config(*options)
    assert config["output"] | {"stack_report": "a.json", "masks": "m", "dicom_seg": "s.dcm"} == config["output"]
    assert config["playback"]["ping_pong"]
