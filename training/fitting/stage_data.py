"""What each stage trains on and is validated on, read from the prepared folder when the stage begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from streamseg.model_card import InputSpec
from training.config import TrainingConfig
from training.data.case import Case
from training.data.phantom_frames import phantom_samples
from training.data.prepared import Prepared, Row
from training.data.samples import Samples, prepare_samples
from training.data.split import Part, Split
from training.errors import TrainingError
from training.fitting.batches import BatchMaker
from training.fitting.run_folder import RunFolder
from training.fitting.teacher import taught

Watch = Callable[[Iterable[Case], str, int], Iterable[Case]]
"""Passes cases on and shows under a title how many of how many there were."""


@dataclass(frozen=True, slots=True)
class StageData:
    """What a stage trains on and is validated on."""

    batches: BatchMaker
    validation: Samples


class StageReader:
    """Reads the data of one stage after the other; pictures of the size of the stage before are kept."""

    def __init__(self, config: TrainingConfig, data: Prepared, split: Split, watch: Watch) -> None:
        if data.info.modality != config.modality:
            raise TrainingError(
                f"the recipe is for modality {config.modality}, but {data.path} holds {data.info.modality}"
            )
        self._config, self._data, self._split, self._watch = config, data, split, watch
        self._kept: tuple[int, Samples, Samples] | None = None

    def read(self, number: int, run: RunFolder) -> StageData:
        """Return the data of stage ``number``.

        Raises
        ------
        TrainingError
            The split has nothing to train or to validate on, or a picture cannot be used.
        """
        config, stage = self._config, self._config.stage[number]
        spec = config.input_spec(stage.size)
        if self._kept is None or self._kept[0] != stage.size:
            self._kept = None  # before the next ones are read: memory for both may not be there
            self._kept = (stage.size, self._taught(spec), self._part("validation", spec))
        _, real, validation = self._kept
        if not validation.masks.any():
            raise TrainingError(
                f"no validation picture in {self._data.path} shows the structure; split it another way, or raise "
                "validation_pictures"
            )
        phantoms = None
        if stage.phantom_share:
            phantoms = phantom_samples(run.phantoms, spec, count=config.phantom_count, seed=config.seed)
        return StageData(BatchMaker(real, phantoms, stage, config.seed), validation)

    def _taught(self, spec: InputSpec) -> Samples:
        """Return the train part, with what the teacher says of it where the recipe names one."""
        samples, config = self._part("train", spec), self._config
        if config.teacher is None:
            return samples
        rows = self._rows("train")
        cases = self._watch(replace(self._data, rows=rows).cases(), "asking the teacher", len(rows))
        return taught(samples, cases, spec, config)

    def _part(self, part: Part, spec: InputSpec) -> Samples:
        rows = self._rows(part)
        cases = replace(self._data, rows=rows).cases()
        return prepare_samples(self._watch(cases, f"reading the {part} part", len(rows)), spec)

    def _rows(self, part: Part) -> tuple[Row, ...]:
        subjects = frozenset(self._split.subjects(part))
        rows = tuple(row for row in self._data.rows if row.subject in subjects)
        if not rows:
            raise TrainingError(
                f"no picture in {self._data.path} belongs to the {part} part of the split of {self._split.dataset}; "
                "is it the split of this data set?"
            )
        most = self._config.validation_pictures
        if part == "validation" and most is not None and most < len(rows):
            rows = tuple(rows[index * len(rows) // most] for index in range(most))
        return rows
