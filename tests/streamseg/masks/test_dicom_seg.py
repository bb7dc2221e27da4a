"""DICOM segmentations, read back with highdicom and pydicom: the same mask on the same picture in the same place."""

import io
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.uid import EnhancedCTImageStorage

from streamseg.errors import SinkError
from streamseg.masks.kept import MaskBook
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
from tests.support.dicom_files import PATIENT, enhanced_ct
from tests.support.renderings import CARD
from tests.support.slices import FINDING_HU, FRAME_OF_REFERENCE, ct_stack, disc, slice_of

pytest.importorskip("highdicom", reason="DICOM segmentations need the extra 'seg'")
HEIGHTS_MM = (-10, -5, 0, 5, 10, 15)
TURNED = {
    "as shown": (1, 0, 0, 0, 1, 0),
    "rows turned": (1, 0, 0, 0, -1, 0),
    "columns turned": (-1, 0, 0, 0, 1, 0),
    "both turned": (-1, 0, 0, 0, -1, 0),
}


def masks_of(location, *, places=None, from_hu=FINDING_HU):
    """Return the masks of what is dense in the frames of a DICOM source."""
    book = MaskBook()
    with create(str(location), SourceSettings()) as source:
        for frame in source:
            if places is None or frame.index in places:
                segmentation = slice_of(frame.image >= from_hu, frame.index)
                object.__setattr__(segmentation, "frame", frame)
                book.add(segmentation)
    return tuple(book)


def written(masks, card=CARD):
    from highdicom.seg import segread

    from streamseg.masks.dicom_seg import make_segmentation

    content = io.BytesIO()
    make_segmentation(masks, card).save_as(content, enforce_file_format=True)
    content.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are no names, as in anonymised pictures
        return segread(content)


def masks_by_picture(segmentation):
    """Return the stored mask of each frame, by the picture that it refers to, and its position."""
    found = {}
    for pixels, group in zip(segmentation.pixel_array, segmentation.PerFrameFunctionalGroupsSequence, strict=True):
        source = group.DerivationImageSequence[0].SourceImageSequence[0]
        key = str(source.ReferencedSOPInstanceUID), source.get("ReferencedFrameNumber")
        found[key] = pixels, [float(mm) for mm in group.PlanePositionSequence[0].ImagePositionPatient]
    return found


@pytest.mark.parametrize("orientation", TURNED.values(), ids=TURNED)
def test_every_mask_lies_on_its_picture_as_that_is_stored(tmp_path, orientation):
    paths = ct_stack(tmp_path, HEIGHTS_MM, orientation=orientation)
    found = masks_by_picture(written(masks_of(tmp_path)))
    assert len(found) == len(paths)
    for path in paths:
        picture = pydicom.dcmread(path)
        mask, position_mm = found[picture.SOPInstanceUID, None]
        np.testing.assert_array_equal(mask, picture.pixel_array - 1024 >= FINDING_HU)
        assert position_mm == [float(mm) for mm in picture.ImagePositionPatient]


def test_it_says_what_was_found_by_what_and_in_the_geometry_of_the_pictures(tmp_path):
    (path, *_) = ct_stack(tmp_path, HEIGHTS_MM)
    card = CARD.model_copy(update={"structure": CARD.structure.model_copy(update={"name": "intracranial haemorrhage"})})
    found, picture = written(masks_of(tmp_path), card), pydicom.dcmread(path)
    (segment,) = found.SegmentSequence
    assert (segment.SegmentLabel, segment.SegmentAlgorithmType) == ("intracranial haemorrhage", "AUTOMATIC")
    assert segment.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Hemorrhage"
    assert found.ContentDescription == "Research use only. Not a medical device."
    assert found.FrameOfReferenceUID == picture.FrameOfReferenceUID
    assert found.StudyInstanceUID == picture.StudyInstanceUID
    assert found.SeriesInstanceUID != picture.SeriesInstanceUID
    # What the user asks for with this output, and is told: a reader joins by these.
    assert (found.PatientName, found.PatientID) == (PATIENT, "ID-4711")
    shared = found.SharedFunctionalGroupsSequence[0]
    assert shared.PlaneOrientationSequence[0].ImageOrientationPatient == [1, 0, 0, 0, 1, 0]
    assert shared.PixelMeasuresSequence[0].PixelSpacing == [0.5, 0.5]


def test_slices_of_several_thicknesses_keep_their_own(tmp_path):
    thick = ct_stack(tmp_path / "a", (0, 7, 14), SliceThickness=7.0)
    thin = ct_stack(tmp_path / "b", (18, 22), SliceThickness=4.0)
    found = written(masks_of(tmp_path))
    by_uid = {pydicom.dcmread(path).SOPInstanceUID: pydicom.dcmread(path).SliceThickness for path in (*thick, *thin)}
    for group in found.PerFrameFunctionalGroupsSequence:
        uid = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        assert group.PixelMeasuresSequence[0].SliceThickness == by_uid[uid]


def test_only_slices_that_were_seen_are_in_it(tmp_path):
    paths = ct_stack(tmp_path, HEIGHTS_MM)
    found = masks_by_picture(written(masks_of(tmp_path, places=(1, 4))))
    assert {uid for uid, _ in found} == {pydicom.dcmread(paths[place]).SOPInstanceUID for place in (1, 4)}


@pytest.mark.parametrize("places", [(0, 1, 2, 3), (1, 3)], ids=["all", "some"])
def test_one_file_with_many_pictures_is_referred_to_by_their_numbers(tmp_path, places):
    path = enhanced_ct(tmp_path / "a.dcm", [30.0, 10.0, 20.0, 0.0])
    picture = pydicom.dcmread(path)
    picture.FrameOfReferenceUID, picture.SOPClassUID = FRAME_OF_REFERENCE, EnhancedCTImageStorage
    picture.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    picture.save_as(path)
    found = masks_by_picture(written(masks_of(path, places=places, from_hu=-1)))
    # The frames hold 0, 1, 2, 3 HU in the order of the file, and lie at those heights.
    stored = {1: 30.0, 2: 10.0, 3: 20.0, 4: 0.0}
    expected = {number: height for number, height in stored.items() if sorted(stored.values()).index(height) in places}
    assert {number: position[2] for (_, number), (_, position) in found.items()} == expected
    assert all(mask.all() for mask, _ in found.values())


def test_the_real_head_gets_its_masks_with_tilt_and_mixed_thickness(shared_data):
    folder = shared_data / "ct" / "ge_head"
    found = masks_by_picture(written(masks_of(folder, from_hu=200)))
    assert len(found) == 28
    for path in sorted(folder.glob("*.dcm"))[::9]:
        picture = pydicom.dcmread(path)
        mask, position_mm = found[picture.SOPInstanceUID, None]
        hounsfield = picture.pixel_array * float(picture.RescaleSlope) + float(picture.RescaleIntercept)
        np.testing.assert_array_equal(mask, hounsfield >= 200)
        assert position_mm == [float(mm) for mm in picture.ImagePositionPatient]


def test_pictures_that_say_too_little_are_refused_without_naming_anybody(tmp_path):
    ct_stack(tmp_path, HEIGHTS_MM, FrameOfReferenceUID=None)
    with pytest.raises(SinkError, match="such as no frame of reference; use --masks instead") as caught:
        written(masks_of(tmp_path))
    assert "Doe" not in str(caught.value)


def test_a_picture_that_is_gone_is_named(tmp_path):
    paths = ct_stack(tmp_path, HEIGHTS_MM)
    masks = masks_of(tmp_path)
    paths[2].unlink()
    with pytest.raises(SinkError, match=f"{paths[2].name}, a picture of this stack, cannot be read any more"):
        written(masks)


def test_a_mask_without_a_picture_is_refused():
    book = MaskBook()
    book.add(slice_of(disc(5), 0, position_mm=0))
    with pytest.raises(SinkError, match="without its DICOM picture"):
        written(tuple(book))
