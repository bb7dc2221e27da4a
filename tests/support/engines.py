"""Runs engines to their end, under a deadline."""

from __future__ import annotations

import threading

from streamseg.engine import Engine
from streamseg.frame import Segmentation

DEADLINE_S = 20


def run_to_the_end(engine: Engine) -> list[Segmentation]:
    """Run ``engine`` to its end, and return the segmentations."""
    results: list[Segmentation] = []
    engine.start()
    reader = threading.Thread(target=lambda: results.extend(engine), daemon=True)
    reader.start()
    reader.join(DEADLINE_S)
    assert not reader.is_alive(), "the engine hangs"
    engine.crew.join(DEADLINE_S)
    return results
