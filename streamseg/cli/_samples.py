"""Where the bundled clips lie."""

from __future__ import annotations

from pathlib import Path

import streamseg
from streamseg.errors import SourceNotFoundError

DEMO_CLIP = "us-fetal-head.mp4"


def sample_video(name: str = DEMO_CLIP) -> Path:
    """Return the path of a bundled clip: in the package where it was installed, beside it in a checkout.

    Raises
    ------
    SourceNotFoundError
        It is in neither place.
    """
    package = Path(streamseg.__file__).resolve().parent
    places = [package / "sample_videos" / name, package.parent / "sample_videos" / name]
    for path in places:
        if path.is_file():
            return path
    raise SourceNotFoundError(f"the bundled clip {name} is missing from {places[0].parent}; install streamseg again")
