"""A volume of masks as NIfTI or MetaImage: 0 outside, 1 inside.

References
----------
NIfTI-1 Data Format, https://nifti.nimh.nih.gov/nifti-1.
Kitware, MetaIO: MetaImage tags; https://itk.org/Wiki/ITK/MetaIO/Documentation.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from streamseg.masks.grid import Grid

# From DICOM's axes, towards left, back and head, to those of NIfTI.
_TO_NIFTI = np.diag([-1.0, -1.0, 1.0, 1.0])


def to_metaimage(voxels: NDArray[np.uint8], grid: Grid) -> bytes:
    """Return ``voxels`` (slices, rows, columns) as one packed MetaImage."""
    content = zlib.compress(np.ascontiguousarray(voxels).tobytes())
    fields = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "True",
        "CompressedDataSize": str(len(content)),
        "TransformMatrix": _words(grid.axes.ravel()),
        "Offset": _words(grid.origin),
        "CenterOfRotation": "0 0 0",
        "AnatomicalOrientation": "RAI" if grid.is_placed else "???",
        "ElementSpacing": _words(np.asarray(grid.spacing)),
        "DimSize": " ".join(str(length) for length in voxels.shape[::-1]),
        "ElementType": "MET_UCHAR",
        "ElementDataFile": "LOCAL",
    }
    header = "".join(f"{name} = {value}\n" for name, value in fields.items())
    return header.encode("ascii") + content


def to_nifti(voxels: NDArray[np.uint8], grid: Grid) -> bytes:
    """Return ``voxels`` (slices, rows, columns) as one packed NIfTI-1 file; needs nibabel."""
    # Imported only here: the extra "volumes" brings it.
    image = import_module("nibabel.nifti1").Nifti1Image(
        np.ascontiguousarray(voxels.transpose(2, 1, 0)), _TO_NIFTI @ grid.affine
    )
    code = 1 if grid.is_placed else 0
    image.set_sform(image.affine, code=code)
    image.set_qform(image.affine, code=code)
    image.header.set_xyzt_units("mm" if grid.is_placed else "unknown")
    # No time in the file, so that the same masks make the same bytes.
    return gzip.compress(image.to_bytes(), mtime=0)


WRITERS: Mapping[str, Callable[[NDArray[np.uint8], Grid], bytes]] = MappingProxyType(
    {".mha": to_metaimage, ".nii.gz": to_nifti}
)
"""How a volume is written, by the ending of its name."""


def _words(numbers: NDArray[np.float64]) -> str:
    return " ".join(f"{number:.10g}" for number in numbers.tolist())
