"""Three files about a stack, at its end, whatever happened."""

import json
import logging
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from streamseg.errors import SinkError
from streamseg.frame import Rendering
from streamseg.geometry import Box
from streamseg.outline import Cover
from streamseg.settings import OutputSettings
from streamseg.sinks.stack_report import create
from tests.support.renderings import CARD, stream_of
from tests.support.slices import carried, disc, slice_of

DEADLINE_S = 60
ROOT = Path(__file__).resolve().parents[3]
RADII = (0, 8, 12, 8, 0)
FULL_DISK = textwrap.dedent("""
    import resource, signal, sys
    from pathlib import Path
    from streamseg.errors import SinkError
    from tests.streamseg.sinks.test_stack_report import opened, renderings

    sink = opened(Path(sys.argv[1]))
    for each in renderings():
        sink.write(each)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))
    try:
        sink.close()
    except SinkError as err:
        print(err)
""")


def renderings(places=range(5), **options):
    canvas = np.zeros((64, 64, 3), np.uint8)
    return [
        Rendering(slice_of(disc(RADII[place]), place, position_mm=5.0 * place, **options), canvas) for place in places
    ]


def opened(path, *, length=5, **output):
    sink = create(str(path), OutputSettings(**output))
    stream = stream_of(path.parent)
    source = replace(stream.source, kind="dicom", name="head", frame_count=length)
    sink.open(replace(stream, source=source, card=CARD.model_copy(update={"modality": "CT"})))
    return sink


def report(path, written, **options):
    sink = opened(path, **options)
    for each in written:
        sink.write(each)
    sink.close()
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_figures_the_page_and_the_picture_are_written(tmp_path):
    found = report(tmp_path / "a.json", renderings())
    area_mm2 = [np.count_nonzero(disc(radius)) * 0.25 for radius in RADII]
    assert found["volume_ml"] == pytest.approx(sum(area_mm2) * 5 / 1000, abs=1e-4)
    assert found["abc2"]["c_mm"] == pytest.approx((0.5 + 1 + 0.5) * 5)
    assert f"| volume | {found['volume_ml']:.2f} mL" in (tmp_path / "a.md").read_text(encoding="utf-8")
    picture = cv2.imread(str(tmp_path / "a.png"))
    assert min(picture.shape[:2]) > 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.md", "a.png"]


def test_a_stack_played_forth_and_back_is_the_same_as_once(tmp_path):
    once = report(tmp_path / "a.json", renderings())
    twice = report(tmp_path / "b.json", renderings((0, 1, 2, 3, 4, 3, 2, 1, 0)))
    assert {**once, "slices": None} == {**twice, "slices": None}


def test_masks_carried_over_are_not_counted_and_the_stack_is_incomplete(tmp_path):
    first, second, *rest = renderings()
    found = report(tmp_path / "a.json", [first, replace(second, segmentation=carried(second.segmentation)), *rest])
    assert (found["is_complete"], found["slices_seen"]) == (False, 4)


def test_without_positions_there_is_a_profile_and_no_volume(tmp_path):
    plain = [Rendering(slice_of(disc(5), place), np.zeros((64, 64, 3), np.uint8)) for place in range(3)]
    found = report(tmp_path / "a.json", plain, length=3)
    assert found["volume_why_not"] == found["abc2"]["why_not"] == "the positions of the slices are not known"
    assert [row["scores"]["maximum"] for row in found["slices"]] == [0.5] * 3


def test_without_a_slice_nothing_is_written_and_that_is_said(tmp_path, caplog):
    caplog.set_level(logging.WARNING, logger="streamseg")
    opened(tmp_path / "a.json").close()
    assert list(tmp_path.iterdir()) == []
    assert [entry.getMessage() for entry in caplog.records] == ["a.json was not written: no slice came"]


@pytest.mark.parametrize("existing", ["a.json", "a.md", "a.png"])
def test_any_of_the_three_that_exists_is_refused_and_nothing_is_left_behind(tmp_path, existing):
    (tmp_path / existing).write_bytes(b"precious")
    with pytest.raises(SinkError, match=f"{existing} exists already"):
        opened(tmp_path / "a.json")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(existing, b"precious")]
    assert report(tmp_path / "a.json", renderings(), overwrite=True)["is_complete"]


def test_another_ending_and_a_live_source_are_refused(tmp_path):
    with pytest.raises(SinkError, match=r"ends in \.json"):
        opened(tmp_path / "a.txt")
    with pytest.raises(SinkError, match="no stack and has no end"):
        create(str(tmp_path / "a.json"), OutputSettings()).open(stream_of(tmp_path, is_live=True))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_on_a_full_disk_what_fits_is_written_and_the_reason_is_said(tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "a.json")],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=True,
        cwd=ROOT,
    )
    assert result.stdout.startswith(f"cannot write {tmp_path / 'a.png'}: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.md"]
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["slices_seen"] == 5


def test_what_may_name_somebody_is_black_in_the_montage(tmp_path):
    (each,) = renderings([1])
    cover = Cover(areas=(Box(0, 0, 20, 64),))
    report(tmp_path / "a.json", [each])
    report(tmp_path / "b.json", [replace(each, cover=cover)])
    plain, covered = (cv2.imread(str(tmp_path / name)) for name in ("a.png", "b.png"))
    assert plain.shape == covered.shape
    assert ((plain != covered).any(axis=2) & (covered == 0).all(axis=2)).sum() >= 19 * 64
