"""The loop of most tutorials: read, ``session.run``, ``applyColorMap``, blend, write; one after the other."""

from __future__ import annotations

import time

import cv2
import numpy as np
import onnxruntime
from _task import Task, finish

OPACITY = 0.4


def main(task: Task) -> None:
    """Overlay the clip, again from its start when it ends, and write it as the loop's users do: mp4v."""
    session = onnxruntime.InferenceSession(task.model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    capture = cv2.VideoCapture(task.clip)
    size = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    writer = cv2.VideoWriter(task.out, cv2.VideoWriter.fourcc(*"mp4v"), 30, size) if task.out else None
    for count in range(task.frames + task.warm_up):
        if count == task.warm_up:
            begin = time.perf_counter()
        is_there, picture = capture.read()
        if not is_there:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            _, picture = capture.read()
        small = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (256, 256))
        tensor = (small.astype(np.float32) / 255)[np.newaxis, :, :, np.newaxis]
        probability = cv2.resize(session.run(None, {name: tensor})[0][0, :, :, 0], size)
        heatmap = cv2.applyColorMap((probability * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
        blended = cv2.addWeighted(picture, 1 - OPACITY, heatmap, OPACITY, 0)
        shown = np.where(probability[:, :, np.newaxis] >= 0.5, blended, picture)
        if writer is not None:
            writer.write(shown)
    if writer is not None:
        writer.release()
    finish(task.frames, time.perf_counter() - begin, "onnxruntime", "opencv-python-headless", "numpy")


if __name__ == "__main__":
    main(Task.from_command_line())
