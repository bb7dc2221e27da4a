"""DICOM files made on the spot, with known pictures in known places, whole or damaged."""

import numpy as np
from pydicom import config
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
PATIENT = "Doe^Jane"
# What is looked for where nobody may be named: long enough that no measured number holds it by chance.
IDENTIFIERS = (PATIENT, "Jane", "ID-4711", "19700101", "1970-01-01", "20200229")


def dataset(pixels, *, modality, series="1.2.3", study="1.2", **elements):
    """Return a data set around ``pixels``, (N, H, W), (H, W) or colour with a last axis of 3; elements by keyword."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = CTImageStorage if modality == "CT" else UltrasoundMultiFrameImageStorage
    data.SOPInstanceUID = generate_uid()
    data.StudyInstanceUID, data.SeriesInstanceUID, data.Modality = study, series, modality
    data.PatientName, data.PatientID, data.PatientBirthDate = PATIENT, "ID-4711", "19700101"
    data.SamplesPerPixel = 3 if pixels.shape[-1] == 3 else 1
    shape = pixels.shape[:-1] if data.SamplesPerPixel == 3 else pixels.shape
    data.Rows, data.Columns = shape[-2:]
    if len(shape) == 3:
        data.NumberOfFrames = shape[0]
    data.PhotometricInterpretation = "RGB" if data.SamplesPerPixel == 3 else "MONOCHROME2"
    if data.SamplesPerPixel == 3:
        data.PlanarConfiguration = 0
    data.BitsAllocated = data.BitsStored = pixels.dtype.itemsize * 8
    data.HighBit = data.BitsStored - 1
    data.PixelRepresentation = int(pixels.dtype.kind == "i")
    for keyword, value in elements.items():
        setattr(data, keyword, value)
    data.PixelData = pixels.tobytes()
    data["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
    return data


def save(data, path):
    """Write ``data`` to ``path`` and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data.save_as(path, enforce_file_format=True)
    return path


def ct_slice(path, *, z_mm=0.0, level=0, number=1, size=(16, 24), **elements):
    """Write an axial CT slice that holds ``level`` HU at height ``z_mm``, with a first pixel of 100 HU more."""
    pixels = np.full(size, level + 1024, np.int16)
    pixels[0, 0] += 100
    given = {
        "ImagePositionPatient": [-10.0, -20.0, z_mm],
        "ImageOrientationPatient": list(AXIAL),
        "PixelSpacing": [0.5, 0.25],
        "SliceThickness": 5.0,
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
        "InstanceNumber": number,
        "SeriesNumber": 3,
    } | elements
    return save(
        dataset(pixels, modality="CT", **{key: value for key, value in given.items() if value is not None}), path
    )


def cine(path, *, count=5, size=(48, 64), **elements):
    """Write an ultrasound cine in colour; the level of each frame tells its index."""
    pixels = np.stack([np.full((*size, 3), 10 * index, np.uint8) for index in range(count)])
    return save(dataset(pixels, modality="US", **elements), path)


def region(top, left, bottom, right, *, cm=(0.05, 0.05), space=1, kind=1, units=3):
    """Return an item of the sequence of ultrasound regions; ``cm`` is what a pixel measures down and across."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType = space, kind
    item.RegionLocationMinY0, item.RegionLocationMinX0 = top, left
    item.RegionLocationMaxY1, item.RegionLocationMaxX1 = bottom, right
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = units
    item.PhysicalDeltaY, item.PhysicalDeltaX = cm
    return item


def enhanced_ct(path, heights_mm):
    """Write an enhanced multi-frame CT whose frames lie at ``heights_mm`` and hold their place in the file, in HU."""
    pixels = np.stack([np.full((16, 24), index + 1000, np.int16) for index in range(len(heights_mm))])
    data = dataset(pixels, modality="CT")
    shared, measures, orientation, value = Dataset(), Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.25], 2.0
    orientation.ImageOrientationPatient = list(AXIAL)
    value.RescaleSlope, value.RescaleIntercept = 1, -1000
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    shared.PixelValueTransformationSequence = [value]
    data.SharedFunctionalGroupsSequence = [shared]
    data.PerFrameFunctionalGroupsSequence = []
    for height_mm in heights_mm:
        group, place = Dataset(), Dataset()
        place.ImagePositionPatient = [0.0, 0.0, height_mm]
        group.PlanePositionSequence = [place]
        data.PerFrameFunctionalGroupsSequence.append(group)
    return save(data, path)


def directory(path, names):
    """Write a DICOMDIR that lists the files of ``names``, each a sequence of folders and a name."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    data.SOPInstanceUID = generate_uid()
    data.DirectoryRecordSequence = []
    with config.disable_value_validation():
        for parts in names:
            record = Dataset()
            record.DirectoryRecordType = "IMAGE"
            record.ReferencedFileID = list(parts)
            data.DirectoryRecordSequence.append(record)
        return save(data, path)
