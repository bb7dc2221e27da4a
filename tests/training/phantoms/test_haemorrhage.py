"""Where each kind of haemorrhage may be, and what shape it has."""

import math

import numpy as np
import pytest

from training.phantoms.ct import Head
from training.phantoms.haemorrhage import ExtraAxial, Intraparenchymal, draw_haemorrhages

SEEDS = pytest.mark.parametrize("seed", range(6))
SIZE = 160


def head_and_kind(seed: int, kind: str) -> tuple[Head, Intraparenchymal | ExtraAxial]:
    rng = np.random.default_rng(seed)
    head = Head.draw(rng)
    draw = {
        "intraparenchymal": Intraparenchymal.draw,
        "subdural": ExtraAxial.draw_subdural,
        "epidural": ExtraAxial.draw_epidural,
    }[kind]
    return head, draw(rng, head.height_mm)


@SEEDS
def test_a_lump_lies_in_the_brain_and_is_widest_at_its_middle(seed: int):
    head, lump = head_and_kind(seed, "intraparenchymal")
    assert isinstance(lump, Intraparenchymal)
    middle = lump.centre_mm[0] / head.height_mm
    areas = []
    for level in (middle, middle + 0.7 * lump.half_mm[0] / head.height_mm, 0.02):
        plane = head.plane(level, SIZE)
        mask = lump.mask(plane)
        assert (plane.inner_mm[mask] > 0).all()
        areas.append(int(mask.sum()))
    assert areas[0] > areas[1] >= areas[2] == 0


@SEEDS
def test_oedema_surrounds_the_lump(seed: int):
    head, lump = head_and_kind(seed, "intraparenchymal")
    assert isinstance(lump, Intraparenchymal)
    plane = head.plane(lump.centre_mm[0] / head.height_mm, SIZE)
    assert not (lump.mask(plane) & ~lump.oedema(plane)).any()
    assert lump.oedema(plane).sum() > 1.3 * lump.mask(plane).sum()


@pytest.mark.parametrize("kind", ["subdural", "epidural"])
@SEEDS
def test_a_layer_lies_on_the_skull_and_is_no_thicker_and_no_wider_than_drawn(seed: int, kind: str):
    head, layer = head_and_kind(seed, kind)
    assert isinstance(layer, ExtraAxial)
    plane = head.plane(layer.middle_mm / head.height_mm, SIZE)
    mask = layer.mask(plane)
    assert mask.any()
    assert plane.inner_mm[mask].min() < 2
    assert (plane.inner_mm[mask] >= 0).all()
    assert plane.inner_mm[mask].max() <= layer.thickness_mm
    turn = np.arctan2(plane.y[mask], plane.x[mask]) - layer.direction
    assert np.abs(np.angle(np.exp(1j * turn))).max() <= layer.half_span
    assert not layer.oedema(plane).any()


def test_a_subdural_crescent_reaches_further_round_than_an_epidural_lens():
    crescents, lenses = ([head_and_kind(seed, kind)[1] for seed in range(20)] for kind in ("subdural", "epidural"))
    assert min(c.half_span for c in crescents if isinstance(c, ExtraAxial)) > max(
        lens.half_span for lens in lenses if isinstance(lens, ExtraAxial)
    )


def test_lump_layer_and_both_are_all_drawn():
    drawn = {
        tuple(type(bleed).__name__ for bleed in draw_haemorrhages(np.random.default_rng(seed), 130.0))
        for seed in range(40)
    }
    assert drawn == {("Intraparenchymal",), ("ExtraAxial",), ("Intraparenchymal", "ExtraAxial")}


def test_a_lump_is_on_either_side():
    sides = {
        math.copysign(1, Intraparenchymal.draw(np.random.default_rng(seed), 130.0).centre_mm[2]) for seed in range(20)
    }
    assert sides == {-1.0, 1.0}
