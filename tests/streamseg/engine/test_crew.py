"""The threads of a stream: which error is kept, and that none is waited for in vain."""

import threading

from streamseg.engine import Crew
from streamseg.errors import ShutdownError

DEADLINE_S = 10


def test_the_first_error_is_kept():
    crew = Crew(on_error=lambda: None)
    crew.fail(ValueError("first"))
    crew.fail(ValueError("second"))
    assert str(crew.error) == "first"


def test_a_thread_that_never_ends_is_named_at_the_deadline():
    release = threading.Event()
    crew = Crew(on_error=lambda: None)
    crew.start("stuck", lambda: release.wait(DEADLINE_S))
    crew.join(deadline_s=0.05)
    assert isinstance(crew.error, ShutdownError)
    assert "streamseg-stuck" in str(crew.error)
    release.set()
