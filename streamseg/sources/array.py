"""NumPy files (NPY): one picture or a stack of them, in the order in which they are stored."""

from __future__ import annotations

from types import MappingProxyType

from streamseg.settings import SourceSettings
from streamseg.volumes.npy import read_npy
from streamseg.volumes.source import VolumeSource, open_source

PLUGIN = {"suffixes": [".npy"]}
READERS = MappingProxyType({".npy": read_npy})


def create(location: str, settings: SourceSettings) -> VolumeSource:
    """Open a file; see `streamseg.volumes.opening.open_volume` for what may go wrong."""
    return open_source("array", location, READERS, settings)
