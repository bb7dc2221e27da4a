"""Sequences of PLUS: times, frames that are none, which way up, and where the picture lies."""

import numpy as np
import pytest

from streamseg.volumes import sequence, transforms

PICTURE = np.arange(12, dtype=np.uint8).reshape(3, 4)
# The picture as MF has it, stored as each code says: the first letter is where columns go, the second where rows go.
STORED = {
    "MF": PICTURE,
    "UF": PICTURE[:, ::-1],
    "MN": PICTURE[::-1],
    "UN": PICTURE[::-1, ::-1],
    "FM": PICTURE.T,
    "NM": PICTURE.T[:, ::-1],
    "FU": PICTURE.T[::-1],
    "NU": PICTURE.T[::-1, ::-1],
    "XX": PICTURE,
    "": PICTURE,
    "MFA": PICTURE,
    "und": PICTURE[::-1, ::-1],
}
IDENTITY = "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1"


def matrix(text):
    return np.reshape([float(number) for number in text.split()], (4, 4))


def moved(x=0, y=0, z=0, scale=1):
    return f"{scale} 0 0 {x} 0 {scale} 0 {y} 0 0 {scale} {z} 0 0 0 1"


def fields(*frames, **whole):
    return sequence.FrameFields(tuple(frames), whole)


@pytest.mark.parametrize("code", STORED)
def test_a_picture_stored_either_way_is_shown_with_the_probe_at_the_top_and_its_mark_on_the_right(code):
    upright = sequence.upright(fields(UltrasoundImageOrientation=code))
    np.testing.assert_array_equal(upright.apply(STORED[code]), PICTURE)
    colour = np.dstack([STORED[code]] * 3)
    np.testing.assert_array_equal(upright.apply(colour)[..., 1], PICTURE)


def test_nothing_but_the_code_is_taken_from_the_orientation():
    assert sequence.upright(fields(UltrasoundImageOrientation="MFA of Jane Doe")).code == "MFA"
    assert sequence.upright(fields(UltrasoundImageOrientation="Jane Doe")).code == ""


def test_fields_are_those_of_a_frame_or_of_the_whole_file():
    split = sequence.split_fields(
        {"Seq_Frame0001_Timestamp": "2.5", "Seq_Frame0007_Timestamp": "9", "ultrasound image type": "BRIGHTNESS"}, 2
    )
    assert split.frames == ({}, {"Timestamp": "2.5"})
    assert sequence.said(split, "UltrasoundImageType") == "BRIGHTNESS"
    assert sequence.said(split, "UltrasoundImageOrientation") == ""


def test_frames_without_a_picture_are_left_out():
    split = fields({"ImageStatus": "OK"}, {"ImageStatus": "INVALID"}, {})
    assert sequence.good_frames(split) == (0, 2)


def test_times_begin_at_0_and_skip_what_is_left_out():
    split = fields(*({"Timestamp": text} for text in ("100.5", "100.6", "100.75")))
    assert sequence.media_times_ns(split, (0, 1, 2)) == (0, 100_000_000, 250_000_000)
    assert sequence.media_times_ns(split, (1, 2)) == (0, 150_000_000)


@pytest.mark.parametrize("texts", [("1", "1"), ("2", "1"), ("1", "later"), ("1", "nan"), ("1", "inf")])
def test_times_that_do_not_grow_are_no_times(texts):
    assert sequence.media_times_ns(fields(*({"Timestamp": text} for text in texts)), (0, 1)) is None


def test_frames_without_a_time_have_none():
    assert sequence.media_times_ns(fields({"Timestamp": "1"}, {}), (0, 1)) is None


def test_the_way_from_the_picture_to_the_reference_leads_over_probe_and_tracker():
    split = fields(
        {
            "ImageToProbeTransform": moved(scale=0.5),
            "ProbeToTrackerTransform": moved(x=10),
            "ProbeToTrackerTransformStatus": "OK",
            "ReferenceToTrackerTransform": moved(y=4),
            "ReferenceToTrackerTransformStatus": "OK",
        }
    )
    way = sequence.way_to_room(split)
    assert (way.target, way.text) == ("Reference", "ImageToProbe and ProbeToTracker and TrackerToReference")
    expected = matrix(moved(y=-4)) @ matrix(moved(x=10)) @ matrix(moved(scale=0.5))
    np.testing.assert_allclose(sequence.to_room(split, way, 0), expected)


def test_a_transform_that_holds_for_all_frames_may_be_said_once():
    split = fields({"ProbeToTrackerTransform": moved(x=10)}, ImageToProbeTransform=moved(scale=0.5))
    way = sequence.way_to_room(split)
    assert way.target == "Tracker"
    np.testing.assert_allclose(sequence.to_room(split, way, 0)[:3, 3], (10, 0, 0))


def test_a_direct_transform_is_used_before_a_way_round():
    split = fields({"ImageToReferenceTransform": IDENTITY, "ImageToProbeTransform": IDENTITY})
    assert sequence.way_to_room(split).text == "ImageToReference"


def test_where_the_probe_was_is_not_where_the_picture_is():
    split = fields({"ProbeToTrackerTransform": IDENTITY, "StylusToTrackerTransform": IDENTITY})
    assert sequence.has_transforms(split)
    assert sequence.way_to_room(split) is None


@pytest.mark.parametrize(
    "told",
    [
        {"ImageToReferenceTransformStatus": "INVALID"},
        {"ImageToReferenceTransform": "1 2 3"},
        {"ImageToReferenceTransform": IDENTITY.replace("0", "nan", 1)},
        {"ImageToReferenceTransform": "0 " * 15 + "1"},
        {"ImageToReferenceTransform": "one two"},
    ],
)
def test_a_transform_that_is_none_or_not_valid_places_nothing(told):
    split = fields({"ImageToReferenceTransform": IDENTITY, **told})
    assert sequence.to_room(split, transforms.find_path([("Image", "Reference")]), 0) is None


def test_a_transform_that_cannot_be_gone_back_places_nothing():
    split = fields({"ReferenceToImageTransform": "0 " * 15 + "1"})
    assert sequence.to_room(split, sequence.way_to_room(split), 0) is None
