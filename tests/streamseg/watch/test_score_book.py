"""Scores of frames, in constant memory."""

import numpy as np
import pytest

from streamseg.frame import Scores
from streamseg.watch.score_book import LONGEST_FILE_FRAMES, RECENT_FRAMES, ScoreBook, ScoreRow

LATER_NS = 10**12


def row(index, media_index=None, area_mm2=None):
    return ScoreRow(index, media_index, index / 10, Scores(0.1, 0.5, 0.4, 0.2), 12 + index, area_mm2)


def test_the_newest_frames_are_kept_in_order_and_the_oldest_let_go():
    book = ScoreBook(None)
    for index in range(RECENT_FRAMES + 5):
        book.add(row(index))
    track = book.recent()
    assert len(track) == RECENT_FRAMES
    assert track.index.tolist() == list(range(5, RECENT_FRAMES + 5))
    assert book.file(LATER_NS) is None


def test_a_file_has_an_entry_for_each_frame_also_for_those_not_seen():
    book = ScoreBook(4)
    book.add(row(0, media_index=2, area_mm2=3.5))
    book.add(row(1, media_index=9))  # beyond the length that the file promised
    track = book.file(LATER_NS)
    assert track.index.tolist() == [-1, -1, 0, -1]
    assert track.area_mm2[2] == 3.5
    assert np.isnan(track.mean[[0, 1, 3]]).all()
    assert track.area_px[2] == 12


def test_a_frame_that_is_seen_again_takes_the_place_of_its_former_scores():
    book = ScoreBook(4)
    book.add(row(0, media_index=1))
    book.add(row(7, media_index=1))
    assert book.file(LATER_NS).index.tolist() == [-1, 7, -1, -1]


def test_a_track_is_immutable_and_not_changed_by_frames_that_come_later():
    book = ScoreBook(3)
    book.add(row(0, media_index=0))
    recent, file = book.recent(), book.file(LATER_NS)
    book.add(row(1, media_index=1))
    assert len(recent) == 1
    assert file.index.tolist() == [0, -1, -1]
    for track in (recent, file):
        with pytest.raises(ValueError, match="read-only"):
            track.mean[0] = 1


def test_the_track_of_a_file_is_copied_only_when_it_changed_and_not_ten_times_a_second():
    book = ScoreBook(3)
    book.add(row(0, media_index=0))
    first = book.file(LATER_NS)
    assert book.file(2 * LATER_NS) is first
    book.add(row(1, media_index=1))
    assert book.file(LATER_NS + 100_000_000) is first
    assert book.file(LATER_NS + 300_000_000).index.tolist() == [0, 1, -1]


@pytest.mark.parametrize("length", [0, LONGEST_FILE_FRAMES + 1])
def test_a_file_without_frames_or_with_too_many_has_no_track(length):
    assert ScoreBook(length).file(LATER_NS) is None
