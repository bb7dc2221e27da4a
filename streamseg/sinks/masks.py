"""Writes the masks: a folder of PNG files with a table, or one volume as .nii.gz or .mha."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

import numpy as np

from streamseg.claimed_file import ClaimedFile
from streamseg.errors import MissingDependencyError, SinkError
from streamseg.frame import Rendering, Segmentation
from streamseg.masks.folder import MaskFolder
from streamseg.masks.grid import Grid, grid_of
from streamseg.masks.kept import MaskBook
from streamseg.masks.volume import WRITERS
from streamseg.protocols import Sink, StreamInfo
from streamseg.settings import OutputSettings

PLUGIN = {"suffixes": [".mha", ".nii.gz"]}

logger = logging.getLogger(__name__)


def create(target: str, settings: OutputSettings) -> Sink:
    """Return what writes masks to ``target``: a volume by its ending, else a folder.

    Raises
    ------
    SinkError
        It ends like a file of another kind.
    MissingDependencyError
        NIfTI needs a package that is not installed.
    """
    path = Path(target)
    suffix = next((suffix for suffix in WRITERS if path.name.lower().endswith(suffix)), None)
    if suffix is None and path.suffix and not path.is_dir():
        raise SinkError(
            f"masks are not written as {path.name!r}; name a folder, or a file that ends in .mha or .nii.gz"
        )
    if suffix == ".nii.gz" and importlib.util.find_spec("nibabel") is None:
        raise MissingDependencyError("NIfTI needs one more package: pip install 'streamseg[volumes]'; .mha does not")
    if suffix is None:
        return FolderMasks(path, overwrite=settings.overwrite)
    return VolumeMasks(path, suffix, overwrite=settings.overwrite)


class FolderMasks:
    """Writes every mask as it comes, as ``NUMBER_mask.png`` by its place in the file or stack; see `MaskFolder`."""

    name = "masks"
    needs_main_thread = False
    needs_every_frame = True

    def __init__(self, folder: Path, *, overwrite: bool) -> None:
        self._path = folder
        self._overwrite = overwrite
        self._folder: MaskFolder | None = None

    def open(self, stream: StreamInfo) -> None:  # noqa: ARG002 - the folder asks nothing of the stream
        """Make the folder and its tables.

        Raises
        ------
        SinkError
            It holds masks already, or cannot be written to.
        """
        self._folder = MaskFolder(self._path, map_format=None, can_overwrite=self._overwrite)

    def write(self, rendering: Rendering) -> None:
        """Write one mask and its line; none that was carried over from another frame.

        Raises
        ------
        SinkError
            It cannot be written, such as on a full disk. What was written so far stays.
        """
        if self._folder is None:
            raise SinkError("the masks were given a frame before they were opened")
        if rendering.segmentation.is_own:
            self._folder.write(*_named(rendering.segmentation))

    def close(self) -> None:
        """Close the tables; idempotent."""
        if self._folder is not None:
            self._folder.close()


class VolumeMasks:
    """Keeps the masks, each slice once, and writes them as one volume at the end.

    Slices that do not lie evenly make no volume: they are written to a folder instead, and that is said.
    """

    name = "masks"
    needs_main_thread = False
    needs_every_frame = True

    def __init__(self, path: Path, suffix: str, *, overwrite: bool) -> None:
        self._path = path
        self._suffix = suffix
        self._overwrite = overwrite
        self._file: ClaimedFile | None = None
        self._length: int | None = None
        self._masks = MaskBook()

    def open(self, stream: StreamInfo) -> None:
        """Claim the file.

        Raises
        ------
        SinkError
            It exists already or cannot be written, or the source has no end.
        """
        source = stream.source
        if source.is_live:
            raise SinkError(f"a live source has no end, and {self._path.name} is written at the end; give a folder")
        self._length = source.length if source.length is not None else source.frame_count
        self._file = ClaimedFile(self._path, can_overwrite=self._overwrite).claim()

    def write(self, rendering: Rendering) -> None:
        """Keep one mask."""
        self._masks.add(rendering.segmentation)

    def close(self) -> None:
        """Write the volume; idempotent. Without a mask there is none.

        Raises
        ------
        SinkError
            It cannot be written.
        """
        file, self._file = self._file, None
        if file is None:
            return
        if not len(self._masks):
            file.release()
            logger.warning("%s was not written: no frame came", self._path.name)
            return
        try:
            grid = grid_of(tuple(self._masks))
        except ValueError as err:
            file.release()
            self._write_folder(str(err))
            return
        voxels = np.stack([each.mask for each in self._masks]).astype(np.uint8)
        file.write(WRITERS[self._suffix](voxels, grid))
        self._remark(grid)

    def _write_folder(self, why: str) -> None:
        folder = self._path.with_name(f"{self._path.name[: -len(self._suffix)]}-masks")
        with MaskFolder(folder, map_format=None, can_overwrite=self._overwrite) as target:
            for each in self._masks:
                target.write(*_named(each.segmentation))
        logger.warning(
            "%s was not written, since a volume lies evenly and %s; the masks are PNG files in the folder %s instead",
            *(self._path.name, why, folder.name),
        )

    def _remark(self, grid: Grid) -> None:
        if self._length is not None and len(self._masks) < self._length:
            logger.warning("%s is incomplete: %d of %d slices", self._path.name, len(self._masks), self._length)
        if not grid.is_placed:
            logger.warning(
                "%s has no place in the patient: its third axis counts frames, one millimetre each", self._path.name
            )


def _named(segmentation: Segmentation) -> tuple[str, Segmentation]:
    return f"{segmentation.frame.place:06d}", segmentation
