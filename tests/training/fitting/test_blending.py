"""A blend of epochs is the mean of their weights, becomes what the run ships, and has a threshold of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from training.cli.blend import blend as blend_command
from training.data.prepared import Prepared
from training.data.samples import Samples, prepare_samples
from training.errors import TrainingError
from training.fitting.blending import blend
from training.fitting.run_folder import RunFolder


@pytest.fixture
def run(tiny_run: RunFolder, tmp_path: Path) -> RunFolder:
    """Return a copy of the finished run that kept two epochs: its best weights, and three times these."""
    copy = RunFolder(Path(shutil.copytree(tiny_run.path, tmp_path / "run")))
    with np.load(copy.path / "best.npz") as file:
        weights = [file[key] for key in sorted(file)]
    copy.keep_epoch(0, weights)
    copy.keep_epoch(1, [3 * array for array in weights])
    return copy


@pytest.fixture
def validation(run: RunFolder, tiny_data: Prepared) -> Samples:
    return prepare_samples(tiny_data.cases(frozenset(run.split().subjects("validation"))), run.input_spec())


def test_the_blend_is_the_mean_of_the_weights_and_what_the_run_ships(run: RunFolder, validation: Samples) -> None:
    choice = blend(run, {0: 1.0, 1: 3.0}, validation)
    with np.load(run.path / "best.npz") as best:
        for key, kept in zip(sorted(best), run.kept_weights(0), strict=True):
            np.testing.assert_allclose(best[key], 2.5 * kept, rtol=1e-6)
    assert run.choice() == choice
    assert (choice.epoch, choice.shares) == (1, {0: 1.0, 1: 3.0})
    assert 0 < choice.threshold < 1


def test_one_epoch_alone_is_taken_as_it_is(run: RunFolder, validation: Samples) -> None:
    before = run.finished_model().get_weights()
    blend(run, {0: 0.2}, validation)
    for old, new in zip(before, run.finished_model().get_weights(), strict=True):
        np.testing.assert_array_equal(new, old)


def test_an_epoch_that_was_not_kept_and_validation_without_the_structure_are_refused(
    run: RunFolder, validation: Samples
) -> None:
    choice = run.choice()
    with pytest.raises(TrainingError, match=r"epoch-0005\.npz"):
        blend(run, {0: 1.0, 4: 1.0}, validation)
    empty = Samples(validation.images, np.zeros_like(validation.masks))
    with pytest.raises(TrainingError, match="no validation picture shows the structure"):
        blend(run, {0: 1.0}, empty)
    assert run.choice() == choice, "nothing was changed"


def test_the_command_counts_epochs_from_1_and_takes_each_once(run: RunFolder, tiny_data: Prepared) -> None:
    arguments = [str(run.path), "--data", str(tiny_data.path), "--epoch", "1", "1", "--epoch", "2", "0.5"]
    result = CliRunner().invoke(blend_command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert run.choice().shares == {0: 1.0, 1: 0.5}
    result = CliRunner().invoke(blend_command, [*arguments, "--epoch", "2", "1"])
    assert result.exit_code == 2
    assert "an epoch is given twice" in result.output
