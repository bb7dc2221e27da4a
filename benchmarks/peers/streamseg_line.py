"""streamseg itself: decoded, inferred, drawn with caption, and recorded as H.264 where a recording is asked for."""

from __future__ import annotations

from pathlib import Path

from _task import Task, finish

from streamseg.api import build
from streamseg.model import load_model
from streamseg.settings import AUTO, load_settings


def main(task: Task) -> None:
    """Run the whole line on the clip, looped; `Summary.fps` counts from the first canvas to the last."""
    settings = load_settings(
        {
            ("view",): "none",
            ("playback", "loop"): True,
            ("playback", "pace"): "max",
            ("frames",): task.frames + task.warm_up,
            ("model", "name"): task.streamseg_model,
            ("model", "precision"): task.precision,
            ("model", "backend"): task.backend or AUTO,
            ("output", "record"): Path(task.out) if task.out else None,
        }
    )
    with load_model(settings.model, use="at once") as model:
        summary = build(task.clip, model, settings, has_window=False).run()
        backend = model.info.backend
    finish(task.frames, task.frames / summary.fps, "streamseg", "onnxruntime", "av", backend=backend)


if __name__ == "__main__":
    main(Task.from_command_line())
