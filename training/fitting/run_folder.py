"""The folder of a run: what is in it, and how to get the finished network out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras
from pydantic import BaseModel, ConfigDict, ValidationError

from streamseg.model_card import InputSpec
from training.config import TrainingConfig
from training.data.split import Split, read_split, write_split
from training.errors import TrainingError
from training.fitting.checkpoint import Arrays, read_arrays, write_arrays
from training.networks import finished_network, trained_network
from training.whole_file import write_text


class Choice(BaseModel):
    """What was chosen on the validation part.

    Attributes
    ----------
    epoch
        From 0: the epoch whose averaged weights are kept.
    threshold
        Probability from which a pixel belongs to the structure.
    validation_dice
        On validation with both: the score that the recipe chooses by.
    shares
        Of the epochs (from 0) whose weights were blended; then ``epoch`` is the last of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    epoch: int
    threshold: float
    validation_dice: float
    shares: dict[int, float] | None = None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's files: recipe, split, log, checkpoint, best weights and what was chosen on validation."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """State after the last finished epoch."""
        return self.path / "checkpoint.npz"

    @property
    def phantoms(self) -> Path:
        """Phantoms made beforehand."""
        return self.path / "phantoms.npz"

    def start(self, config: TrainingConfig, split: Split) -> None:
        """Make the folder and write recipe and split into it.

        Raises
        ------
        TrainingError
            It is there already and holds something.
        """
        if self.path.exists() and any(self.path.iterdir()):
            raise TrainingError(f"{self.path} is not empty; use --resume to go on with its run, or another --out")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as err:
            raise TrainingError(f"cannot make the folder {self.path}: {err.strerror}; choose another --out") from err
        write_text(self.path / "config.json", config.model_dump_json(indent=1))
        write_split(split, self.path / "split.json")

    def check_same(self, config: TrainingConfig, split: Split) -> None:
        """Compare recipe and split with those that the run was started with.

        Raises
        ------
        TrainingError
            One of them is another one.
        """
        if not self.config().is_same_recipe(config) or self.split() != split:
            raise TrainingError(
                f"the run in {self.path} was started with another configuration or split; use a new --out"
            )

    def config(self) -> TrainingConfig:
        """Return the run's recipe."""
        file = self.path / "config.json"
        try:
            return TrainingConfig.model_validate_json(file.read_bytes())
        except (OSError, ValidationError) as err:
            raise TrainingError(f"{self.path} is not the folder of a training run: cannot use {file.name}") from err

    def split(self) -> Split:
        """Return the run's split."""
        return read_split(self.path / "split.json")

    def input_spec(self) -> InputSpec:
        """Return what the finished model takes."""
        return self.config().input_spec()

    def keep_best(self, weights: Arrays) -> None:
        """Keep the averaged weights of the best epoch so far."""
        _write_weights(self.path / "best.npz", weights)

    def keep_epoch(self, epoch: int, weights: Arrays) -> None:
        """Keep the averaged weights of ``epoch`` (from 0) beside those of other epochs."""
        file = self._kept(epoch)
        file.parent.mkdir(exist_ok=True)
        _write_weights(file, weights)

    def keep_choice(self, choice: Choice) -> None:
        """Keep what was chosen on validation."""
        write_text(self.path / "choice.json", choice.model_dump_json(indent=1))

    def choice(self) -> Choice:
        """Return what was chosen on validation."""
        file = self.path / "choice.json"
        try:
            return Choice.model_validate_json(file.read_bytes())
        except (OSError, ValidationError) as err:
            raise TrainingError(f"the run in {self.path} has chosen no weights yet: cannot use {file.name}") from err

    def finished_model(self, epoch: int | None = None) -> keras.Model:
        """Return the network that ships with the run's best weights, or those kept of ``epoch`` (from 0)."""
        return self.network(_read_weights(self.path / "best.npz") if epoch is None else self.kept_weights(epoch))

    def kept_weights(self, epoch: int) -> Arrays:
        """Return the averaged weights that were kept of ``epoch`` (from 0)."""
        return _read_weights(self._kept(epoch))

    def network(self, weights: Arrays) -> keras.Model:
        """Return the network that ships with averaged ``weights``."""
        config = self.config()
        trained = trained_network(config)
        trained.set_weights(weights)
        return finished_network(config, trained)

    def _kept(self, epoch: int) -> Path:
        return self.path / "kept" / f"epoch-{epoch + 1:04}.npz"


def _read_weights(file: Path) -> Arrays:
    arrays = read_arrays(file)
    return [arrays[key] for key in sorted(arrays)]


def _write_weights(file: Path, weights: Arrays) -> None:
    write_arrays(file, {f"{index:03}": weight for index, weight in enumerate(weights)})
