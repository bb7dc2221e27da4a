"""What nobody foresaw ends in one line, and an interruption is told from it."""

from streamseg.cli import INTERRUPTED, _unforeseen


def test_an_interruption_that_met_the_import_of_a_library_is_an_interruption():
    error = ImportError("initialization failed")
    error.__cause__ = KeyboardInterrupt()
    assert _unforeseen(error) == ("interrupted", INTERRUPTED)


def test_any_other_error_is_named_with_what_to_do():
    line, exit_code = _unforeseen(ZeroDivisionError("division by zero"))
    assert exit_code == 1
    assert line.startswith("error: unexpected ZeroDivisionError: division by zero; please report it")
