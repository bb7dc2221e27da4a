"""What decodes compressed DICOM here, and what would."""

import pytest
from pydicom.uid import (
    HTJ2K,
    MPEG2MPML,
    ExplicitVRLittleEndian,
    JPEGLossless,
    JPEGLSLossless,
    RLELossless,
)

from streamseg.dicom import compression
from streamseg.dicom.compression import compressions, is_decoded, remedy

GDCM = "gdcm - requires gdcm>=3.0.10"
OPENJPEG = "pylibjpeg - requires pylibjpeg>=2.0 and pylibjpeg-openjpeg>=2.0"
LIBJPEG = "pylibjpeg - requires pylibjpeg>=2.0 and pylibjpeg-libjpeg>=2.1"


def without(monkeypatch, *missing):
    class Decoder:
        is_available = False
        missing_dependencies = missing
        available_plugins = ()

    monkeypatch.setattr(compression, "get_decoder", lambda _: Decoder)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
def test_what_pydicom_itself_decodes_needs_nothing(syntax):
    assert is_decoded(syntax)
    assert remedy(syntax) is None


def test_a_film_within_dicom_is_not_decoded_and_nothing_would_help():
    assert not is_decoded(MPEG2MPML)
    assert remedy(MPEG2MPML) is None


def test_what_gdcm_decodes_names_the_extra_that_brings_it(monkeypatch):
    without(monkeypatch, LIBJPEG, GDCM)
    assert remedy(JPEGLSLossless) == "pip install 'streamseg[dicom]'"


def test_what_only_others_decode_names_them_by_their_packages(monkeypatch):
    without(monkeypatch, OPENJPEG)
    assert remedy(HTJ2K) == "pip install 'pylibjpeg>=2.0' 'pylibjpeg-openjpeg>=2.0'"


def test_a_package_under_the_gpl_is_not_named(monkeypatch):
    without(monkeypatch, LIBJPEG)
    assert remedy(JPEGLossless) is None


def test_every_family_that_cannot_be_decoded_has_no_plugins(monkeypatch):
    assert "pydicom" in next(each for each in compressions() if each.name == "RLE").plugins
    without(monkeypatch, GDCM)
    assert {each.plugins for each in compressions()} == {()}
    assert {each.remedy for each in compressions()} == {compression.EXTRA}
