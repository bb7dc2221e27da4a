"""A file that is claimed first and written last."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from streamseg.claimed_file import ClaimedFile
from streamseg.errors import SinkError

DEADLINE_S = 60
FULL_DISK = textwrap.dedent("""
    import resource, signal, sys
    from pathlib import Path
    from streamseg.claimed_file import ClaimedFile
    from streamseg.errors import SinkError

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    file = ClaimedFile(Path(sys.argv[1]), can_overwrite=True).claim()
    try:
        file.write(bytes(5000))
    except SinkError as err:
        print(err)
""")


def test_the_file_appears_when_it_is_whole_and_nothing_else_stays(tmp_path):
    file = ClaimedFile(tmp_path / "a.bin", can_overwrite=False).claim()
    assert not (tmp_path / "a.bin").exists()
    file.write(b"whole")
    file.release()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.bin", b"whole")]


def test_a_claim_given_up_leaves_nothing(tmp_path):
    file = ClaimedFile(tmp_path / "a.bin", can_overwrite=False).claim()
    file.release()
    file.release()
    assert list(tmp_path.iterdir()) == []


def test_a_claim_that_is_interrupted_leaves_nothing(tmp_path, monkeypatch):
    touch = Path.touch

    def touch_and_interrupt(path):
        touch(path)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "touch", touch_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        ClaimedFile(tmp_path / "a.bin", can_overwrite=False).claim()
    assert list(tmp_path.iterdir()) == []


def test_giving_up_what_was_not_had_leaves_the_claim_of_another(tmp_path):
    ClaimedFile(tmp_path / "a.bin", can_overwrite=False).claim()
    ClaimedFile(tmp_path / "a.bin", can_overwrite=False).release()
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin.part"]


@pytest.mark.parametrize(
    ("name", "can_overwrite", "message"),
    [("old", False, "exists already"), ("missing/a", True, "cannot write"), ("folder", True, "is a folder")],
)
def test_what_cannot_be_written_is_said_at_once(tmp_path, name, can_overwrite, message):
    (tmp_path / "old").write_bytes(b"precious")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SinkError, match=message):
        ClaimedFile(tmp_path / name, can_overwrite=can_overwrite).claim()
    assert (tmp_path / "old").read_bytes() == b"precious"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_on_a_full_disk_the_old_file_stays_and_the_reason_is_said(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"precious")
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, timeout=DEADLINE_S, check=True
    )
    assert result.stdout.startswith(f"cannot write {path}: ")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.bin", b"precious")]
