"""Fixtures that every test may use."""

import os
from pathlib import Path

import hypothesis
import pytest

# No timed assertion in a test: a busy machine must not fail one.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real ultrasound and CT, which is never part of the repository."""
    folder = Path(os.environ.get("STREAMSEG_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data is not at {folder}; set STREAMSEG_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def sample_videos() -> Path:
    """Folder of the clips that the project generates itself."""
    return REPOSITORY / "sample_videos"
