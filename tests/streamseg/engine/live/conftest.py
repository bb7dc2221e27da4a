"""An engine of the live route over a model that finds what is bright."""

import pytest

from streamseg.engine import LiveEngine
from streamseg.model_card import InputSpec
from streamseg.settings import PostprocessSettings, StreamSettings
from tests.support.drifting_tissue import SIZE, find_bright

SPEC = InputSpec(height=SIZE[0], width=SIZE[1])


@pytest.fixture
def engine_of(controls):
    def make(source, infer=find_bright, **settings):
        whole = PostprocessSettings(region="whole")
        return LiveEngine(source, infer, SPEC, StreamSettings(postprocess=whole, **settings), controls)

    return make
