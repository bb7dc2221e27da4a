"""Where the bundled clips lie."""

import pytest

from streamseg.cli._samples import sample_video
from streamseg.errors import SourceNotFoundError


def test_the_clip_of_the_demo_is_found():
    assert sample_video().is_file()


def test_a_clip_that_is_not_bundled_is_said_to_be_missing():
    with pytest.raises(SourceNotFoundError, match=r"nothing\.mp4 is missing"):
        sample_video("nothing.mp4")
