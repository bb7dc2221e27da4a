"""A file that answers as Keras does is told from one that does not."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from training.data.samples import Samples
from training.errors import TrainingError
from training.export.agreement import Reference, ask
from training.export.form import Form, Infer
from training.unet import build_unet

IMAGES = np.random.default_rng(4).integers(0, 256, (5, 32, 32), np.uint8)


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """Return a network with random weights."""
    keras.utils.set_random_seed(8)
    return build_unet(batch_norm=False)


@pytest.fixture(scope="module")
def reference(network: keras.Model) -> Reference:
    """Return its answers to `IMAGES`."""
    return Reference(network, Samples(IMAGES, IMAGES > 127), threshold=0.5)


def changed(network: keras.Model, change: float) -> Infer:
    """Return ``network`` with ``change`` added to its answers."""
    return lambda tensor: np.asarray(network.predict_on_batch(tensor))[..., 0] + np.float32(change)


def test_the_largest_difference_is_noted_at_each_batch_size(network: keras.Model, reference: Reference) -> None:
    form = Form(Path("a.onnx"), "onnx", lambda: changed(network, 5e-5), batches=(1, 4))
    found = list(reference.compare(form))
    assert [(each.batch, each.frames) for each in found] == [(1, 5), (4, 5)]
    assert all(each.max_abs_difference == pytest.approx(5e-5, rel=0.05) for each in found)


@pytest.mark.parametrize("change", [1e-3, float("nan")])
def test_a_file_that_disagrees_is_not_shipped(network: keras.Model, reference: Reference, change: float) -> None:
    with pytest.raises(TrainingError, match=r"a\.onnx is not the network .* they differ by .* do not ship it"):
        list(reference.compare(Form(Path("a.onnx"), "onnx", lambda: changed(network, change))))


@pytest.mark.parametrize("change", [-1.0, float("nan")])
def test_int8_whose_masks_are_broken_is_not_shipped(network: keras.Model, reference: Reference, change: float) -> None:
    form = Form(Path("a.int8.onnx"), "onnx", lambda: changed(network, change), precision="int8")
    with pytest.raises(TrainingError, match=r"masks have a Dice of 0\.00"):
        list(reference.compare(form))


def test_what_cannot_run_here_is_said_to_be_uncompared(reference: Reference) -> None:
    (found,) = reference.compare(Form(Path("a.mlpackage"), "coreml", None))
    assert (found.frames, found.max_abs_difference) == (0, None)


@pytest.mark.parametrize("batch", [1, 2, 4, 5, 8])
def test_every_frame_is_asked_in_order_and_every_batch_is_full(batch: int) -> None:
    sizes = []

    def infer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        sizes.append(len(tensor))
        return tensor[..., 0]

    np.testing.assert_allclose(ask(infer, IMAGES, batch), IMAGES / 255, atol=1e-6)
    assert set(sizes) == {batch}
