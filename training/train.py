"""Training: stages of growing picture size, seeded, resumable after any epoch with the same curve."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from streamseg.model_card import InputSpec
from training.averaging import WeightAverage
from training.batches import BatchMaker
from training.checkpoint import Checkpoint, EpochRecord, read_checkpoint, write_checkpoint
from training.config import StageConfig, TrainingConfig
from training.datasets import hc18
from training.errors import TrainingError
from training.losses import dice_and_cross_entropy
from training.phantom_frames import phantom_samples
from training.run_folder import Choice, RunFolder
from training.samples import Samples, prepare_samples
from training.schedule import learning_rate
from training.split import Part, Split, read_split
from training.unet import build_unet, load_folded
from training.validation import choose_threshold, mean_dice, predict

logger = logging.getLogger(__name__)


def train(config: TrainingConfig, data: Path, out: Path, *, resume: bool = False) -> RunFolder:
    """Train by the recipe ``config`` on the data set in the folder ``data``; the run goes to the folder ``out``.

    Raises
    ------
    TrainingError
        The data set or the run to resume cannot be used, or the loss is no longer a number.
    """
    run, split = RunFolder(out), read_split(config.split)
    if resume:
        run.check_same(config, split)
    else:
        run.start(config, split)
    trainer = Trainer(config, run)
    if resume and run.checkpoint.exists():
        trainer.restore(read_checkpoint(run.checkpoint))
    with _progress() as progress:
        bar = progress.add_task("training", total=float(config.epochs))
        for number, stage in enumerate(config.stage):
            if trainer.next_epoch < _end_of(config, number):
                stage_data = _load(config, stage, split, data, run)
                trainer.run_stage(number, stage_data, lambda epochs: progress.update(bar, completed=epochs))
    return run


@dataclass(frozen=True, slots=True)
class StageData:
    """What a stage trains on and is validated on."""

    batches: BatchMaker
    validation: Samples


class Trainer:
    """The network, its optimiser and its average, on their way through the epochs."""

    def __init__(self, config: TrainingConfig, run: RunFolder) -> None:
        self._config, self._run = config, run
        keras.utils.set_random_seed(config.seed)
        self._model = build_unet(batch_norm=True, policy=config.policy)
        self._optimizer = keras.optimizers.Adam()
        self._model.compile(optimizer=self._optimizer, loss=dice_and_cross_entropy)
        self._optimizer.build(self._model.trainable_variables)
        self._averaged = build_unet(batch_norm=True)
        self._plain = build_unet(batch_norm=False)
        self._average = WeightAverage(self._model.get_weights(), config.ema_decay)
        self._history: tuple[EpochRecord, ...] = ()

    @property
    def next_epoch(self) -> int:
        """The epoch to come, from 0, over all stages."""
        return len(self._history)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to where ``checkpoint`` was written."""
        self._model.set_weights(checkpoint.model)
        for variable, value in zip(self._optimizer.variables, checkpoint.optimizer, strict=True):
            variable.assign(value)
        self._average = WeightAverage(checkpoint.average, self._config.ema_decay, checkpoint.updates)
        self._history = checkpoint.history

    def run_stage(self, number: int, data: StageData, tell: Callable[[float], None]) -> None:
        """Run the epochs of stage ``number`` that are still to come; ``tell`` hears how many epochs are done."""
        while self.next_epoch < _end_of(self._config, number):
            self._run_epoch(number, data, tell)

    def _run_epoch(self, number: int, data: StageData, tell: Callable[[float], None]) -> None:
        started = time.perf_counter()
        loss = self._train_epoch(number, data.batches, tell)
        self._averaged.set_weights(self._average.weights)
        load_folded(self._plain, self._averaged)
        dice = mean_dice(predict(self._plain, data.validation.images), data.validation.masks, 0.5)
        rate = float(self._optimizer.learning_rate.numpy())
        record = EpochRecord(self.next_epoch, number, loss, dice, rate, time.perf_counter() - started)
        if dice > self._best_at(self._config.stage[number].size):
            self._keep(record.epoch, data.validation)
        self._history = (*self._history, record)
        self._run.write_log(self._history)
        write_checkpoint(self._checkpoint(), self._run.checkpoint)
        logger.info(
            "epoch %d of %d: loss %.4f, validation Dice %.4f, %.0f s",
            *(record.epoch + 1, self._config.epochs, loss, dice, record.seconds),
        )

    def _best_at(self, size: int) -> float:
        """Return the best validation Dice of the stages of this picture size; those of others do not compare."""
        stages = self._config.stage
        return max(
            (past.validation_dice for past in self._history if stages[past.stage].size == size), default=-math.inf
        )

    def _keep(self, epoch: int, validation: Samples) -> None:
        threshold, dice = choose_threshold(self._plain, validation)
        self._run.keep_best(self._average.weights)
        self._run.keep_choice(Choice(epoch=epoch, threshold=threshold, validation_dice=dice))

    def _train_epoch(self, number: int, batches: BatchMaker, tell: Callable[[float], None]) -> float:
        """Return the mean loss over the epoch's pictures."""
        stage, epoch = self._config.stage[number], self.next_epoch
        total, count = 0.0, 0
        done = (epoch - _end_of(self._config, number) + stage.epochs) * batches.steps
        for step, (images, masks) in enumerate(batches.epoch(epoch)):
            self._optimizer.learning_rate = learning_rate(
                done + step, stage.epochs * batches.steps, highest=stage.learning_rate, warm_up=stage.warm_up
            )
            self._model.reset_metrics()  # or Keras goes on with the mean of the steps before
            loss = float(self._model.train_on_batch(images, masks))
            if not math.isfinite(loss):
                raise TrainingError(
                    f"the loss became {loss} in epoch {epoch + 1}, step {step + 1}: lower learning_rate of stage "
                    f"{number + 1}, or use policy = 'float32'; --resume goes on from the epoch before"
                )
            self._average.update(self._model.get_weights())
            total, count = total + loss * len(images), count + len(images)
            tell(epoch + (step + 1) / batches.steps)
        return total / count

    def _checkpoint(self) -> Checkpoint:
        optimizer = [variable.numpy() for variable in self._optimizer.variables]
        average = self._average
        return Checkpoint(self._model.get_weights(), optimizer, average.weights, average.updates, self._history)


def _load(config: TrainingConfig, stage: StageConfig, split: Split, data: Path, run: RunFolder) -> StageData:
    spec = InputSpec(height=stage.size, width=stage.size)

    def part(name: Part) -> Samples:
        return prepare_samples(hc18.read_cases(data, set(split.subjects(name))), spec)

    phantoms = None
    if stage.phantom_share:
        phantoms = phantom_samples(run.phantoms, spec, count=config.phantom_count, seed=config.seed)
    batches = BatchMaker(part("train"), phantoms, stage.phantom_share, config.augmentation, stage.batch, config.seed)
    return StageData(batches, part("validation"))


def _end_of(config: TrainingConfig, number: int) -> int:
    """Return the epoch after the last one of stage ``number``."""
    return sum(stage.epochs for stage in config.stage[: number + 1])


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("epoch {task.completed:.1f} of {task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
