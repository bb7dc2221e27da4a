"""Ultrasound that is computed: pictures of a fetal head or a vessel, with exact masks, from a seed and a time."""

from streamseg.phantom.motion import PERIOD_S
from streamseg.phantom.simulator import Phantom

__all__ = ["PERIOD_S", "Phantom"]
