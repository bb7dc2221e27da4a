"""What interrupts a command."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send to oneself")

IN_A_TEXT = """
import sys
from streamseg.interruption import heed_interruptions

heed_interruptions()
try:
    exec("import signal; signal.raise_signal(signal.{name})")
except KeyboardInterrupt:
    print("caught")
sys.exit(130)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interruption_under_exec_that_was_caught_leaves_the_exit_code_its_own(tmp_path, name):
    (tmp_path / "in_a_text.py").write_text(IN_A_TEXT.format(name=name), encoding="utf-8")
    arguments = [sys.executable, "-m", "in_a_text"]
    result = subprocess.run(arguments, cwd=tmp_path, timeout=60, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (130, "caught\n", "")
