"""A training run as what is evaluated: the very files that its export would ship."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamseg.model_card import sha256_of
from training.data.prepared import Prepared
from training.evaluation.candidates import Candidate, WeightsFile
from training.export.onnx_files import OnnxModel, calibration_samples, write_onnx_files
from training.fitting.run_folder import RunFolder

logger = logging.getLogger(__name__)


def is_own_data(run: RunFolder, data: Prepared) -> bool:
    """Whether ``data`` is the data set that ``run`` was trained on, whose split is then the run's."""
    return run.split().dataset == data.info.name


@contextmanager
def open_run(run: RunFolder, data: Prepared) -> Iterator[Candidate]:
    """Write the files of ``run`` and open them, to be measured on ``data``.

    int8 is calibrated on the run's training part: in ``data`` if that is what the run learnt from, else in the folder
    that its recipe names. Where neither is there, float32 is all.

    Raises
    ------
    TrainingError
        The run has no weights yet.
    """
    spec, choice, learnt_from = run.input_spec(), run.choice(), _learnt_from(run, data)
    samples = None if learnt_from is None else calibration_samples(run, learnt_from)
    with tempfile.TemporaryDirectory() as folder:
        files = write_onnx_files(run, samples, Path(folder), name="model")
        opened = tuple(
            WeightsFile(precision, sha256_of(file), OnnxModel(file).infer) for precision, file in files.items()
        )
    origin = f"chosen by the run on its validation part ({run.split().dataset})"
    yield Candidate(run.path.name, spec, choice.threshold, origin, opened, run.config().mask)


def _learnt_from(run: RunFolder, data: Prepared) -> Prepared | None:
    if is_own_data(run, data):
        return data
    folder = run.config().data
    if folder is not None and folder.is_dir():
        named = Prepared.open(folder)
        if is_own_data(run, named):
            return named
    logger.warning(
        "int8 is left out: it is calibrated on %s, which the run learnt from and which is not at %s any more",
        run.split().dataset,
        folder,
    )
    return None
