"""Fixtures that every test may use."""

import os
import signal
from collections.abc import Iterator
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


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what is remembered between runs, here and in subprocesses, away from the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))  # where subprocesses look on Linux
        patch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(folder / "streamseg"))
        yield


@pytest.fixture
def user_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where this test alone finds what is remembered; nothing is there yet, nor is the folder."""
    folder = tmp_path / "user-cache"
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(folder))
    return folder


@pytest.fixture(scope="session", autouse=True)
def signals_of_a_terminal() -> None:
    """Heed what ends a program, though the suite was started by nohup or in the background, which ignore it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
