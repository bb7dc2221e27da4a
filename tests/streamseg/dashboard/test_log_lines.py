"""The log as lines for a panel."""

import logging

from streamseg.dashboard.log_lines import KEPT, LogLines


def logged(*levels):
    lines = LogLines()
    for level in levels:
        lines.handle(logging.LogRecord("streamseg", level, "", 0, "two\nlines", (), None))
    return lines


def test_a_record_is_one_line_with_its_level():
    [line] = logged(logging.INFO).lines
    assert (line.kind, line.text, line.tone) == ("info", "two lines", "text")


def test_only_a_warning_or_worse_is_remembered_as_one():
    assert not logged(logging.INFO).has_warned
    assert logged(logging.WARNING, logging.INFO).has_warned
    assert logged(logging.ERROR).lines[0].tone == "warning"


def test_a_long_log_keeps_its_newest_lines():
    assert len(logged(*[logging.INFO] * (KEPT + 5)).lines) == KEPT
