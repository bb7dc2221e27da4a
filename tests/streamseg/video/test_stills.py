"""One picture of a stream, saved."""

import numpy as np
import pytest
from PIL import Image

from streamseg.errors import SinkError
from streamseg.video.stills import save_still

CANVAS = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)


def test_every_picture_gets_a_name_of_its_own_that_says_its_frame(tmp_path):
    paths = [save_still(CANVAS, index, tmp_path) for index in (7, 7, 12)]
    assert [path.name for path in paths] == [
        "streamseg-frame-000007.png",
        "streamseg-frame-000007-2.png",
        "streamseg-frame-000012.png",
    ]
    np.testing.assert_array_equal(np.asarray(Image.open(paths[1])), CANVAS)


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path):
    with pytest.raises(SinkError, match=r"cannot save streamseg-frame-000000\.png: No such file") as caught:
        save_still(CANVAS, 0, tmp_path / "missing")
    assert "\n" not in str(caught.value)
