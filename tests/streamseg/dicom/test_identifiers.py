"""Who a file is of is shown on request alone."""

import json

import pytest
from click.testing import CliRunner

from streamseg.cli import commands
from streamseg.dicom.identifiers import identifiers_of
from streamseg.errors import SourceUnreadableError
from streamseg.overlay.caption import Caption, changing_texts
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
from tests.support.dicom_files import IDENTIFIERS, PATIENT, cine, ct_slice
from tests.support.renderings import CAPTION, segmentation_of


@pytest.fixture(params=["cine", "slice"])
def path(request, tmp_path):
    if request.param == "cine":
        return cine(tmp_path / "us.dcm", StudyDate="20200229", FrameTime=40)
    return ct_slice(tmp_path / "ct.dcm", StudyDate="20200229")


def assert_names_nobody(text):
    assert not [identifier for identifier in IDENTIFIERS if identifier in text]


def test_nothing_that_a_source_says_and_nothing_in_its_caption_names_anybody(path):
    with create(str(path), SourceSettings()) as source:
        frame = next(source)
        assert_names_nobody(f"{source.info}")
        segmentation = segmentation_of(frame.image, unit=frame.unit, media_time_ns=frame.media_time_ns)
        texts = [text for text, _ in changing_texts(segmentation, CAPTION).values()]
        assert_names_nobody(" ".join([*texts, *map(str, (CAPTION.model_line, Caption.structure))]))
        assert_names_nobody(f"{frame.origin and frame.origin.path.name}")


def test_on_request_a_source_says_who_it_is_of(path):
    with create(str(path), SourceSettings(show_identifiers=True)) as source:
        assert source.info.detail.endswith(f"{PATIENT}, number ID-4711, born 19700101, examined 20200229")


def test_a_listing_names_nobody_unless_it_is_asked_to(path):
    def listed(*options):
        return CliRunner().invoke(commands, ["series", str(path), *options], terminal_width=300).output

    assert_names_nobody(listed())
    assert_names_nobody(listed("--json"))
    assert PATIENT in listed("--show-identifiers")
    assert "ID-4711" in json.loads(listed("--json", "--show-identifiers"))[0]["of"]


def test_what_a_terminal_would_obey_is_left_out(tmp_path):
    path = cine(tmp_path / "odd.dcm", PatientID="A\x1b[2JB")
    assert "A[2JB" in identifiers_of(path)


def test_a_file_without_identifiers_is_of_nobody(tmp_path):
    nothing = dict.fromkeys(("PatientName", "PatientID", "PatientBirthDate"), "")
    assert identifiers_of(cine(tmp_path / "anon.dcm", **nothing)) == ""


def test_what_is_no_dicom_is_an_error(tmp_path):
    path = tmp_path / "a.dcm"
    path.write_bytes(b"no")
    with pytest.raises(SourceUnreadableError):
        identifiers_of(path)
