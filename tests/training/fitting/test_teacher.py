"""A student learns from its teacher beside the masks, in the measure that the recipe asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from streamseg import load_model
from streamseg.prepare import Placement, prepare, restore
from training.config import TrainingConfig
from training.data.prepared import Prepared
from training.data.samples import Samples, placement_of, prepare_samples
from training.errors import TrainingError
from training.fitting.run_folder import RunFolder
from training.fitting.stage_data import StageReader
from training.fitting.teacher import taught
from training.phantoms.ct.draw import draw_slice

TEACHER = "us-fetal-head"
SIZE = 64


def recipe(**values: Any) -> TrainingConfig:
    stage = {"size": SIZE, "epochs": 1, "batch": 2}
    return TrainingConfig.model_validate({"modality": "US", "teacher": TEACHER, "stage": [stage], **values})


def learn(data: Prepared, config: TrainingConfig) -> Samples:
    cases = list(data.cases(data.split().validation))
    return taught(prepare_samples(cases, config.input_spec()), cases, config.input_spec(), config)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_targets_are_masks_at_share_0_and_the_teachers_word_at_share_1(tiny_data: Prepared, share: float) -> None:
    samples = learn(tiny_data, recipe(teacher_share=share))
    with load_model(TEACHER) as teacher:
        for row, case in enumerate(tiny_data.cases(tiny_data.split().validation)):
            if share == 0:
                np.testing.assert_array_equal(samples.target(row), samples.masks[row])
                continue
            seen = Placement.fit(case.image.shape[:2], None, teacher.card.input)
            said = restore(teacher.infer(prepare(case.image, case.unit, teacher.card.input, seen)), seen)
            expected = Placement.fit(case.image.shape[:2], None, recipe().input_spec()).letterbox.apply(said)
            np.testing.assert_allclose(samples.target(row), expected, atol=0.51 / 255)


def test_a_teacher_that_looks_elsewhere_is_heard_where_the_student_looks() -> None:
    config = recipe(modality="CT", region="skull", teacher="ct-haemorrhage", teacher_share=1.0)
    case = draw_slice(seed=3, index=1, size=128)
    case = replace(case, image=np.pad(case.image, 64, constant_values=-1000), mask=np.pad(case.mask, 64))
    spec = config.input_spec()
    samples = taught(prepare_samples([case], spec), [case], spec, config)
    with load_model("ct-haemorrhage") as teacher:
        seen, where = placement_of(case, teacher.card.input), placement_of(case, spec)
        said = restore(teacher.infer(prepare(case.image, "hu", teacher.card.input, seen)), seen)
    back = restore(samples.target(0).astype(np.float32), where)
    assert where.region.area < 256 * 256
    np.testing.assert_allclose(back.sum(), where.region.crop(said).sum(), rtol=0.1, atol=2)


def test_half_and_half_lies_between_mask_and_teacher(tiny_data: Prepared) -> None:
    masks, half, said = (
        np.stack([samples.target(row) for row in range(len(samples))]).astype(np.float32)
        for samples in (learn(tiny_data, recipe(teacher_share=share)) for share in (0.0, 0.5, 1.0))
    )
    np.testing.assert_allclose(half, (masks + said) / 2, atol=1.5 / 255)
    assert not np.array_equal(half, masks)


def test_batches_carry_the_blend_and_validation_the_masks(tiny_data: Prepared, tmp_path: Any) -> None:
    reader = StageReader(recipe(), tiny_data, tiny_data.split(), lambda cases, *_: cases)
    stage = reader.read(0, RunFolder(tmp_path))
    targets = np.concatenate([targets for _, targets in stage.batches.epoch(0)])
    assert ((targets > 0.02) & (targets < 0.98)).any()
    assert stage.validation.targets is None


def test_a_teacher_of_another_modality_is_refused(tiny_data: Prepared) -> None:
    with pytest.raises(TrainingError, match=r"is for modality CT, its teacher us-fetal-head for US"):
        learn(tiny_data, recipe(modality="CT"))
