"""The report says what was found, what is missing, and nothing that is not known."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from streamseg.protocols import SourceInfo
from streamseg.settings import PlaybackSettings
from streamseg.stacks.abc2 import Abc2
from streamseg.stacks.book import StackBook
from streamseg.stacks.markdown import to_markdown
from streamseg.stacks.report import make_report, runs
from tests.support.renderings import CARD, stream_of
from tests.support.slices import disc, slice_of

RADII = (0, 6, 12, 6, 0)
SCORES = (0.1, 0.6, 0.9, 0.95, 0.2)
ESTIMATE = Abc2(1.5, 12.0, 10.0, 25.0, 2)


def stream(length=5, modality="CT", **playback):
    info = SourceInfo("dicom", "head", is_live=False, frame_count=length, length=length, warnings=("it was tilted",))
    opened = stream_of(Path())
    settings = opened.settings.model_copy(update={"playback": PlaybackSettings(**playback)})
    return replace(opened, source=info, card=CARD.model_copy(update={"modality": modality}), settings=settings)


def report(places=range(5), step_mm=5.0, of=None, **options):
    book = StackBook(5)
    for place in places:
        position_mm = None if step_mm is None else place * step_mm
        book.add(slice_of(disc(RADII[place]), place, position_mm=position_mm, score=SCORES[place], **options))
    return make_report(of or stream(), book.slices, book.volume, ESTIMATE)


def test_it_names_first_and_last_finding_the_largest_and_the_ranking():
    found = report().to_json()
    assert found["is_complete"]
    assert found["missing"] == []
    assert found["first_with_finding"] == {"slice": 2, "media_index": 1, "position_mm": 5.0}
    assert found["last_with_finding"] == {"slice": 4, "media_index": 3, "position_mm": 15.0}
    assert found["largest_area"]["slice"] == 3
    assert found["ranking"] == [4, 3, 2, 5, 1]
    assert found["abc2"] == {"volume_ml": 1.5, "a_mm": 12.0, "b_mm": 10.0, "c_mm": 25.0, "slice": 3, "why_not": ""}
    assert found["remarks"] == ["it was tilted"]
    assert found["notice"] == "Research use only. Not a medical device."


def test_the_running_volume_ends_at_the_volume():
    found = report().to_json()
    running = [row["running_volume_ml"] for row in found["slices"]]
    assert running == sorted(running)
    assert (
        running[-1] == found["volume_ml"] == pytest.approx(sum(row["volume_ml"] for row in found["slices"]), abs=2e-4)
    )
    assert {row["extent_mm"] for row in found["slices"]} == {5.0}


def test_without_positions_there_is_no_volume_and_all_else_is_there():
    found = report(step_mm=None).to_json()
    assert (found["volume_ml"], found["volume_why_not"]) == (None, "the positions of the slices are not known")
    assert {(row["extent_mm"], row["volume_ml"], row["running_volume_ml"]) for row in found["slices"]} == {(None,) * 3}
    assert found["slices"][2]["area_mm2"] is not None


def test_without_spacing_there_are_lengths_along_the_stack_but_no_areas():
    found = report(spacing_mm=None).to_json()
    assert found["volume_why_not"] == "the distance between pixels is not known"
    assert [(row["extent_mm"], row["area_mm2"]) for row in found["slices"]] == [(5.0, None)] * 5


@pytest.mark.parametrize(
    ("places", "playback", "missing"),
    [
        ([0, 1, 2], {}, ["not seen: slices 4 to 5 of 5", "the run ended before them, or they could not be read"]),
        ([1], {"start": "1", "stop": "2"}, ["not seen: slices 1, 3 to 5 of 5", "--start 1, --stop 2"]),
        ([0, 2, 4], {"every": 2}, ["not seen: slices 2, 4 of 5", "--every 2"]),
        ([0, 1, 2, 4], {}, ["not seen: slice 4 of 5", "could not be read"]),
    ],
)
def test_an_incomplete_stack_is_called_that_with_the_reason(places, playback, missing):
    found = report(places, of=stream(**playback))
    assert not found.volume.is_complete
    assert all(words in said for words, said in zip(missing, found.missing, strict=True))
    assert "**Incomplete**" in to_markdown(found, "a.png")


def test_a_stack_of_unknown_length_is_never_complete():
    book = StackBook(None)
    book.add(slice_of(disc(5), 0, position_mm=0))
    found = make_report(stream(None), book.slices, book.volume, ESTIMATE)
    assert found.missing == ("how many slices there are is not known",)
    assert "1 of an unknown number of slices" in to_markdown(found, "a.png")


def test_a_finding_at_the_end_and_a_threshold_that_was_changed_are_remarked():
    book = StackBook(2)
    book.add(slice_of(disc(5), 0, position_mm=0, threshold=0.4))
    book.add(slice_of(disc(0), 1, position_mm=5, threshold=0.6))
    remarks = make_report(stream(2), book.slices, book.volume, ESTIMATE).remarks
    assert remarks[:2] == (
        "the threshold was changed on the way: 0.4 to 0.6",
        "the finding reaches the first slice that was seen; it may go on beyond",
    )


def test_abc2_is_not_given_for_a_model_of_other_pictures():
    found = report(of=stream(modality="US"))
    assert found.abc2.volume_ml is None
    assert "haemorrhage on CT" in found.abc2.why_not


def test_it_is_json_and_the_page_holds_every_slice():
    found = report()
    assert json.loads(json.dumps(found.to_json(), allow_nan=False)) == found.to_json()
    page = to_markdown(found, "head.png")
    assert "![slices](head.png)" in page
    assert "| first slice with a finding | 2 at 5.0 mm |" in page
    assert "| ABC/2 | 1.50 mL (A 12.0 mm, B 10.0 mm, C 25.0 mm; largest on slice 3) |" in page
    rows = [line for line in page.splitlines() if line.startswith("| ") and line.count("|") == 10]
    assert len(rows) == 1 + 5
    assert "Research use only" in page


def test_runs_of_numbers_are_told_in_words():
    assert runs([1, 2, 3, 7, 9, 10]) == "1 to 3, 7, 9 to 10"
    assert runs(range(1, 20, 2)) == "1, 3, 5, 7, 9 and others"
