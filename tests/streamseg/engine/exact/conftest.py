"""An engine of the exact route over a model that gives back what it sees."""

import pytest

from streamseg.engine import ExactEngine
from streamseg.model_card import InputSpec
from streamseg.settings import PostprocessSettings, StreamSettings
from tests.support.engines import echo

SPEC = InputSpec(height=32, width=32)


@pytest.fixture
def engine_of(controls):
    def make(source, infer=echo, *, lanes=1, **settings):
        whole = PostprocessSettings(region="whole")
        wanted = StreamSettings(postprocess=whole, **settings)
        return ExactEngine(source, infer, SPEC, wanted, controls, lanes=lanes)

    return make
