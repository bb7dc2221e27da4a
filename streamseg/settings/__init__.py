"""All settings of a stream: one frozen tree, read from command line, environment and file.

The same tree is the command line (``--threshold``), the environment (``STREAMSEG_POSTPROCESS__THRESHOLD``) and the
configuration file (``[postprocess] threshold``), in this order of precedence, over the defaults written in `groups`. A
key that is not in the tree is an error everywhere.
"""

from streamseg.settings.groups import (
    AUTO,
    ColourMap,
    ModelSettings,
    OutputSettings,
    OverlayMode,
    OverlaySettings,
    PlaybackSettings,
    PostprocessSettings,
    Region,
    Route,
    SourceSettings,
    StreamSettings,
)
from streamseg.settings.leaves import Leaf, is_list, leaves
from streamseg.settings.loading import load_settings, to_toml

__all__ = [
    "AUTO",
    "ColourMap",
    "Leaf",
    "ModelSettings",
    "OutputSettings",
    "OverlayMode",
    "OverlaySettings",
    "PlaybackSettings",
    "PostprocessSettings",
    "Region",
    "Route",
    "SourceSettings",
    "StreamSettings",
    "is_list",
    "leaves",
    "load_settings",
    "to_toml",
]
