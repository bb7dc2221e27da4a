"""What becomes of a DICOM file or folder: pictures, or one clear line that names nobody."""

from streamseg.errors import StreamsegError
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
from tests.support.dicom_files import PATIENT


def play(location):
    """Return the frames of ``location`` and what was said of it, or the one line that says why there are none."""
    try:
        with create(str(location), SourceSettings()) as source:
            said = " ".join((source.info.name, source.info.detail, *source.info.warnings))
            frames = list(source)
    except StreamsegError as err:
        frames, said = [], str(err)
        assert said
    assert "\n" not in said
    assert PATIENT not in said
    assert "Doe" not in said
    return frames, said


def refused(location):
    frames, said = play(location)
    assert frames == []
    return said
