"""Opens a volume or a sequence: whichever it is, as something that has frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from streamseg.errors import SettingsError, SourceNotFoundError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.volumes.cine import Cine, make_cine
from streamseg.volumes.slices import Slices, make_slices
from streamseg.volumes.storage import load
from streamseg.volumes.stored import Stored, arranged

Reader = Callable[[Path], Stored]
Reel = Cine | Slices


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """What a file holds, and how many pictures it promises and does not hold."""

    reel: Reel
    lacking: int
    warnings: tuple[str, ...]


def open_volume(location: str, readers: Mapping[str, Reader], settings: SourceSettings) -> Opened:
    """Read a header with the reader for its suffix, and make the values ready to play.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    SourceUnreadableError
        It is none of these, is damaged, or holds nothing that can be shown.
    SettingsError
        Something is asked for that the file does not say enough for.
    """
    path = Path(location)
    if not path.is_file():
        raise SourceNotFoundError(f"there is no file {location!r}; check the path")
    reader = next((readers[suffix] for suffix in readers if path.name.lower().endswith(suffix)), None)
    if reader is None:
        raise SourceUnreadableError(f"{path.name} is no volume; volumes are files that end in {' '.join(readers)}")
    try:
        stored = reader(path)
        values = load(stored.layout)
    except OSError as err:
        raise SourceUnreadableError(f"{path.name} cannot be read: {err.strerror or err}; check the file") from err
    except (ValueError, OverflowError, MemoryError) as err:
        raise SourceUnreadableError(
            f"the header of {path.name} holds what it may not ({type(err).__name__}); export it again"
        ) from err
    return _opened(stored, values, settings)


def _opened(stored: Stored, values: NDArray[Any], settings: SourceSettings) -> Opened:
    lacking = stored.layout.shape[-1] - values.shape[-1]
    if lacking and (stored.is_backwards or stored.axes[-1] == "colour"):
        raise SourceUnreadableError(f"{stored.name} was cut short: no picture of it is whole; copy or export it again")
    volumes = arranged(stored, values)
    warnings = []
    if lacking:
        whole, promised = values.shape[-1], stored.layout.shape[-1]
        warnings.append(f"the file was cut short or is damaged: {whole} of {promised} pictures are whole")
    if volumes.shape[2] == 1 and (stored.fields or volumes.shape[3] > 1):
        return Opened(make_cine(stored, volumes[:, :, 0], settings), lacking, tuple(warnings))
    number, count = int(settings.series or 1), volumes.shape[3]
    if number > count:
        raise SettingsError(f"{stored.name} holds {count} volumes; there is no --series {number}")
    if count > 1:
        warnings.append(f"volume {number} of {count} is played; --series chooses")
        lacking = 0
    return Opened(make_slices(stored, volumes[:, :, :, number - 1], settings), lacking, tuple(warnings))
