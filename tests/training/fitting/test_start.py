"""A run goes on from the weights of a model that ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from streamseg.model import load_model
from streamseg.settings import ModelSettings
from training.config import TrainingConfig
from training.errors import TrainingError
from training.fitting.start import read_start
from training.fitting.train import train
from training.folding import kernels_of, load_trained, unfold
from training.unet import build_unet, study_unet

MODEL = "us-fetal-head"


def pictures(count: int, side: int) -> np.ndarray:
    return np.random.default_rng(4).random((count, side, side, 1), np.float32)


@pytest.mark.parametrize("name", [MODEL, "ct-haemorrhage"])  # kernels of 32 bits, and of 16
def test_the_network_read_out_of_a_bundled_model_answers_as_that_does(name: str) -> None:
    tensor = pictures(1, 256)
    with load_model(ModelSettings(name=name, backend="onnx")) as shipped:
        expected = shipped.infer(tensor)
    found = read_start(name).predict_on_batch(tensor)[0, :, :, 0]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_another_network_is_not_gone_on_from() -> None:
    with pytest.raises(TrainingError, match="does not hold the study's network"):
        read_start("us-fetal-head-fast")


def test_normalisation_put_in_changes_nothing_while_training_or_serving_and_is_folded_again() -> None:
    plain, trained, images = read_start(MODEL), build_unet(batch_norm=True), pictures(3, 64)
    unfold(trained, plain, images)
    expected = plain.predict_on_batch(images)
    np.testing.assert_allclose(trained.predict_on_batch(images), expected, atol=1e-5)
    np.testing.assert_allclose(np.asarray(trained(images, training=True)), expected, atol=1e-4)
    folded = study_unet()
    load_trained(folded, trained)
    for found, kernel in zip(kernels_of(folded).values(), kernels_of(plain).values(), strict=True):
        np.testing.assert_allclose(found[0], kernel[0], atol=1e-5)
        np.testing.assert_allclose(found[1], kernel[1], atol=1e-4)


@pytest.mark.parametrize("batch_norm", [True, False])
def test_a_run_begins_with_the_weights_that_its_recipe_names(
    tiny_config: TrainingConfig, tmp_path: Path, batch_norm: bool
) -> None:
    stage = tiny_config.stage[0].model_copy(update={"epochs": 1, "learning_rate": 1e-9, "epoch_pictures": 5})
    config = tiny_config.model_copy(update={"stage": (stage,), "start": MODEL, "batch_norm": batch_norm})
    run = train(config, tmp_path / "run")
    for found, kernel in zip(
        kernels_of(run.finished_model()).values(), kernels_of(read_start(MODEL)).values(), strict=True
    ):
        np.testing.assert_allclose(found[0], kernel[0], atol=1e-3, rtol=0.05)
