"""From a segmentation to the picture that people see. Pure functions."""

from streamseg.overlay.caption import Caption
from streamseg.overlay.compose import draw

__all__ = ["Caption", "draw"]
