"""From the model's map to a `Segmentation`: smoothing over time, threshold, smallest area, scores."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame, Scores, Segmentation, Stamps
from streamseg.geometry import Box
from streamseg.measure import measure
from streamseg.measure.part import box_of, largest_part
from streamseg.prepare import Placement, restore
from streamseg.scan.spacing import with_spacing
from streamseg.steering.live_settings import LiveSettings


class Smoother:
    """Exponential smoothing of the model's maps over time, which starts afresh at a new scene.

    ``smoothed = weight * past + (1 - weight) * map``; a weight of 0 passes every map through untouched.

    References
    ----------
    Brown 1956, "Exponential Smoothing for Predicting Demand".
    """

    def __init__(self) -> None:
        self._past: NDArray[np.float32] | None = None

    def smooth(self, model_map: NDArray[np.float32], weight: float, *, is_new_scene: bool) -> NDArray[np.float32]:
        """Return the smoothed map (h, w), 0 to 1."""
        if self._past is None or is_new_scene or weight == 0:
            self._past = model_map
        else:
            self._past = blend(self._past, model_map, weight)
        return self._past


def blend(past: NDArray[np.float32], model_map: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    """Return the mean of two maps (h, w), the past one with ``weight``, 0 to 1."""
    return np.asarray(cv2.addWeighted(past, weight, model_map, 1 - weight, 0), np.float32)


def segment(
    frame: Frame,
    model_map: NDArray[np.float32],
    placement: Placement,
    live: LiveSettings,
    *,
    is_new_scene: bool = True,
    stamps: Stamps | None = None,
) -> Segmentation:
    """Return the segmentation of ``frame`` from its (smoothed) map (h, w), 0 to 1.

    Pixels outside the region of interest never belong to the mask, not even at a threshold of 0.
    """
    frame = with_spacing(frame, live.spacing_mm)
    probability = restore(model_map, placement)
    probability.flags.writeable = False
    region = placement.region
    mask = threshold_mask(probability, region, live)
    area_px = int(np.count_nonzero(mask))
    segmentation = Segmentation(
        frame=frame,
        probability=probability,
        mask=mask,
        region=region,
        scores=frame_scores(placement.letterbox.inner.crop(model_map), area_px / region.area),
        threshold=live.threshold,
        area_px=area_px,
        area_mm2=_area_mm2(area_px, frame),
        is_new_scene=is_new_scene,
        scan=placement.scan,
        stamps=stamps or Stamps(captured_ns=frame.captured_ns),
    )
    return replace(segmentation, measurements=measure(segmentation, live.measure))


def unsegmented(frame: Frame, placement: Placement, live: LiveSettings) -> Segmentation:
    """Return the segmentation of a ``frame`` for which there is no mask that could be shown; its scores are NaN."""
    frame = with_spacing(frame, live.spacing_mm)
    probability, mask = np.zeros(frame.size, np.float32), np.zeros(frame.size, np.bool_)
    probability.flags.writeable = mask.flags.writeable = False
    nothing = float("nan")
    return Segmentation(
        frame=frame,
        probability=probability,
        mask=mask,
        region=placement.region,
        scores=Scores(nothing, nothing, nothing, nothing),
        threshold=live.threshold,
        area_px=0,
        mask_age_ms=None,
        scan=placement.scan,
        stamps=Stamps(captured_ns=frame.captured_ns),
    )


def change_threshold(segmentation: Segmentation, live: LiveSettings) -> Segmentation:
    """Return ``segmentation`` with another mask, by the threshold and smallest area of ``live``."""
    if segmentation.mask_age_ms is None:
        return replace(segmentation, threshold=live.threshold)
    mask = threshold_mask(segmentation.probability, segmentation.region, live)
    area_px = int(np.count_nonzero(mask))
    frame = with_spacing(segmentation.frame, live.spacing_mm)
    changed = replace(
        segmentation,
        frame=frame,
        mask=mask,
        threshold=live.threshold,
        scores=replace(segmentation.scores, area=area_px / segmentation.region.area),
        area_px=area_px,
        area_mm2=_area_mm2(area_px, frame),
    )
    return replace(changed, measurements=measure(changed, live.measure))


def threshold_mask(probability: NDArray[np.float32], region: Box, live: LiveSettings) -> NDArray[np.bool_]:
    """Return where ``probability`` (H, W) reaches the threshold inside ``region``, read-only; only parts that count."""
    mask = np.zeros(probability.shape, np.bool_)
    region.crop(mask)[...] = region.crop(probability) >= live.threshold
    if live.is_single:
        mask = keep_largest_part(mask)
    smallest_px = max(live.smallest_area_px, math.ceil(live.smallest_share * region.area))
    if smallest_px > 1:
        mask = remove_small_parts(mask, smallest_px)
    mask.flags.writeable = False
    return mask


def _area_mm2(area_px: int, frame: Frame) -> float | None:
    return None if frame.spacing_mm is None else area_px * frame.spacing_mm[0] * frame.spacing_mm[1]


def keep_largest_part(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the part of ``mask`` (H, W), 8-connected, that encloses the most pixels, with its holes filled."""
    kept, box = np.zeros(mask.shape, np.bool_), box_of(mask)
    if box is not None:
        part = largest_part(mask, box)
        part.box.crop(kept)[...] = part.pixels.view(np.bool_)
    return kept


def remove_small_parts(mask: NDArray[np.bool_], smallest_area_px: int) -> NDArray[np.bool_]:
    """Return ``mask`` (H, W) without its 8-connected parts of fewer than ``smallest_area_px`` pixels."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    kept = mask.copy()
    if width == 0:
        return kept
    inside = Box(top, left, height, width).crop(kept)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside.view(np.uint8), connectivity=8)
    # Clearing the few small parts inside their own boxes is many times faster than looking every label up.
    for label, (left, top, width, height, area_px) in enumerate(stats.tolist()):
        if label > 0 and area_px < smallest_area_px:
            part = Box(top, left, height, width)
            part.crop(inside)[part.crop(labels) == label] = False
    return kept


def frame_scores(model_map: NDArray[np.float32], area: float) -> Scores:
    """Return the scores of a frame from the map (h, w) of its region, 0 to 1, and the share of it in the mask.

    ``top_percent`` is the mean of the highest one per cent of pixels, at least one.

    References
    ----------
    The mean probability is the frame score of Renyard 2021 (INSPIRE, Bristol).
    """
    count = max(1, model_map.size // 100)
    # Most of a map is next to nothing, and ranking what is not takes a fifth of ranking all. A sort: numpy's partition
    # takes ten times as long on maps, which are mostly equal values.
    high = model_map[model_map > 0.5]
    top = np.sort(high if high.size >= count else model_map, axis=None)[-count:]
    return Scores(mean=float(model_map.mean()), maximum=float(top[-1]), top_percent=float(top.mean()), area=area)
