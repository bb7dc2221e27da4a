"""From a source to segmentations, on one of two routes, each with a thread that captures and one that infers."""

from streamseg.engine.base import Engine, Infer
from streamseg.engine.crew import JOIN_DEADLINE_S, Crew
from streamseg.engine.exact import ExactEngine
from streamseg.engine.live import LiveEngine

__all__ = ["JOIN_DEADLINE_S", "Crew", "Engine", "ExactEngine", "Infer", "LiveEngine"]
