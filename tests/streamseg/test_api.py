"""What a stream is put together from."""

import pytest

from streamseg.api import route_of, use_of
from streamseg.settings import StreamSettings


@pytest.mark.parametrize(
    ("is_live", "asked", "taken"),
    [
        (True, None, "live"),
        (False, None, "exact"),
        (True, "exact", "exact"),
        (False, "live", "live"),
    ],
)
def test_a_live_source_is_shown_as_it_comes_unless_asked_otherwise(scripted, is_live, asked, taken):
    assert route_of(scripted(1, is_live=is_live), StreamSettings(route=asked)) == taken


@pytest.mark.parametrize(
    ("location", "route", "use"),
    [
        ("synthetic", None, "at once"),
        ("synthetic", "live", "single"),
        ("synthetic:live", None, "single"),
        ("synthetic:live", "exact", "single"),
    ],
)
def test_a_model_is_used_for_several_frames_at_once_where_frames_can_wait_for_one_another(location, route, use):
    assert use_of(location, StreamSettings(route=route)) == use
