"""What is installed is what is needed: the wheel holds both packages, the models with their cards, and the clips."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def test_wheel_holds_every_file_of_both_packages(wheel):
    for package in ("streamseg", "training"):
        files = {
            path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / package).rglob("*") if path.is_file()
        }
        ours = {name for name in files if "__pycache__" not in name}
        assert ours <= wheel


def test_wheel_holds_the_clips_of_the_demo(wheel):
    clips = {f"streamseg/sample_videos/{path.name}" for path in (REPOSITORY / "sample_videos").glob("*.mp4")}
    assert clips
    assert clips <= wheel


def test_wheel_holds_nothing_else(wheel):
    folders = {name.split("/")[0] for name in wheel}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"streamseg", "training"}


def test_every_bundled_file_is_small_enough_to_be_in_a_repository():
    for path in (REPOSITORY / "streamseg" / "models").iterdir():
        assert path.stat().st_size < 10_000_000, path.name
