"""Real-time segmentation of ultrasound-style video. Research use only: not a medical device.

>>> import streamseg
>>> model = streamseg.load_model("us-fetal-head")
>>> for seg in streamseg.stream("clip.mp4", model=model):
...     seg.frame, seg.probability, seg.mask, seg.scores
>>> seg = model.segment(image)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streamseg.api import load_model as load_model
    from streamseg.api import stream as stream
    from streamseg.errors import StreamsegError as StreamsegError
    from streamseg.frame import Frame as Frame
    from streamseg.frame import Scores as Scores
    from streamseg.frame import Segmentation as Segmentation
    from streamseg.model import Model as Model

__version__ = "0.1.0"

# Imported when first used, so that `streamseg --help` and `import streamseg` stay instant.
_HOMES = {
    "load_model": "api",
    "stream": "api",
    "StreamsegError": "errors",
    "Frame": "frame",
    "Scores": "frame",
    "Segmentation": "frame",
    "Model": "model",
}
__all__ = ["Frame", "Model", "Scores", "Segmentation", "StreamsegError", "load_model", "stream"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
