"""A run that needed no training, on computed tomography."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tiny_runs import write_ct, write_run
from training.data.prepared import Prepared
from training.export.card_text import CardText, read_card_text
from training.fitting.run_folder import RunFolder

CARDS = Path(__file__).resolve().parents[3] / "training" / "cards"


@pytest.fixture(scope="session")
def ct_data(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return slices of noise."""
    return write_ct(tmp_path_factory.mktemp("prepared") / "ct")


@pytest.fixture(scope="session")
def ct_run(ct_data: Prepared, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Return a finished run on them, with random weights."""
    return write_run(tmp_path_factory.mktemp("runs") / "ct", ct_data)


@pytest.fixture(scope="session")
def us_text() -> CardText:
    """Return what the card of an ultrasound model says."""
    return read_card_text(CARDS / "us-fetal-head.toml")


@pytest.fixture(scope="session")
def ct_text() -> CardText:
    """Return what the card of a CT model says."""
    return read_card_text(CARDS / "ct-haemorrhage.toml")
