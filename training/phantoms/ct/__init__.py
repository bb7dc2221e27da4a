"""Head CT from nothing but code: anatomy, haemorrhages with exact masks, and the scanner that pictures them."""

from training.phantoms.ct.blood import bleed_into, draw_bleeds
from training.phantoms.ct.draw import draw_slice
from training.phantoms.ct.head import Head
from training.phantoms.ct.scanner import Scanner, scan
from training.phantoms.ct.slice import Slice
from training.phantoms.ct.stack import head_stack
from training.phantoms.ct.view import View

__all__ = [
    "Head",
    "Scanner",
    "Slice",
    "View",
    "bleed_into",
    "draw_bleeds",
    "draw_slice",
    "head_stack",
    "scan",
]
