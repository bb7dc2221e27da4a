"""Writes the masks of a CT stack as a DICOM segmentation, with the identifiers of the study that it belongs to."""

from __future__ import annotations

import io
import logging
from pathlib import Path

from streamseg.claimed_file import ClaimedFile
from streamseg.errors import SinkError
from streamseg.frame import Rendering
from streamseg.masks.kept import MaskBook
from streamseg.protocols import StreamInfo
from streamseg.settings import OutputSettings

PLUGIN = {"suffixes": [".dcm"], "requires": {"highdicom": "seg"}}
NO_PLACE = (
    "a DICOM segmentation refers to pictures that say where they lie in the patient, as CT slices do and {what} does "
    "not: the standard has no such object for it; use --masks with a folder, .mha or .nii.gz"
)

logger = logging.getLogger(__name__)


def create(target: str, settings: OutputSettings) -> DicomSeg:
    """Return what writes the file ``target``."""
    return DicomSeg(Path(target), overwrite=settings.overwrite)


class DicomSeg:
    """Keeps the masks, each slice once, and writes them at the end."""

    name = "dicom_seg"
    needs_main_thread = False
    needs_every_frame = True

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        self._path = path
        self._overwrite = overwrite
        self._file: ClaimedFile | None = None
        self._stream: StreamInfo | None = None
        self._masks = MaskBook()

    def open(self, stream: StreamInfo) -> None:
        """Claim the file.

        Raises
        ------
        SinkError
            It exists already or cannot be written, or the source is no DICOM.
        """
        if stream.source.kind != "dicom":
            raise SinkError(NO_PLACE.format(what=f"a source of kind {stream.source.kind!r}"))
        if not self._path.name:
            raise SinkError("the segmentation needs the name of a file, such as dicom_seg:masks.dcm, got none")
        self._stream = stream
        self._file = ClaimedFile(self._path, can_overwrite=self._overwrite).claim()

    def write(self, rendering: Rendering) -> None:
        """Keep one mask.

        Raises
        ------
        SinkError
            The picture does not say where it lies in the patient.
        """
        frame = rendering.segmentation.frame
        if frame.origin is None or frame.plane is None:
            self._release()
            raise SinkError(NO_PLACE.format(what="ultrasound" if frame.modality == "US" else "this source"))
        self._masks.add(rendering.segmentation)

    def _release(self) -> None:
        if self._file is not None:
            self._file.release()
            self._file = None

    def close(self) -> None:
        """Write the segmentation of the slices seen; idempotent. Without a slice there is none.

        Raises
        ------
        SinkError
            It cannot be made or written.
        """
        file, self._file = self._file, None
        if file is None or self._stream is None:
            return
        if not len(self._masks):
            file.release()
            logger.warning("%s was not written: no slice came", self._path.name)
            return
        # Imported only here: it takes seconds, and the first frame need not wait for it.
        from streamseg.masks.dicom_seg import make_segmentation  # noqa: PLC0415

        try:
            content = io.BytesIO()
            make_segmentation(tuple(self._masks), self._stream.card).save_as(content, enforce_file_format=True)
        except SinkError:
            file.release()
            raise
        file.write(content.getvalue())
        source = self._stream.source
        length = source.length if source.length is not None else source.frame_count
        if length is not None and len(self._masks) < length:
            logger.warning("%s is incomplete: %d of %d slices", self._path.name, len(self._masks), length)
