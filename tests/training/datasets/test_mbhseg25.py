"""The slices for measuring are read as densities with any colour as blood, and are never trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.tiny_datasets import draw_pictures, write_mbhseg25
from training.data.prepared import Prepared, write_prepared
from training.data.split import SplitRequest, read_split
from training.datasets import mbhseg25
from training.errors import DatasetError, TrainingError

COMMITTED = Path(__file__).resolve().parents[3] / "training" / "splits" / "mbhseg25.json"


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    """Prepare two slices of each of four patients."""
    write_mbhseg25(tmp_path / "source")
    return write_prepared(tmp_path / "out", mbhseg25.INFO, mbhseg25.read_cases(tmp_path / "source"))


def test_any_colour_is_blood_and_levels_are_densities(prepared: Prepared) -> None:
    assert prepared.subjects() == ("158", "159", "160", "161")
    for case, (image, mask, _) in zip(prepared.cases(), draw_pictures(8), strict=True):
        assert (case.unit, case.spacing_mm, case.image.dtype) == ("hu", None, np.int16)
        np.testing.assert_array_equal(np.maximum(case.image, 0), image)
        np.testing.assert_array_equal(case.mask, mask > 0)


def test_areas_without_density_are_air_and_single_pixels_noise() -> None:
    clipped = np.full((20, 30), 8, np.uint8)
    clipped[:, :12] = clipped[4, 20] = clipped[10:13, 20:23] = 0
    hu = mbhseg25.restore_air(clipped)
    assert np.all(hu[:, :12] == -1000)
    assert (hu[4, 20], hu[11, 21], hu[0, 29]) == (0, 0, 8)


def test_nobody_is_left_to_train_on(prepared: Prepared) -> None:
    split = mbhseg25.measuring_split(prepared, SplitRequest(seed=1))
    assert (len(split.train), len(split.validation), len(split.test)) == (0, 2, 2)
    with pytest.raises(TrainingError, match="for measuring only"):
        mbhseg25.measuring_split(prepared, SplitRequest(seed=1, validation=1, test=1))


def test_a_name_without_a_patient_is_refused(tmp_path: Path) -> None:
    write_mbhseg25(tmp_path)
    (tmp_path / "images" / "158007.png").rename(tmp_path / "images" / "slice.png")
    with pytest.raises(DatasetError, match=r"slice\.png does not begin with the three digits of its patient"):
        list(mbhseg25.read_cases(tmp_path))


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no pictures in"):
        list(mbhseg25.read_cases(tmp_path))


def test_the_committed_split_is_the_one_that_its_seed_draws_from_the_real_slices(
    shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "ct" / "mbhseg25"
    real = write_prepared(tmp_path / "out", mbhseg25.INFO, mbhseg25.read_cases(source))
    split = read_split(COMMITTED)
    assert (len(split.train), len(split.validation), len(split.test)) == (0, 12, 13)
    assert split == mbhseg25.measuring_split(real, SplitRequest(split.seed))
    assert all(case.mask.any() for case in real.cases())
