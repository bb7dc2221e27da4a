"""Volumes (NIfTI, MetaImage, NRRD) as slices in Hounsfield units or grey, and sequences of PLUS in their time."""

from __future__ import annotations

from types import MappingProxyType

from streamseg.settings import SourceSettings
from streamseg.volumes.metaimage import read_metaimage
from streamseg.volumes.nifti import read_nifti
from streamseg.volumes.nrrd import read_nrrd
from streamseg.volumes.source import VolumeSource, open_source

PLUGIN = {
    "suffixes": [".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".nhdr"],
    "requires": {"nibabel": "volumes", "nrrd": "volumes"},
}
READERS = MappingProxyType(
    {
        ".nii": read_nifti,
        ".nii.gz": read_nifti,
        ".mha": read_metaimage,
        ".mhd": read_metaimage,
        ".nrrd": read_nrrd,
        ".nhdr": read_nrrd,
    }
)


def create(location: str, settings: SourceSettings) -> VolumeSource:
    """Open a volume or a sequence; see `streamseg.volumes.opening.open_volume` for what may go wrong."""
    return open_source("volume", location, READERS, settings)
