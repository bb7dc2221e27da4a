"""A scan shows the slice, with the scanner's own faults and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import BRAIN_HU, plain_head
from training.phantoms.ct.beam import Beam
from training.phantoms.ct.grain import Kernel
from training.phantoms.ct.scanner import Scanner, scan

GOOD = Scanner(
    kernel=Kernel(0.6, 0.0, 0.5),
    beam=Beam(hardening=0, rim_hu=0, rim_mm=5, cup_hu=0, cup_mm=20, streaks=0, metal=0),
    noise_hu=3.0,
    offset_hu=0.0,
    gain=1.0,
    motion_mm=(0.0, 0.0),
    storage="full",
    jpeg_quality=90,
)
HEAD = plain_head()
DEEP = HEAD.inner_mm > 8


def scanned(scanner: Scanner, seed: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    return scan(np.random.default_rng(seed), HEAD, scanner)


def test_a_good_scanner_shows_true_densities_with_its_noise():
    picture = scanned(GOOD)
    assert picture.dtype == np.int16
    assert picture[DEEP].mean() == pytest.approx(BRAIN_HU, abs=0.5)
    assert picture[DEEP].std() == pytest.approx(3.0, rel=0.2)
    assert np.median(picture[HEAD.inner_mm < -14]) == pytest.approx(-1000, abs=3)


def test_offset_and_gain_change_tissue_and_not_air():
    picture = scanned(replace(GOOD, offset_hu=4.0, gain=1.1))
    assert picture[DEEP].mean() == pytest.approx(BRAIN_HU * 1.1 + 4, abs=0.5)
    assert np.median(picture[HEAD.inner_mm < -14]) == pytest.approx(-1000, abs=3)


def test_motion_doubles_the_skull():
    still, moved = scanned(GOOD), scanned(replace(GOOD, motion_mm=(0.0, 9.0)))
    assert (moved > 300).sum() > 1.2 * (still > 300).sum()


def test_what_was_scanned_already_keeps_its_edges_and_gets_a_little_noise_only():
    picture = scan(np.random.default_rng(0), replace(HEAD, is_scanned=True), GOOD)
    assert np.abs(picture - HEAD.hu).max() < 10
    assert 0.5 < picture[DEEP].std() < 2


def test_what_was_scanned_already_loses_some_of_its_cupping():
    cupped = replace(GOOD, beam=replace(GOOD.beam, cup_hu=8))
    scans = [scan(np.random.default_rng(0), replace(HEAD, is_scanned=True), scanner) for scanner in (GOOD, cupped)]
    lost = scans[0] - scans[1]
    is_surface = (HEAD.inner_mm > 0) & (HEAD.inner_mm < 3)
    assert 6 < lost[is_surface].mean() < 8.5
    assert np.abs(lost[HEAD.inner_mm < 0]).max() <= 1


def test_the_same_draws_give_the_same_picture_and_others_another():
    one, again, other = (
        scan(np.random.default_rng(seed), HEAD, Scanner.draw(np.random.default_rng(seed))) for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_scanner_is_drawn_the_brain_stays_brain(seed: int):
    rng = np.random.default_rng(seed)
    picture = scan(rng, HEAD, Scanner.draw(rng))
    assert 22 < np.median(picture[DEEP]) < 42
    assert 1 < picture[DEEP].std() < 12
