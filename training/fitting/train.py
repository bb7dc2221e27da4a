"""Training: stages of growing picture size, seeded, resumable after any epoch with the same curve."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from pathlib import Path

from training.config import TrainingConfig
from training.data.prepared import Prepared
from training.data.split import read_split
from training.errors import TrainingError
from training.fitting.batches import BatchMaker
from training.fitting.checkpoint import Checkpoint, EpochRecord, read_checkpoint, write_checkpoint
from training.fitting.learner import Learner
from training.fitting.losses import LOSSES
from training.fitting.progress import RunProgress
from training.fitting.run_folder import Choice, RunFolder
from training.fitting.run_log import RunLog
from training.fitting.schedule import learning_rate
from training.fitting.stage_data import StageData, StageReader
from training.fitting.start import read_start
from training.fitting.validation import choose_threshold, mean_loss, predict, score

logger = logging.getLogger(__name__)

THRESHOLD = 0.5
"""Where epochs are compared; the threshold is chosen afterwards, for the best one."""


def train(config: TrainingConfig, out: Path, *, resume: bool = False) -> RunFolder:
    """Train by the recipe ``config``, which names the data; the run goes to the folder ``out``.

    Raises
    ------
    TrainingError
        The data set or the run to resume cannot be used, the loss is no longer a number, or the disk is full.
    """
    if config.data is None:
        raise TrainingError("no data set: pass --data PREPARED, or put data = ... into the configuration")
    data = Prepared.open(config.data)
    split = data.split() if config.split is None else read_split(config.split)
    run = RunFolder(out)
    if resume:
        run.check_same(config, split)
    else:
        run.start(config, split)
    trainer = Trainer(config, run)
    if resume and run.checkpoint.exists():
        trainer.restore(read_checkpoint(run.checkpoint))
    with RunProgress(config.epochs, trainer.next_epoch) as progress, RunLog(run.path, trainer.history) as log:
        reader = StageReader(config, data, split, progress.watch)
        for number in range(len(config.stage)):
            if trainer.next_epoch < config.end_of(number):
                stage = reader.read(number, run)
                if config.start and trainer.next_epoch == 0:
                    trainer.start_from(config.start, stage)
                trainer.run_stage(number, stage, progress.show_epochs, log)
    return run


class Trainer:
    """A run on its way through the epochs."""

    def __init__(self, config: TrainingConfig, run: RunFolder) -> None:
        self._config, self._run = config, run
        self._learner = Learner(config)
        self.history: tuple[EpochRecord, ...] = ()

    @property
    def next_epoch(self) -> int:
        """The epoch to come, from 0, over all stages."""
        return len(self.history)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to where ``checkpoint`` was written."""
        self._learner.restore(checkpoint.state)
        self.history = checkpoint.history

    def start_from(self, model: str, data: StageData) -> None:
        """Begin with the weights of ``model``, a bundled model or a file."""
        images, _ = next(data.batches.epoch(0))
        self._learner.start_from(read_start(model), images)

    def run_stage(self, number: int, data: StageData, tell: Callable[[float], None], log: RunLog) -> None:
        """Run the epochs of stage ``number`` that are still to come; ``tell`` hears how many epochs are done."""
        while self.next_epoch < self._config.end_of(number):
            self._finish_epoch(self._run_epoch(number, data, tell), log)

    def _run_epoch(self, number: int, data: StageData, tell: Callable[[float], None]) -> EpochRecord:
        started = time.perf_counter()
        loss, rate = self._train_epoch(number, data.batches, tell)
        masks = data.validation.masks
        probabilities = predict(self._learner.shipping_network(), data.validation.images)
        scores = score(probabilities, masks, THRESHOLD)
        record = EpochRecord(
            epoch=self.next_epoch,
            stage=number,
            loss=loss,
            validation_loss=mean_loss(LOSSES[self._config.loss], probabilities, masks),
            mean_dice=scores.mean_dice,
            pooled_dice=scores.pooled_dice,
            learning_rate=rate,
            seconds=time.perf_counter() - started,
        )
        if self._score(record) > self._best_at(self._config.stage[number].size):
            threshold, best = choose_threshold(probabilities, masks, self._config.choose_by)
            self._run.keep_best(self._learner.averaged_weights)
            self._run.keep_choice(Choice(epoch=record.epoch, threshold=threshold, validation_dice=best))
        return record

    def _finish_epoch(self, record: EpochRecord, log: RunLog) -> None:
        self.history = (*self.history, record)
        keep_every = self._config.keep_every
        if keep_every and len(self.history) % keep_every == 0:
            self._run.keep_epoch(record.epoch, self._learner.averaged_weights)
        write_checkpoint(Checkpoint(self._learner.state(), self.history), self._run.checkpoint)
        log.add(self.history)
        logger.info(
            "epoch %d of %d: loss %.4f, on validation %.4f, Dice %.4f mean, %.4f pooled, %.0f s",
            *(record.epoch + 1, self._config.epochs, record.loss, record.validation_loss),
            *(record.mean_dice, record.pooled_dice, record.seconds),
        )

    def _score(self, record: EpochRecord) -> float:
        return record.mean_dice if self._config.choose_by == "mean_dice" else record.pooled_dice

    def _best_at(self, size: int) -> float:
        """Return the best score of the stages of this picture size; those of others do not compare."""
        stages = self._config.stage
        return max((self._score(past) for past in self.history if stages[past.stage].size == size), default=-math.inf)

    def _train_epoch(self, number: int, batches: BatchMaker, tell: Callable[[float], None]) -> tuple[float, float]:
        """Return the mean loss over the epoch's pictures, and the last learning rate."""
        stage, epoch = self._config.stage[number], self.next_epoch
        first = (epoch - self._config.end_of(number) + stage.epochs) * batches.steps
        total, pictures, rate = 0.0, 0, 0.0
        for step, (images, targets) in enumerate(batches.epoch(epoch)):
            rate = learning_rate(first + step, stage.epochs * batches.steps, stage)
            loss = self._learner.step(images, targets, rate)
            if not math.isfinite(loss):
                raise TrainingError(
                    f"the loss became {loss} in epoch {epoch + 1}, step {step + 1}: lower learning_rate of stage "
                    f"{number + 1}, or use policy = 'float32'; --resume goes on from the epoch before"
                )
            if stage.ema_decay:
                self._learner.follow(stage.ema_decay)
            total, pictures = total + loss * len(images), pictures + len(images)
            tell(epoch + (step + 1) / batches.steps)
        if not stage.ema_decay:
            self._learner.follow(0)
        return total / pictures, rate
