"""An export that fails leaves nothing behind, and an older one whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.errors import TrainingError


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Yield an empty folder to write to; what is in it in the end replaces what ``out`` holds under the same names.

    Raises
    ------
    TrainingError
        Something cannot be written, say because the disk is full.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".export-") as scratch:
            yield Path(scratch)
            # The card comes last: until then the old card refuses the new weights by their checksum.
            for made in sorted(Path(scratch).iterdir(), key=lambda path: path.suffix == ".json"):
                _replace(made, out / made.name)
    except OSError as err:
        raise TrainingError(
            f"cannot write the model to {out}: {err.strerror or err}; free some space or choose another --out"
        ) from err


def _replace(made: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    made.replace(target)
