"""When a window is shown, and which outputs are named."""

from pathlib import Path

import pytest

from streamseg.cli._playing import outputs, wants_window
from streamseg.errors import SettingsError
from streamseg.settings import OutputSettings, StreamSettings


@pytest.fixture
def display(monkeypatch):
    """Give this machine a display, or take it away."""
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    def set_display(*, is_there):
        if is_there:
            monkeypatch.setenv("DISPLAY", ":0")
        else:
            monkeypatch.delenv("DISPLAY", raising=False)

    return set_display


@pytest.mark.parametrize(
    ("view", "is_there", "expected"),
    [
        ("auto", True, True),
        ("auto", False, False),
        ("none", True, False),
        ("none", False, False),
        ("window", True, True),
    ],
)
def test_a_window_is_shown_where_it_is_asked_for_or_can_be(display, view, is_there, expected):
    display(is_there=is_there)
    assert wants_window(StreamSettings(view=view)) is expected


def test_a_window_without_a_display_is_refused(display):
    display(is_there=False)
    with pytest.raises(SettingsError, match="no display"):
        wants_window(StreamSettings(view="window"))


def test_outputs_are_named_without_their_folders():
    settings = OutputSettings(record=Path("/home/jane/a.mp4"), summary=Path("b.json"))
    assert outputs(settings) == ("a.mp4", "b.json")


def test_with_a_dashboard_a_window_is_shown_only_where_it_is_asked_for(display):
    display(is_there=True)
    assert wants_window(StreamSettings(dashboard=True)) is False
    assert wants_window(StreamSettings(dashboard=True, view="window")) is True


def test_of_what_is_made_at_the_end_only_what_was_made_is_named(tmp_path):
    settings = OutputSettings(stack_report=tmp_path / "a.json", masks=tmp_path / "m.mha", dicom_seg=tmp_path / "s.dcm")
    for name in ("a.json", "a.md", "m.mha"):
        (tmp_path / name).touch()
    assert outputs(settings) == ("a.json", "a.md", "m.mha")
