"""Phantoms to mix into training, so that a model also knows pictures that no patient was scanned for.

Four in five show a head with its exact mask; the fifth shows a vessel and has an empty mask, because a model that has
never seen a picture without a head finds one everywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np

from streamseg.model_card import InputSpec
from streamseg.phantom import PERIOD_S, Phantom
from streamseg.phantom.beams import Geometry
from training.data.case import Case
from training.data.samples import Samples, prepare_samples
from training.fitting.checkpoint import read_arrays, write_arrays

SIZES = ((270, 400), (480, 640), (540, 800), (600, 800), (512, 512))
VESSEL_EVERY = 5


def phantom_samples(file: Path, spec: InputSpec, *, count: int, seed: int) -> Samples:
    """Return ``count`` phantoms prepared for ``spec``: those kept in ``file`` (.npz), or new ones, then kept there."""
    if file.exists():
        arrays = read_arrays(file)
        kept = Samples(arrays["images"], arrays["masks"])
        if kept.images.shape == (count, *spec.size):
            return kept
    samples = prepare_samples((phantom_case(seed, index) for index in range(count)), spec)
    write_arrays(file, {"images": samples.images, "masks": samples.masks})
    return samples


def phantom_case(seed: int, index: int) -> Case:
    """Return the phantom number ``index`` of the series ``seed``; every `VESSEL_EVERY`th has nothing to find."""
    rng = np.random.default_rng((seed, index))
    is_vessel = index % VESSEL_EVERY == VESSEL_EVERY - 1
    phantom = Phantom(
        scene="vessel" if is_vessel else "head",
        size=SIZES[rng.integers(len(SIZES))],
        geometry=get_args(Geometry)[rng.integers(2)],
        seed=int(rng.integers(2**31)),
    )
    image, mask = phantom.render(float(rng.uniform(0, PERIOD_S)))
    return Case(f"phantom-{index}", "phantom", image, mask & (not is_vessel), phantom.spacing_mm[0])
