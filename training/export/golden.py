"""The golden frame: a picture that belongs to nobody, with the answer that every runtime must give."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Modality, Unit
from streamseg.model_card import Golden, InputSpec, Precision, encode_frame, golden_output
from streamseg.phantom import Phantom
from streamseg.prepare import Placement, prepare
from training.export.onnx_files import OnnxModel
from training.phantoms.ct import draw_slice

SEED = 20
TIME_S = 1.0
SMALLEST_SHARE = 0.01
"""Of a computed CT slice that is blood: the structure must be in the golden frame."""
# float32: kernels of other processors add in another order. int8: they may also round the other way at each layer.
TOLERANCES: Mapping[Precision, float] = {"float32": 1e-3, "int8": 0.1}


def make_golden(files: Mapping[Precision, Path], modality: Modality, spec: InputSpec) -> Golden:
    """Return the golden frame of ``modality`` with the answer of each of ``files``."""
    image, unit = golden_picture(modality, spec)
    tensor = prepare(image, unit, spec, Placement.fit(spec.size, None, spec))
    outputs = {
        precision: golden_output(OnnxModel(file).infer(tensor), TOLERANCES[precision])
        for precision, file in files.items()
    }
    return Golden(frame_png=encode_frame(image), outputs=outputs)


def golden_picture(modality: Modality, spec: InputSpec) -> tuple[NDArray[Any], Unit]:
    """Return a computed picture (h, w): ultrasound in grey levels, or CT with a haemorrhage in Hounsfield units.

    CT is kept as densities, not as shown in the window, so that a wrong window in the card is found too.
    """
    if modality == "US":
        image, _ = Phantom(size=spec.size, seed=SEED).render(TIME_S)
        return image, "grey"
    cases = (draw_slice(SEED, index, spec.height) for index in count())
    case = next(case for case in cases if np.mean(case.mask) >= SMALLEST_SHARE)
    return case.image, case.unit
