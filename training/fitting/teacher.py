"""What a trained model says about the training pictures, for another one to learn beside their masks.

The targets are blended before training: cross-entropy is linear in its target, so that learning a blend is the blend
of learning from the masks and learning from the teacher. They are made once, of the pictures as they are, and take part
in the geometry of each augmentation as a mask does.

References
----------
Hinton, Vinyals, Dean 2015, "Distilling the Knowledge in a Neural Network", arXiv 1503.02531.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from streamseg.model import Model, load_model
from streamseg.model_card import InputSpec
from streamseg.prepare import prepare, restore
from streamseg.settings import ModelSettings
from training.config import TrainingConfig
from training.data.case import Case
from training.data.samples import Samples, placement_of
from training.errors import TrainingError


def taught(samples: Samples, cases: Iterable[Case], spec: InputSpec, config: TrainingConfig) -> Samples:
    """Return ``samples``, prepared from ``cases`` for ``spec``, with the teacher of ``config`` in their targets.

    Raises
    ------
    TrainingError
        The teacher is for another modality.
    ModelError
        The teacher cannot be used.
    """
    with load_model(ModelSettings(name=config.teacher or "")) as teacher:
        if teacher.card.modality != config.modality:
            raise TrainingError(
                f"the recipe is for modality {config.modality}, its teacher {teacher.card.name} for "
                f"{teacher.card.modality}; name another teacher"
            )
        targets = np.empty(samples.masks.shape, np.uint8)
        for row, case in enumerate(cases):
            said = _ask(teacher, case, spec)
            blend = samples.masks[row] + np.float32(config.teacher_share) * (said - samples.masks[row])
            targets[row] = np.rint(blend * 255)
    return replace(samples, targets=targets)


def _ask(teacher: Model, case: Case, spec: InputSpec) -> NDArray[np.float32]:
    """Return what ``teacher``, which may look elsewhere, says of what a model of ``spec`` sees of ``case``, 0 to 1."""
    where, seen = placement_of(case, teacher.card.input), placement_of(case, spec)
    said = restore(teacher.infer(prepare(case.image, case.unit, teacher.card.input, where)), where)
    return np.asarray(seen.letterbox.apply(seen.region.crop(said)), np.float32)
