"""The artery: its pulse, its mask, the tissue around it."""

import math

import numpy as np
import pytest

from streamseg.phantom.beams import Beams
from streamseg.phantom.motion import PERIOD_S
from streamseg.phantom.simulator import Phantom
from streamseg.phantom.vessel import BEATS, Vessel


@pytest.fixture(scope="module")
def vessel():
    rng = np.random.default_rng(8)
    return Vessel.draw(rng, Beams.draw(rng, "linear"))


def contour(vessel: Vessel, time_s: float, *, stretch: float = 1.0):
    x, z, radius = vessel.pose(time_s)
    turn = np.linspace(0, 2 * math.pi, 60, dtype=np.float32)[np.newaxis, :]
    return x + stretch * radius * vessel.flattening * np.cos(turn), z + stretch * radius * np.sin(turn)


def test_the_lumen_swells_once_a_beat_by_the_pulse(vessel: Vessel):
    beat_s = PERIOD_S / BEATS
    radii = np.array([vessel.pose(time_s)[2] for time_s in np.linspace(0, beat_s, 100)])
    assert radii.max() / vessel.radius_mm == pytest.approx(1 + vessel.pulse, abs=0.01)
    assert vessel.pose(0.25)[2] == pytest.approx(vessel.pose(0.25 + beat_s)[2])


@pytest.mark.parametrize("time_s", [0.0, 0.15, 2.9])
def test_the_mask_holds_what_is_inside_the_lumen_and_nothing_else(vessel: Vessel, time_s: float):
    assert vessel.mask(*contour(vessel, time_s, stretch=0.99), time_s).all()
    assert not vessel.mask(*contour(vessel, time_s, stretch=1.01), time_s).any()


def test_the_wall_at_any_time_is_at_rest_the_wall_at_rest(vessel: Vessel):
    x, z = vessel.at_rest(*contour(vessel, 0.15), 0.15)
    radius = np.hypot((x - vessel.x) / vessel.flattening, z - vessel.z)
    np.testing.assert_allclose(radius, vessel.radius_mm, rtol=1e-3)


def test_the_tissue_around_a_swollen_lumen_keeps_its_area(vessel: Vessel):
    """The area of the ring between the wall and any circle of tissue is the same at rest."""
    time_s = 0.14
    _, _, radius = vessel.pose(time_s)
    x, z = vessel.at_rest(*contour(vessel, time_s, stretch=2), time_s)
    at_rest = np.hypot((x - vessel.x) / vessel.flattening, z - vessel.z)
    np.testing.assert_allclose(at_rest**2 - vessel.radius_mm**2, (2 * radius) ** 2 - radius**2, rtol=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_the_lumen_is_much_darker_than_its_surroundings(seed: int):
    image, mask = Phantom("vessel", size=(240, 320), geometry="linear", seed=seed).render(0.4)
    surroundings = image[(image > 0) & ~mask].mean()
    assert image[mask].mean() < 0.4 * surroundings


def test_tissue_behind_the_lumen_is_brighter_than_beside_it():
    """Posterior enhancement: blood weakens sound less than the tissue that gain makes up for."""
    gains = []
    for seed in range(8):
        image, mask = Phantom("vessel", size=(240, 320), geometry="linear", seed=seed, zoom=1).render(0)
        rows, columns = np.nonzero(mask)
        behind = slice(rows.max() + 12, rows.max() + 45)
        quarter = (columns.max() - columns.min()) // 4
        under = image[behind, columns.min() + quarter : columns.max() - quarter].mean()
        beside = image[behind, columns.max() + 10 : columns.max() + 40].mean()
        gains.append(under / beside)
    assert np.mean(gains) > 1.15
