"""What every runtime checks in the same way."""

import re

import numpy as np
import pytest

from streamseg.errors import ModelError
from streamseg.model_card import InputSpec
from streamseg.segmenters._shared import Port, as_map, check_ports

SPEC = InputSpec(height=32, width=48)
GOOD = Port("x", "float32", (1, 32, 48, 1))


def test_ports_of_the_card_pass_also_with_free_dimensions():
    check_ports("m", [GOOD], [Port("y", "float32", (None, None, None, 1))], SPEC)


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ([Port("a", "float32", (1,)), Port("b", "float32", (1,))], [GOOD], "2 inputs (a, b); one is expected"),
        ([], [GOOD], "0 inputs (); one is expected"),
        ([GOOD], [GOOD, GOOD], "2 outputs (x, x); one is expected"),
        ([Port("x", "float32", (None, 48, 32, 1))], [GOOD], "shape (?, 48, 32, 1); its card says (1, 32, 48, 1)"),
        ([Port("x", "float32", (1, 1, 32, 48))], [GOOD], "shape (1, 1, 32, 48)"),
        ([Port("x", "float32", (32, 48))], [GOOD], "shape (32, 48)"),
        ([GOOD], [Port("y", "float32", (1, 32, 48, 2))], "output 'y' of model m has shape (1, 32, 48, 2)"),
        ([Port("x", "float16", (1, 32, 48, 1))], [GOOD], "input 'x' of model m is float16; float32 is expected"),
    ],
)
def test_a_model_with_other_ports_is_refused_with_the_numbers(inputs, outputs, message):
    with pytest.raises(ModelError, match=re.escape(message)):
        check_ports("m", inputs, outputs, SPEC)


def test_an_output_of_another_shape_is_an_error_and_no_map():
    with pytest.raises(ModelError, match=re.escape("(1, 16, 24, 1); its card says (1, 32, 48, 1)")):
        as_map(np.zeros((1, 16, 24, 1), np.float32), SPEC)
