"""Pictures as a stream: a folder, a pattern such as ``frames/*.png``, or one file, in natural order."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from natsort import natsorted, ns
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence

from streamseg.errors import SourceNotFoundError, SourceUnreadableError
from streamseg.frame import Frame
from streamseg.protocols import Source, SourceInfo
from streamseg.settings import SourceSettings
from streamseg.volumes import tiff
from streamseg.volumes.source import VolumeSource, open_source

PLUGIN = {
    "suffixes": [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".pgm"],
    "folders": True,
}
SUFFIXES = cast("list[str]", PLUGIN["suffixes"])
RATE_HZ = 10.0
REDUCED = (
    "16-bit pictures are reduced to 8 bits by dividing by 257, so that 65535 becomes 255; "
    "those that use only the low bits come out dark"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Grey (H, W) or RGB (H, W, 3) uint8, and whether it was reduced from 16 bits."""

    image: NDArray[np.uint8]
    is_reduced: bool = False


def create(location: str, settings: SourceSettings) -> ImageSource | VolumeSource:
    """Find the pictures of ``location`` and read the first one; one TIFF of many deep pages is played as a volume.

    Raises
    ------
    SourceNotFoundError
        There are none.
    SourceUnreadableError
        The first one cannot be read.
    """
    paths = find_pictures(location)
    if len(paths) == 1 and tiff.is_deep_stack(paths[0]):
        return open_source("images", str(paths[0]), dict.fromkeys(tiff.SUFFIXES, tiff.read_tiff), settings)
    pictures = _read_all(paths)
    first = next(pictures)
    rate_hz = settings.rate_hz or RATE_HZ
    warnings = [REDUCED] if first.is_reduced else []
    if settings.size or settings.pixel_format:
        warnings.append("pictures are played as they are; --size and --pixel-format are for cameras")
    height, width = first.image.shape[:2]
    info = SourceInfo(
        kind="images",
        name=Path(location).resolve().name or location,
        is_live=False,
        size=(height, width),
        rate_hz=rate_hz,
        frame_count=len(paths) if len(paths) > 1 else count_pages(paths[0]),
        detail=f"{paths[0].suffix.lower().removeprefix('.')} {width}x{height} at {rate_hz:g} Hz",
        warnings=tuple(warnings),
    )
    return ImageSource(paths, itertools.chain([first], pictures), info, rate_hz=rate_hz)


def find_pictures(location: str) -> Sequence[Path]:
    """Return the pictures of a folder, of a pattern, or the one file, in natural order, without hidden files.

    Raises
    ------
    SourceNotFoundError
        There are none.
    """
    path = Path(location)
    if path.is_file():
        return [path]
    base, found = (path, path.iterdir()) if path.is_dir() else _match(path)
    pictures = [each for each in found if _is_picture(each, base)]
    if not pictures:
        raise SourceNotFoundError(
            f"there is no picture in {location!r}; pictures are files that end in {' '.join(SUFFIXES)}"
        )
    return natsorted(pictures, alg=ns.PATH)


def read_pictures(path: Path, first_page: int = 0) -> Iterator[Picture]:
    """Yield the picture in a file, or each page of one that holds several, from ``first_page`` on.

    Raises
    ------
    SourceUnreadableError
        The file is no picture, is damaged, or holds values that are neither 8 nor 16 bits deep.
    """
    try:
        with Image.open(path) as file:
            for page in itertools.islice(ImageSequence.Iterator(file), first_page, None):
                yield to_picture(ImageOps.exif_transpose(page))
    # Pillow tells of damage by all of these.
    except (OSError, EOFError, SyntaxError, ValueError, Image.DecompressionBombError) as err:
        raise SourceUnreadableError(f"cannot read the picture {path}: {err}; replace or remove it") from err


def count_pages(path: Path) -> int:
    """Return how many pictures the file holds."""
    with Image.open(path) as file:
        return int(getattr(file, "n_frames", 1))


def to_picture(page: Image.Image) -> Picture:
    """Return the pixels: grey stays grey, colour becomes RGB, transparency is dropped, 16 bits become 8.

    Raises
    ------
    ValueError
        The values are floating-point numbers or beyond 16 bits.
    """
    if page.mode == "F":
        raise ValueError("its pixels are floating-point numbers, which have no agreed black and white")
    if page.mode.startswith("I"):
        return Picture(reduce_depth(np.asarray(page)), is_reduced=True)
    if page.mode in ("1", "L", "LA", "La"):
        return Picture(np.asarray(page.convert("L"), np.uint8))
    # A palette may hold transparency that Pillow cannot take into RGB in one step.
    colour = page.convert("RGBA") if page.mode == "P" else page
    return Picture(np.asarray(colour.convert("RGB"), np.uint8))


def reduce_depth(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Return 16-bit ``values``, 0 to 65535, divided by 257 and rounded: the inverse of writing 8 bits as 16.

    Raises
    ------
    ValueError
        A value is outside 0 to 65535.
    """
    if values.min() < 0 or values.max() > 65535:
        raise ValueError(f"its values go from {values.min()} to {values.max()}, beyond 16 bits")
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


class ImageSource(Source):
    """Frames from pictures. Their media time is their place divided by the rate."""

    def __init__(self, paths: Sequence[Path], pictures: Iterator[Picture], info: SourceInfo, *, rate_hz: float) -> None:
        self._paths = paths
        self._page_counts: list[int] | None = None
        self._pictures = pictures
        self._info = info
        self._rate_hz = rate_hz
        self._next_index = 0
        self._is_closed = False
        self._has_told = bool(info.warnings)
        # Held while a picture is read, so that `close` does not pull the file away from under it.
        self._lock = threading.Lock()

    @property
    def info(self) -> SourceInfo:
        """What was found; the number of frames counts a file of several pages once, unless it is the only one."""
        return self._info

    def __next__(self) -> Frame:
        with self._lock:
            picture = None if self._is_closed else next(self._pictures, None)
        if picture is None:
            raise StopIteration
        if picture.is_reduced and not self._has_told:
            self._has_told = True
            logger.warning("%s: %s", self._info.name, REDUCED)
        index = self._next_index
        self._next_index += 1
        media_time_ns = round(index * 1e9 / self._rate_hz)
        return Frame(picture.image, index=index, captured_ns=time.monotonic_ns(), media_time_ns=media_time_ns)

    def seek(self, index: int) -> bool:
        """Go on from the picture of that index, counted over the pages of all files."""
        try:
            place, page = self._find(index)
        except OSError:  # a damaged file; reading up to it says so better
            return False
        with self._lock:
            if not self._is_closed:
                self._pictures = _read_all(self._paths[place:], page)
        self._next_index = index
        return True

    def _find(self, index: int) -> tuple[int, int]:
        """Return the file that holds the picture of ``index``, and the page there; beyond the last one where none."""
        if self._page_counts is None:
            self._page_counts = [count_pages(path) for path in self._paths]
        for place, count in enumerate(self._page_counts):
            if index < count:
                return place, index
            index -= count
        return len(self._page_counts), 0

    def close(self) -> None:
        """End the stream and close the file that is open."""
        with self._lock:
            self._is_closed = True
            self._pictures = iter(())


def _read_all(paths: Iterable[Path], first_page: int = 0) -> Iterator[Picture]:
    # A generator and not a chain of them: it ends at the first picture that cannot be read.
    for path in paths:
        yield from read_pictures(path, first_page)
        first_page = 0


def _match(pattern: Path) -> tuple[Path, Iterable[Path]]:
    """Return the folder in which a pattern begins, and what matches it."""
    parts = pattern.parts
    start = next((place for place, part in enumerate(parts) if set(part) & set("*?[")), None)
    if start is None:
        raise SourceNotFoundError(f"there is no file, folder or pattern {str(pattern)!r}; check the path")
    base = Path(*parts[:start])
    try:
        return base, list(base.glob(str(Path(*parts[start:]))))
    except ValueError as err:
        raise SourceNotFoundError(f"{str(pattern)!r} is no pattern: {err}; such as frames/*.png") from err


def _is_picture(path: Path, base: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in path.relative_to(base).parts)
    return not is_hidden and path.suffix.lower() in SUFFIXES and path.is_file()
