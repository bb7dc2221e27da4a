"""Who a DICOM file is of. Read only where the user asked for it, and never together with what else is read."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from streamseg.dicom.reading import FAULTS, quietly, read_tags

KEYWORDS = MappingProxyType(
    {"PatientName": "", "PatientID": "number ", "PatientBirthDate": "born ", "StudyDate": "examined "}
)
"""What is shown, each with the words before it."""


def identifiers_of(path: Path) -> str:
    """Return name, number and dates in the header of ``path`` on one line; empty where it holds none.

    Raises
    ------
    SourceUnreadableError
        The file is no DICOM, or is damaged.
    """
    data = read_tags(path, list(KEYWORDS))
    found = []
    for keyword, words in KEYWORDS.items():
        try:
            with quietly():
                value = str(data.get(keyword) or "")
        except FAULTS:
            continue
        # A header may hold any character, and a terminal obeys some of them.
        shown = "".join(letter for letter in value if letter.isprintable()).strip()
        if shown:
            found.append(f"{words}{shown}")
    return ", ".join(found)
