"""Names for the outputs of a stream that goes on in another one: NAME-2.jsonl after NAME.jsonl, and so on."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from streamseg.settings import OutputSettings

FILES = ("record", "record_raw", "log", "stack_report", "masks", "dicom_seg", "summary")
# Endings of two parts, which `Path.suffix` does not know.
_DOUBLE = (".nii.gz",)


def free_path(path: Path) -> Path:
    """Return ``path`` if nothing is there, else the first of NAME-2, NAME-3 ... that is free."""
    suffix = next((suffix for suffix in _DOUBLE if path.name.lower().endswith(suffix)), path.suffix)
    stem = path.name[: len(path.name) - len(suffix)]
    names = (path.with_name(f"{stem}-{number}{suffix}") for number in count(2))
    return path if not path.exists() else next(name for name in names if not name.exists())


def next_part(output: OutputSettings) -> OutputSettings:
    """Return ``output`` with names that are free, for what goes on after the files of ``output`` were written."""
    changed = {name: free_path(path) for name in FILES if (path := getattr(output, name)) is not None}
    sinks = tuple(_free_sink(sink) for sink in output.sinks)
    return output.model_copy(update=changed | {"sinks": sinks})


def _free_sink(text: str) -> str:
    name, colon, target = text.partition(":")
    return f"{name}:{free_path(Path(target))}" if colon and Path(target).is_file() else text
