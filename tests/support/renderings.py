"""Segmentations of generated pictures, renderings of them, and what a sink is told about the stream they are from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Event, Frame, Rendering, Scores, Segmentation, Stamps
from streamseg.geometry import Box
from streamseg.model_card import DataSet, Golden, InputSpec, ModelCard, Structure, Weights, Window
from streamseg.overlay import Caption, draw
from streamseg.protocols import SegmenterInfo, SourceInfo, StreamInfo
from streamseg.settings import OutputSettings, OverlaySettings, StreamSettings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings

BRAIN = Window(centre_hu=40, width_hu=120)
WEIGHTS = Weights(file="disc.onnx", format="onnx", precision="float32", sha256="0" * 64)
CARD = ModelCard(
    name="disc",
    version="1.2",
    task="finds a disc",
    modality="US",
    input=InputSpec(height=32, width=32, window=BRAIN),
    structure=Structure(name="fetal head", colour="#35e0c2"),
    threshold=0.5,
    weights=(WEIGHTS,),
    golden=Golden(frame_png="", outputs={}),
    licence="MIT",
    training_data=(DataSet(name="none", licence="MIT"),),
    intended_use="tests",
    limits="everything",
)
CAPTION = Caption.of(CARD, "exact")


def grey_picture(size: tuple[int, int], *, shift: int = 0) -> NDArray[np.uint8]:
    """Return a picture (H, W) of soft waves over a slope, the same on every machine."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float64)
    waves = 40 * np.sin((x + shift) / 7) * np.cos(y / 5) + 80 * x / size[1] + 70
    return np.clip(np.rint(waves), 0, 255).astype(np.uint8)


def disc_probability(size: tuple[int, int], *, radius: float = 0.3) -> NDArray[np.float32]:
    """Return a probability map (H, W) of a disc with a soft edge, its radius a share of the shorter side."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float64)
    distance = np.hypot(y - size[0] / 2, x - size[1] / 2) / min(size)
    return np.clip((radius - distance) * 12 + 0.5, 0, 1).astype(np.float32)


def segmentation_of(
    image: NDArray[Any], probability: NDArray[np.float32] | None = None, *, index: int = 7, **of_frame: Any
) -> Segmentation:
    """Return ``image`` with a disc, or with ``probability``, segmented at 0.5."""
    frame = Frame(image, index, 1_000_000_000 + index * 40_000_000, **of_frame)
    probability = disc_probability(frame.size) if probability is None else probability
    mask = probability >= 0.5
    scores = Scores(float(probability.mean()), float(probability.max()), 1.0, float(mask.mean()))
    stamps = Stamps(frame.captured_ns, *(frame.captured_ns + step * 1_000_000 for step in range(1, 7)))
    return Segmentation(frame, probability, mask, Box.whole(frame.size), scores, 0.5, int(mask.sum()), stamps=stamps)


def rendering_of(
    index: int = 0,
    *,
    size: tuple[int, int] = (48, 64),
    media_time_ns: int | None = None,
    events: tuple[Event, ...] = (),
) -> Rendering:
    """Return the rendering of frame ``index``, at 25 Hz unless a media time is given."""
    time_ns = index * 40_000_000 if media_time_ns is None else media_time_ns
    segmentation = segmentation_of(grey_picture(size, shift=index), index=index, media_time_ns=time_ns)
    canvas = draw(segmentation, settings=OverlaySettings(), caption=CAPTION)
    return Rendering(segmentation, canvas, fps=25.0, events=events)


def stream_of(folder: Path, *, is_live: bool = False, is_recording: bool = True, **output: Any) -> StreamInfo:
    """Return the stream that a sink is opened with; ``folder`` is where a key writes to."""
    settings = StreamSettings(output=OutputSettings(folder=folder, **output))
    live = LiveSettings(threshold=0.5, overlay=OverlaySettings(), is_recording=is_recording)
    source = SourceInfo("scripted", "clip.mp4", is_live, size=(48, 64), rate_hz=25.0)
    segmenter = SegmenterInfo("echo", "CPU", "float32", 1)
    return StreamInfo(source, segmenter, CARD, WEIGHTS, "exact", settings, Controls(live))


def live_caption(**changes: Any) -> Caption:
    """Return the caption of the live route in its fullest state."""
    fullest = replace(CAPTION, route="live", fps=59.5, inference_hz=21.0, mask_age_ms=33.0)
    return replace(fullest, is_paused=True, is_recording=True, **changes)
