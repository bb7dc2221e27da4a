"""The tree of errors and its exit codes."""

import inspect
import re

import pytest

from streamseg import errors

CLASSES = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.StreamsegError)]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_docstring_of_module_draws_every_error_with_its_exit_code(cls):
    drawn = re.search(rf"\b{cls.__name__}\s+(\d+)", errors.__doc__)
    assert drawn is not None, f"{cls.__name__} is missing from the tree in the docstring"
    assert int(drawn[1]) == cls.exit_code


def test_no_exit_code_is_one_that_the_shell_or_click_uses():
    assert not {cls.exit_code for cls in CLASSES} & {0, 2, 126, 127, 128, 130}
