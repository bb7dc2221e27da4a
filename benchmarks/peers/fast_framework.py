"""FAST (pyfast): its own preparation and inference with ONNX Runtime; OpenCV decodes, and nothing is drawn.

FAST draws with OpenGL, which a bare server does not have; leaving the drawing out is in its favour. It needs an OpenCL
device, which the package ``pocl-binary-distribution`` gives to machines without a GPU.

References
----------
Smistad, Bozorgi, Lindseth 2015, "FAST: framework for heterogeneous medical image computing and visualization", doi
10.1007/s11548-015-1158-5.
"""

from __future__ import annotations

import time

import cv2
import fast
import numpy as np
from _task import Task, finish


def main(task: Task) -> None:
    """Segment the clip, again from its start when it ends."""
    fast.Reporter.setGlobalReportMethod(fast.Reporter.NONE)
    network = fast.SegmentationNetwork.create(
        task.model, scaleFactor=1 / 255, inferenceEngine="ONNXRuntime", threshold=0.5, hasBackgroundClass=False
    )
    capture = cv2.VideoCapture(task.clip)
    for count in range(task.frames + task.warm_up):
        if count == task.warm_up:
            begin = time.perf_counter()
        is_there, picture = capture.read()
        if not is_there:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            _, picture = capture.read()
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[:, :, np.newaxis]
        network.connect(fast.Image.createFromArray(grey))
        np.asarray(network.runAndGetOutputData())
    finish(task.frames, time.perf_counter() - begin, "pyfast", "opencv-python-headless", "numpy")


if __name__ == "__main__":
    main(Task.from_command_line())
