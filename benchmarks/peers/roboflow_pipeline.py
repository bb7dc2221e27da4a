"""Roboflow's ``InferencePipeline``: its threads decode and hand frames over; the rest is as in the usual loop."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import onnxruntime
from _task import Task, finish
from inference import InferencePipeline

OPACITY = 0.4


def main(task: Task) -> None:
    """Overlay the clip once, as fast as it goes; it must be long enough."""
    session = onnxruntime.InferenceSession(task.model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    stamps: list[float] = []

    def infer(frames: list[Any]) -> list[np.ndarray]:
        maps = []
        for frame in frames:
            small = cv2.resize(cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY), (256, 256))
            tensor = (small.astype(np.float32) / 255)[np.newaxis, :, :, np.newaxis]
            maps.append(session.run(None, {name: tensor})[0][0, :, :, 0])
        return maps

    def draw(probability: np.ndarray, frame: Any) -> None:
        height, width = frame.image.shape[:2]
        probability = cv2.resize(probability, (width, height))
        heatmap = cv2.applyColorMap((probability * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
        blended = cv2.addWeighted(frame.image, 1 - OPACITY, heatmap, OPACITY, 0)
        np.where(probability[:, :, np.newaxis] >= 0.5, blended, frame.image)
        stamps.append(time.perf_counter())
        if len(stamps) == task.frames + task.warm_up:
            pipeline.terminate()

    pipeline = InferencePipeline.init_with_custom_logic(
        video_reference=task.clip, on_video_frame=infer, on_prediction=draw
    )
    pipeline.start()
    pipeline.join()
    counted = stamps[task.warm_up : task.warm_up + task.frames]
    finish(len(counted) - 1, counted[-1] - counted[0], "inference", "onnxruntime", "opencv-python")


if __name__ == "__main__":
    main(Task.from_command_line())
