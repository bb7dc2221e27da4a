"""The line that says how a stream is doing."""

from io import StringIO

from rich.console import Console

from streamseg.cli._progress import StreamProgress, describe
from streamseg.pipeline import Progress

SNAPSHOT = Progress(
    frames_in=130,
    frames_out=120,
    drops={"inference_busy": 2, "window_busy": 1},
    capture_hz=30.04,
    inference_hz=20.0,
    display_hz=20.0,
    latest=None,
)


def test_rates_frames_drops_and_the_time_left_are_said():
    assert describe(SNAPSHOT, 1520) == (
        "frame 120/1520  capture 30.0  inference 20.0  display 20.0 Hz  drops 3  1:10 left"
    )


def test_without_a_known_end_no_time_is_promised():
    assert "left" not in describe(SNAPSHOT, None)


def test_a_terminal_sees_the_line():
    file = StringIO()
    with StreamProgress(Console(file=file, force_terminal=True, width=100), 1520) as progress:
        progress.tick(SNAPSHOT)
    assert "frame 120/1520" in file.getvalue()


def test_what_is_not_a_terminal_sees_nothing():
    file = StringIO()
    with StreamProgress(Console(file=file), 1520) as progress:
        progress.tick(SNAPSHOT)
    assert file.getvalue() == ""
