"""The dashboard in a real terminal: whatever ends it, terminal and outputs are in order."""

import json
import os
import signal
import sys

import av
import pytest

from tests.support.command_line import command

if os.name == "nt":
    pytest.skip("Windows has no pseudo-terminals that Python can open", allow_module_level=True)

from tests.support.terminal import Terminal

RUNNING = "running"
BREAK_A_PANEL = """
import sys
from streamseg.dashboard.panels.numbers import NumbersPanel

def fail(self, moment):
    if moment.snapshot.frames_out > 3:
        raise KeyError("broken panel")

NumbersPanel.show = fail
from streamseg.cli import main
sys.exit(main())
"""


@pytest.fixture
def in_terminal(tmp_path, environment):
    """Start a command in a terminal; it is killed at the end if it still runs."""
    terminals = []

    def start(line):
        terminals.append(Terminal(line, tmp_path, environment))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


@pytest.fixture
def arguments(clip, tiny):
    """Return a stream with all its outputs, endless."""
    outputs = ("--record", "out.mp4", "--log", "log.jsonl", "--summary", "summary.json")
    return ["run", clip, "--dashboard", "--model", tiny, "--loop", *outputs]


def check_outputs(folder):
    """All outputs were finished, and agree about how many frames there were."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    frames = sum(line["type"] == "frame" for line in lines)
    assert lines[-1] == {"type": "end", "frames": frames}
    assert json.loads((folder / "summary.json").read_text())["frames_out"] == frames > 3
    with av.open(str(folder / "out.mp4")) as recording:
        assert sum(1 for _ in recording.decode(video=0)) == frames


def test_quitting_ends_the_stream_and_gives_the_terminal_back(in_terminal, arguments, tmp_path):
    terminal = in_terminal(command(arguments))
    terminal.wait_for(RUNNING)
    terminal.press("]q")
    assert terminal.wait() == 0
    assert terminal.is_restored
    check_outputs(tmp_path)
    assert '"threshold = ' in (tmp_path / "log.jsonl").read_text()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_the_stream_and_gives_the_terminal_back(name, in_terminal, arguments, tmp_path):
    terminal = in_terminal(command(arguments))
    terminal.wait_for(RUNNING)
    terminal.process.send_signal(signal.Signals[name])
    assert terminal.wait() == 130
    assert terminal.is_restored
    check_outputs(tmp_path)


def test_an_exception_inside_a_widget_ends_in_one_line_with_all_outputs_finished(in_terminal, arguments, tmp_path):
    terminal = in_terminal([sys.executable, "-c", BREAK_A_PANEL, *map(str, arguments)])
    assert terminal.wait() == 1
    assert terminal.is_restored
    check_outputs(tmp_path)
    after = terminal.text.rpartition("\x1b[?1049l")[2]
    assert "streamseg: error: unexpected KeyError: 'broken panel'" in after
    assert "Traceback" not in after


def test_without_a_terminal_it_says_so(streamseg, clip):
    result = streamseg("run", clip, "--dashboard")
    assert result.returncode == 3
    assert "there is no terminal" in result.stderr


def test_monitor_shows_a_finished_log(in_terminal, streamseg, clip, tiny):
    assert streamseg("run", clip, "--model", tiny, "--log", "log.jsonl", "--view", "none", "--quiet").returncode == 0
    terminal = in_terminal(command(["monitor", "log.jsonl"]))
    terminal.wait_for("ended")
    terminal.press("q")
    assert terminal.wait() == 0
    assert terminal.is_restored
