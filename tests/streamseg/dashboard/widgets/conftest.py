"""Compares drawings with the stored text of the same name in ``golden``.

To store them as they are now, after looking at them::

    UPDATE_GOLDEN=1 python -m pytest tests/streamseg/dashboard/widgets
"""

import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden():
    def compare(name, text):
        stored = GOLDEN / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDEN"):
            stored.write_text(text + "\n", encoding="utf-8")
        assert stored.exists(), f"there is no {stored.name}; make it as the docstring of conftest.py says"
        assert text + "\n" == stored.read_text(encoding="utf-8")

    return compare
