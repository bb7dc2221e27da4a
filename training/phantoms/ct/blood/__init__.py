"""Blood where it should not be, drawn in the frame of a head and painted into its slices."""

from training.phantoms.ct.blood.draw import draw_bleeds, draw_bleeds_in
from training.phantoms.ct.blood.paint import bleed_into
from training.phantoms.ct.blood.stain import Bleed

__all__ = ["Bleed", "bleed_into", "draw_bleeds", "draw_bleeds_in"]
