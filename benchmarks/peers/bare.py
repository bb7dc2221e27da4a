"""The model alone: ``session.run`` back to back on one tensor, the runtime as it comes: what the rest is a ratio to."""

from __future__ import annotations

import time

import cv2
import numpy as np
import onnxruntime
from _task import Task, finish


def main(task: Task) -> None:
    """Infer the first frame again and again."""
    session = onnxruntime.InferenceSession(task.model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    _, picture = cv2.VideoCapture(task.clip).read()
    small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (256, 256))
    tensor = (small.astype(np.float32) / 255)[np.newaxis, :, :, np.newaxis]
    for count in range(task.frames + task.warm_up):
        if count == task.warm_up:
            begin = time.perf_counter()
        session.run(None, {name: tensor})
    finish(task.frames, time.perf_counter() - begin, "onnxruntime", "opencv-python-headless", "numpy")


if __name__ == "__main__":
    main(Task.from_command_line())
