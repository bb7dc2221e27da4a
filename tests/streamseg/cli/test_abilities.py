"""What ``streamseg doctor`` says of extras and of compressed DICOM."""

from streamseg.cli import _abilities
from streamseg.cli._abilities import check_compressions, check_plugins, judge_extras
from streamseg.dicom.compression import Compression
from streamseg.registry import Plugin


def test_an_extra_that_is_installed_works_and_says_for_whom():
    pair = [
        Plugin("sources", "link", "", requires={"json": "igtl"}),
        Plugin("sinks", "link", "", requires={"ast": "igtl"}),
    ]
    (found,) = judge_extras(pair)
    assert (found.name, found.state) == ("extra igtl", "works")
    assert found.finding == "source link, sink link (ast, json)"


def test_an_extra_that_is_absent_comes_with_its_pip_line():
    plugins = [
        Plugin("sources", "clip", "needs nothing"),
        Plugin("sources", "link", "", requires={"no_such_module_here": "igtl"}),
    ]
    (found,) = judge_extras(plugins)
    assert (found.state, found.remedy) == ("missing", "pip install 'streamseg[igtl]'")
    assert found.finding == "source link cannot be used"


def test_every_plugin_is_found_either_usable_or_under_an_extra_that_is_missing():
    found = {check.name: check for check in check_plugins()}
    assert {"sources", "segmenters", "sinks", "extra igtl", "extra tensorflow"} <= found.keys()
    assert "dicom" in found["sources"].finding


def test_a_compression_that_nothing_decodes_comes_with_what_adds_it(monkeypatch):
    families = [
        Compression("RLE", ("pydicom",), None),
        Compression("JPEG-LS", (), "pip install it"),
        Compression("new", (), None),
    ]
    monkeypatch.setattr(_abilities, "compressions", lambda: families)
    works, missing, hopeless = check_compressions()
    assert (works.name, works.state, works.finding) == ("DICOM RLE", "works", "decoded by pydicom")
    assert (missing.state, missing.remedy) == ("missing", "pip install it")
    assert "export" in hopeless.remedy
