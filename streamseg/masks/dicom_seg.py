"""DICOM Segmentation objects: masks that any DICOM reader lays over the pictures that they were made of.

A segmentation belongs to the study of its pictures and carries the patient's name and numbers, as they do. It is the
only thing that is written with them, and only when the user asks for it.

References
----------
DICOM PS3.3, A.51 (Segmentation IOD).
Bridge et al. 2022, "Highdicom", doi 10.1007/s10278-022-00683-y.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from streamseg.dicom.reading import FAULTS, quietly
from streamseg.errors import SinkError
from streamseg.masks.kept import KeptMask
from streamseg.model_card import ModelCard

# Elements that must be there and may be empty (type 2); anonymised pictures often lack them altogether.
_MAY_BE_EMPTY = (
    "AccessionNumber", "PatientBirthDate", "PatientID", "PatientName", "PatientSex", "ReferringPhysicianName",
    "StudyDate", "StudyID", "StudyTime",
)  # fmt: skip
_SERIES_NUMBER = 900


def make_segmentation(masks: Sequence[KeptMask], card: ModelCard) -> Dataset:
    """Return the masks of slices as one binary segmentation that refers to the pictures that they were made of.

    Every slice seen has a frame, an empty one where nothing was found. The masks are turned back to the way in which
    their pictures are stored.

    Raises
    ------
    SinkError
        A picture is gone or says too little, such as no frame of reference.
    """
    pictures, pixels = _by_file(masks)
    try:
        with quietly():  # warnings hold what the header says
            segmentation = Segmentation(
                source_images=pictures,
                pixel_array=pixels,
                segmentation_type=SegmentationTypeValues.BINARY,
                segment_descriptions=[_description(card)],
                series_instance_uid=hd.UID(),
                series_number=_SERIES_NUMBER,
                sop_instance_uid=hd.UID(),
                instance_number=1,
                manufacturer="streamseg",
                manufacturer_model_name=card.name,
                software_versions=version("streamseg"),
                device_serial_number="none",
                series_description=f"{card.structure.name}, {card.name} {card.version}"[:64],
                content_description=card.notice[:64],
                omit_empty_frames=len(pictures) < len(pixels),
            )
            _set_thicknesses(segmentation, pictures)
    except FAULTS as err:
        raise SinkError(
            f"no DICOM segmentation can be made ({type(err).__name__}): the headers of these pictures say too little, "
            "such as no frame of reference; use --masks instead"
        ) from err
    return segmentation


def _by_file(masks: Sequence[KeptMask]) -> tuple[list[Dataset], NDArray[np.uint8]]:
    """Return the headers of the pictures, and their masks (N, H, W) in the order and way in which they are stored."""
    stored = {}
    for each in masks:
        origin = each.frame.origin
        if origin is None:
            raise SinkError("a mask without its DICOM picture cannot be part of a DICOM segmentation")
        rows, columns = (-1 if is_turned else 1 for is_turned in origin.turned)
        stored[origin.path, origin.index] = each.mask[::rows, ::columns]
    pictures = [_header(path) for path in dict.fromkeys(path for path, _ in stored)]
    count = int(pictures[0].get("NumberOfFrames") or 1)
    if count == 1:
        return pictures, np.stack(list(stored.values())).astype(np.uint8)
    # One file with many pictures: those that were not seen are left out again as empty.
    path = next(iter(stored))[0]
    nothing = np.zeros(masks[0].size, np.bool_)
    return pictures, np.stack([stored.get((path, index), nothing) for index in range(count)]).astype(np.uint8)


def _header(path: Any) -> Dataset:
    try:
        with quietly():
            data = pydicom.dcmread(path, stop_before_pixels=True)
            for keyword in _MAY_BE_EMPTY:
                if keyword not in data:
                    setattr(data, keyword, None)
    except FAULTS as err:
        raise SinkError(
            f"{path.name}, a picture of this stack, cannot be read any more ({type(err).__name__})"
        ) from err
    return data


def _description(card: ModelCard) -> SegmentDescription:
    is_blood = "haemorrhage" in card.structure.name.lower()
    category, kind = (
        (codes.SCT.MorphologicallyAbnormalStructure, codes.SCT.Hemorrhage)
        if is_blood
        else (codes.SCT.AnatomicalStructure, codes.SCT.AnatomicalStructure)
    )
    return SegmentDescription(
        segment_number=1,
        segment_label=card.structure.name[:64],
        segmented_property_category=category,
        segmented_property_type=kind,
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=card.name, version=card.version, family=codes.DCM.ArtificialIntelligence
        ),
    )


def _set_thicknesses(segmentation: Segmentation, pictures: Sequence[Dataset]) -> None:
    """Say the thickness of every slice where they differ: highdicom takes that of the first for all."""
    thicknesses = {str(each.SOPInstanceUID): each.get("SliceThickness") for each in pictures}
    if len(set(thicknesses.values())) < 2:
        return
    shared = segmentation.SharedFunctionalGroupsSequence[0]
    spacing = shared.PixelMeasuresSequence[0].PixelSpacing
    del shared.PixelMeasuresSequence
    for group in segmentation.PerFrameFunctionalGroupsSequence:
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        measures = Dataset()
        measures.PixelSpacing, measures.SliceThickness = spacing, thicknesses[str(source)]
        group.PixelMeasuresSequence = [measures]
