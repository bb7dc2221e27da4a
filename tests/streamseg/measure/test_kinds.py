"""Which measurements are taken."""

from __future__ import annotations

import pytest

from streamseg.measure import chosen_kinds
from streamseg.measure.kinds import check_kinds


def test_the_card_decides_unless_others_are_named():
    assert chosen_kinds(("card",), ("area", "hc")) == ("area", "hc")
    assert chosen_kinds(("bpd", "depth", "bpd"), ("area",)) == ("bpd", "depth")
    assert chosen_kinds(("none",), ("area",)) == ()


@pytest.mark.parametrize("words", [(), ("volume",), ("card", "hc"), ("none", "hc"), ("HC",)])
def test_what_cannot_be_measured_is_refused_with_what_can(words):
    with pytest.raises(ValueError, match="give card, none, or some of area, diameters, depth, hc, bpd"):
        check_kinds(words)
