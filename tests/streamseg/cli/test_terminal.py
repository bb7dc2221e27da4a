"""The terminal is the dashboard's alone, and the dashboard outlives it."""

import os
import subprocess
import sys

import pytest

from streamseg.cli._terminal import LastingScreen

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is changed on Windows")

WRITE_AROUND = """
import os, sys
from pathlib import Path
from streamseg.cli._terminal import screen_kept_clean

with screen_kept_clean(Path(sys.argv[1])):
    os.write(2, b"from a library in C\\n")
    sys.__stderr__.write("from the dashboard\\n")
    sys.__stderr__.flush()
sys.stderr.write("afterwards\\n")
"""


def test_what_libraries_write_goes_to_the_log_and_what_the_dashboard_writes_to_the_terminal(tmp_path):
    log = tmp_path / "run.log"
    log.write_text("before\n")
    result = subprocess.run(
        [sys.executable, "-c", WRITE_AROUND, log], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stderr == "from the dashboard\nafterwards\n"
    assert log.read_text() == "before\nfrom a library in C\n"


def test_a_terminal_that_is_gone_swallows_what_is_written():
    reading, writing = os.pipe()
    screen = LastingScreen(os.fdopen(writing, "wb"), encoding="utf-8")
    screen.write("seen")
    screen.flush()
    assert os.read(reading, 100) == b"seen"
    os.close(reading)
    for _ in range(3):
        assert screen.write("into the void" * 10_000) == 130_000
        screen.flush()
    screen.close()
    assert screen.buffer.raw.closed
