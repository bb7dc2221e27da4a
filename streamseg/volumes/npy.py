"""The header of an NPY file: a picture (H, W), a stack (N, H, W), or either in colour with a last axis of 3.

References
----------
NumPy, NEP 1: A Simple File Format for NumPy Arrays.
"""

from __future__ import annotations

import tokenize
import warnings
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.storage import Layout
from streamseg.volumes.stored import AxisKind, Stored


def read_npy(path: Path) -> Stored:
    """Read what an NPY file says of itself.

    Raises
    ------
    SourceUnreadableError
        It is none, or holds an array that is no picture and no stack of them.
    """
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a header that Python 2 wrote
            version = npy.read_magic(file)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, is_fortran, dtype = read(file)
            offset = file.tell()
    # NumPy tells of damage by all of these: the header is the text of a Python literal.
    except (ValueError, TypeError, SyntaxError, tokenize.TokenError) as err:
        raise SourceUnreadableError(
            f"{path.name} is no NPY file, or its header is damaged ({type(err).__name__}); save it again"
        ) from err
    if dtype.kind not in "buif":
        raise SourceUnreadableError(f"{path.name} holds {dtype} values; real numbers can be played")
    axes = _axes(path, shape)
    order = slice(None) if is_fortran else slice(None, None, -1)
    layout = Layout(path, shape[order], np.dtype(dtype), offset)
    return Stored(form="NPY", layout=layout, axes=axes[order], is_backwards=is_fortran)


def _axes(path: Path, shape: tuple[int, ...]) -> tuple[AxisKind, ...]:
    is_colour = len(shape) in (3, 4) and shape[-1] in (3, 4)
    dimensions = len(shape) - is_colour
    if dimensions not in (2, 3):
        raise SourceUnreadableError(
            f"{path.name} holds an array of {shape}; (H, W), (N, H, W) and (N, H, W, 3) can be played"
        )
    axes: list[AxisKind] = ["space"] * dimensions
    if is_colour:
        axes.append("colour")
    return tuple(axes)
