"""Finds the DICOM files of a location, and the series that they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from natsort import natsorted, ns
from pydicom.uid import MediaStorageDirectoryStorage

from streamseg.dicom.header import Header, read_header
from streamseg.dicom.reading import FAULTS, is_dicom, quietly, read_tags
from streamseg.dicom.stack import is_parallel, plane_name
from streamseg.errors import SettingsError, SourceNotFoundError, SourceUnreadableError

SUFFIXES = frozenset({".dcm", ".dicom", ".ima"})


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Pictures that belong together: one file that holds several, or the files of a series that fit one another."""

    headers: tuple[Header, ...]

    @property
    def first(self) -> Header:
        """Its first file."""
        return self.headers[0]

    @property
    def frame_count(self) -> int:
        """How many pictures it holds."""
        return sum(len(header.planes) for header in self.headers)

    @property
    def pictures(self) -> str:
        """How many pictures of which kind, in words."""
        kind = "frame" if not self.first.is_stack else "slice" if self.plane else "picture"
        return f"{self.frame_count} {kind}{'s' if self.frame_count != 1 else ''}"

    @property
    def plane(self) -> str:
        """``axial``, ``sagittal``, ``coronal``, or nothing where that is unknown."""
        return plane_name(self.first.planes[0])

    @property
    def description(self) -> str:
        """What it is, in a few words that name nobody."""
        height, width = self.first.size
        words = (self.first.modality, self.plane, f"{width}x{height}")
        return f"{' '.join(word for word in words if word)}, {self.pictures}"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The series of a location, in a fixed order, and the names of files that are damaged or missing."""

    series: tuple[Series, ...]
    damaged: tuple[str, ...]


def find_series(location: str) -> Found:
    """Return the series of a file, of a folder at any depth, or of what a DICOMDIR lists. Only headers are read.

    Raises
    ------
    SourceNotFoundError
        Nothing is there, or nothing of it is a DICOM picture.
    SourceUnreadableError
        The one file there is damaged, or holds no picture; or the folder may not be opened.
    """
    path = Path(location)
    try:
        is_there = path.exists()
    except OSError:
        is_there = False  # or nobody may know
    if not is_there:
        raise SourceNotFoundError(f"there is no file or folder {location!r}; check the path")
    if path.is_file():
        return _of_files(_listed(path) if _is_directory_record(path) else [path], location, is_strict=True)
    files, closed = _files_in(path)
    pictures = [file for file in files if is_dicom(file)]
    closed += [file.name for file in set(files).difference(pictures) if _should_be_dicom(file)]
    return _of_files(pictures, location, damaged=closed)


def choose(found: Found, number: str | None) -> Series:
    """Return the series of that number in the listing, from 1; by default the one with the most pictures.

    Raises
    ------
    SettingsError
        There is no series of that number.
    """
    if number is None:
        return max(found.series, key=lambda series: series.frame_count)
    if not number.isdecimal() or not 1 <= int(number) <= len(found.series):
        raise SettingsError(
            f"there is no series {number!r}; there are 1 to {len(found.series)}, which `streamseg series` lists"
        )
    return found.series[int(number) - 1]


def _of_files(paths: Sequence[Path], location: str, *, damaged: Sequence[str] = (), is_strict: bool = False) -> Found:
    headers: list[Header] = []
    damaged = list(damaged)
    for path in paths:
        try:
            header = read_header(path)
        except SourceUnreadableError:
            if is_strict and len(paths) == 1:
                raise
            damaged.append(path.name)
        else:
            headers.extend([header] if header else [])
    if not headers:
        what = f", and {len(damaged)} files cannot be read" if damaged else ""
        raise SourceNotFoundError(
            f"there is no DICOM picture in {location!r}{what}; name a DICOM file, a folder of them or a DICOMDIR"
        )
    return Found(_group(headers), tuple(damaged))


def _group(headers: Sequence[Header]) -> tuple[Series, ...]:
    groups: list[list[Header]] = []
    by_key: dict[tuple[object, ...], list[list[Header]]] = {}
    for header in headers:
        alike = by_key.setdefault(_key(header), [])
        group = next((group for group in alike if is_parallel(group[0].planes[0], header.planes[0])), None)
        if group is None:
            group = []
            alike.append(group)
            groups.append(group)
        group.append(header)
    studies = list(dict.fromkeys(group[0].study for group in groups))
    groups.sort(key=lambda group: (studies.index(group[0].study), group[0].series_number or 0))
    return tuple(Series(tuple(group)) for group in groups)


def _key(header: Header) -> tuple[object, ...]:
    """Return what files have in common that can be one stack: no two sizes or kinds of value in it."""
    file = header.path if len(header.planes) > 1 else None
    return header.study, header.series, file, header.size, header.samples, header.is_hounsfield


def _files_in(folder: Path) -> tuple[Sequence[Path], list[str]]:
    """Return the files of a folder at any depth, links to folders not followed, and what of it may not be opened."""
    found: list[Path] = []
    faults: list[OSError] = []
    for where, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(Path(where, name) for name in names if not name.startswith("."))
    if not found and faults:
        raise SourceUnreadableError(
            f"the folder {folder.name!r} cannot be read: {faults[0].strerror}; check who may open it"
        ) from faults[0]
    return natsorted(found, alg=ns.PATH), [Path(str(fault.filename)).name for fault in faults]


def _should_be_dicom(file: Path) -> bool:
    """Whether ``file`` says by its name that it is DICOM, or may not be opened to see."""
    return file.suffix.lower() in SUFFIXES or not os.access(file, os.R_OK)


def _is_directory_record(path: Path) -> bool:
    if not is_dicom(path):
        return False
    data = read_tags(path, ["SOPClassUID"])
    try:
        with quietly():
            return bool(data.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage)
    except FAULTS:
        return False  # nor is it anything else that can be read, which is said when it is read


def _listed(directory: Path) -> Sequence[Path]:
    """Return the files that a DICOMDIR lists, whether they are there or not.

    Raises
    ------
    SourceUnreadableError
        The list cannot be read.
    """
    data = read_tags(directory, ["DirectoryRecordSequence"])
    try:
        with quietly():
            names = list(_file_names(data.get("DirectoryRecordSequence") or ()))
    except FAULTS as err:
        raise SourceUnreadableError(
            f"the list in {directory.name} is damaged; name the folder that holds the files instead"
        ) from err
    return [directory.parent.joinpath(*parts) for parts in names]


def _file_names(records: Sequence[object]) -> Iterator[tuple[str, ...]]:
    for record in records:
        name = getattr(record, "ReferencedFileID", None)
        if name:
            parts = (name,) if isinstance(name, str) else tuple(name)
            # A list may not lead out of its own folder.
            yield tuple(str(part) for part in parts if str(part) not in ("", ".", "..") and "/" not in str(part))
