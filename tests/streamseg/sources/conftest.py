"""Settings that every test of a source may use."""

import pytest

from streamseg.settings import SourceSettings


@pytest.fixture
def settings():
    return SourceSettings(timeout_s=0.3)
