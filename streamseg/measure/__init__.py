"""What can be measured on a mask, in millimetres where the spacing is known. Pure functions."""

from streamseg.measure.kinds import chosen_kinds
from streamseg.measure.measuring import measure, measure_parts

__all__ = ["chosen_kinds", "measure", "measure_parts"]
