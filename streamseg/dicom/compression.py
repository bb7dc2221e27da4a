"""Which compressed forms of DICOM pictures can be decoded here, and what would add the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from streamseg.dicom.reading import quietly

EXTRA = "pip install 'streamseg[dicom]'"
FAMILIES = {
    "RLE": (RLELossless,),
    "JPEG": (JPEGBaseline8Bit, JPEGExtended12Bit),
    "lossless JPEG": (JPEGLossless, JPEGLosslessSV1),
    "JPEG-LS": (JPEGLSLossless, JPEGLSNearLossless),
    "JPEG 2000": (JPEG2000Lossless, JPEG2000),
    "HTJ2K": (HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K),
}
# Licensed under the GPL, and not needed where GDCM is.
_NOT_NAMED = "pylibjpeg-libjpeg"


@dataclass(frozen=True, slots=True)
class Compression:
    """A family of forms.

    Attributes
    ----------
    plugins
        What decodes all of it here, in words of pydicom; empty where something of it cannot be decoded.
    remedy
        The command that adds what is missing, where there is one.
    """

    name: str
    plugins: tuple[str, ...]
    remedy: str | None


def compressions() -> Sequence[Compression]:
    """Return every family that pydicom knows, as this machine has it."""
    return [
        Compression(name, _common_plugins(syntaxes), next(filter(None, map(remedy, syntaxes)), None))
        for name, syntaxes in FAMILIES.items()
    ]


def is_decoded(syntax: UID) -> bool:
    """Whether pictures stored like this can be decoded here."""
    decoder = _decoder(syntax)
    return decoder is not None and bool(decoder.is_available)


def plugin_for(syntax: UID, *, bits: int) -> str:
    """Return which of pydicom's plugins decodes pictures of ``bits`` per value; "" leaves the choice to pydicom.

    What damage does differs: GDCM may end the whole process, and pyjpegls took half a minute to notice it. So Pillow
    goes before GDCM wherever it decodes all that there is, and GDCM before pyjpegls.
    """
    decoder = _decoder(syntax)
    available = () if decoder is None else decoder.available_plugins
    if (syntax == JPEGBaseline8Bit or (syntax == JPEGExtended12Bit and bits <= 8)) and "pillow" in available:
        return "pillow"
    by_gdcm = (*FAMILIES["JPEG"], *FAMILIES["lossless JPEG"], *FAMILIES["JPEG-LS"])
    return "gdcm" if syntax in by_gdcm and "gdcm" in available else ""


def is_gdcm_of_use(syntax: UID) -> bool:
    """Whether the extra ``dicom`` would add a decoder."""
    return any("gdcm" in missing for missing in _missing(syntax))


def remedy(syntax: UID) -> str | None:
    """Return the command that adds a decoder for what cannot be decoded here; None where none is needed, or known."""
    if is_decoded(syntax):
        return None
    if is_gdcm_of_use(syntax):
        return EXTRA
    # Such as "pylibjpeg - requires pylibjpeg>=2.0 and pylibjpeg-openjpeg>=2.0".
    named = [re.findall(r"[\w-]+>=[\w.]+", missing) for missing in _missing(syntax)]
    usable = next((packages for packages in named if packages and not any(_NOT_NAMED in each for each in packages)), [])
    return f"pip install {' '.join(repr(package) for package in usable)}" if usable else None


def _missing(syntax: UID) -> Sequence[str]:
    decoder = _decoder(syntax)
    return [] if decoder is None else list(decoder.missing_dependencies)


def _decoder(syntax: UID) -> Decoder | None:
    """Return what decodes ``syntax`` in pydicom, which warns, with its text, of one that is none."""
    try:
        with quietly():
            return get_decoder(syntax)
    except NotImplementedError:
        return None


def _common_plugins(syntaxes: Sequence[UID]) -> tuple[str, ...]:
    found = [set(get_decoder(syntax).available_plugins) for syntax in syntaxes]
    return tuple(sorted(set.intersection(*found)))
