"""What interrupts a command."""

import os
import signal
import subprocess
import sys

import pytest

from streamseg.interruption import Interruption, heed_interruptions

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


@pytest.fixture
def handlers_as_before():
    """Put back the handlers of the suite."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers_as_before")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_that_asks_for_the_end_interrupts(number):
    heed_interruptions()
    with pytest.raises(Interruption):
        signal.raise_signal(number)


@pytest.mark.usefixtures("handlers_as_before")
def test_what_is_ignored_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    heed_interruptions()
    signal.raise_signal(signal.SIGHUP)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interruption_under_exec_that_was_caught_leaves_the_exit_code_its_own(tmp_path, name):
    (tmp_path / "in_a_text.py").write_text(IN_A_TEXT.format(name=name), encoding="utf-8")
    arguments = [sys.executable, "-m", "in_a_text"]
    result = subprocess.run(arguments, cwd=tmp_path, timeout=60, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (130, "caught\n", "")
