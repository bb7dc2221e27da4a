"""What ``streamseg doctor`` finds."""

import pytest

from streamseg.cli import _checks
from streamseg.cli._checks import judge_opencv


def test_one_opencv_wheel_works():
    assert judge_opencv({"opencv-python-headless", "numpy"}).state == "works"


def test_two_opencv_wheels_are_broken_and_the_repair_is_named():
    check = judge_opencv({"opencv-python-headless", "opencv-python", "numpy"})
    assert check.state == "broken"
    assert check.finding == "2 wheels share one folder: opencv-python, opencv-python-headless"
    assert check.remedy.startswith("pip uninstall -y opencv-python opencv-python-headless && pip install")


@pytest.mark.parametrize(
    "check", [_checks.check_python, _checks.check_packages, _checks.check_opencv, _checks.check_encoder]
)
def test_an_environment_that_runs_these_tests_works(check):
    assert [found.state for found in check()] == ["works"]


def test_without_a_display_it_is_said_that_recordings_still_work(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    (found,) = _checks.check_display()
    assert found.state == "missing"
    assert "recordings" in found.finding


def test_every_thing_that_does_not_work_comes_with_a_remedy():
    quick = [check for check in _checks.all_checks() if check is not _checks.check_models]
    for found in (found for check in quick for found in check()):
        assert found.state == "works" or found.remedy, found
