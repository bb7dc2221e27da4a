"""From the model's map to a `Segmentation`: smoothing over time, threshold, smallest area, scores."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame, Scores, Segmentation, Stamps
from streamseg.geometry import Box, Size
from streamseg.measure import measure_parts
from streamseg.measure.part import Parts, box_of
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
    parts = _parts(probability, region, live, _reach(model_map, placement, live.threshold))
    area_px = 0 if parts is None else parts.area_px
    segmentation = Segmentation(
        frame=frame,
        probability=probability,
        mask=_mask(parts, frame.size),
        region=region,
        scores=frame_scores(placement.letterbox.inner.crop(model_map), area_px / region.area),
        threshold=live.threshold,
        area_px=area_px,
        area_mm2=_area_mm2(area_px, frame),
        is_new_scene=is_new_scene,
        scan=placement.scan,
        stamps=stamps or Stamps(captured_ns=frame.captured_ns),
    )
    return replace(segmentation, measurements=measure_parts(segmentation, parts, live.measure))


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
    parts = _parts(segmentation.probability, segmentation.region, live, segmentation.region)
    area_px = 0 if parts is None else parts.area_px
    frame = with_spacing(segmentation.frame, live.spacing_mm)
    changed = replace(
        segmentation,
        frame=frame,
        mask=_mask(parts, frame.size),
        threshold=live.threshold,
        scores=replace(segmentation.scores, area=area_px / segmentation.region.area),
        area_px=area_px,
        area_mm2=_area_mm2(area_px, frame),
    )
    return replace(changed, measurements=measure_parts(changed, parts, live.measure))


def threshold_mask(probability: NDArray[np.float32], region: Box, live: LiveSettings) -> NDArray[np.bool_]:
    """Return where ``probability`` (H, W) reaches the threshold inside ``region``, read-only; only parts that count."""
    return _mask(_parts(probability, region, live, region), (probability.shape[0], probability.shape[1]))


def _parts(probability: NDArray[np.float32], region: Box, live: LiveSettings, reach: Box | None) -> Parts | None:
    """Return the parts of the mask of `threshold_mask`, None if it is empty; they are looked for in ``reach`` alone."""
    if reach is None:
        return None
    parts = Parts.of(reach.crop(probability) >= live.threshold, (reach.top, reach.left))
    if parts is not None and live.is_single:
        parts = parts.only_largest()
    smallest_px = max(live.smallest_area_px, math.ceil(live.smallest_share * region.area))
    return parts if parts is None or smallest_px <= 1 else parts.without_small(smallest_px)


def _mask(parts: Parts | None, size: Size) -> NDArray[np.bool_]:
    mask = np.zeros(size, np.bool_) if parts is None else parts.mask(size)
    mask.flags.writeable = False
    return mask


def _reach(model_map: NDArray[np.float32], placement: Placement, threshold: float) -> Box | None:
    """Return a box of the frame in which all lies that reaches ``threshold``, seen in the much smaller map (h, w)."""
    inner, region = placement.letterbox.inner, placement.region
    # Rounding may take a value between two others to just above both.
    found = box_of(inner.crop(model_map) >= threshold - 1e-6)
    if found is None:
        return None
    # What is between a pixel that reaches it and its neighbours may reach it too; one more for rounding.
    top = max(0, (found.top - 1) * region.height // inner.height - 1)
    left = max(0, (found.left - 1) * region.width // inner.width - 1)
    bottom = min(region.height, (found.top + found.height + 1) * region.height // inner.height + 2)
    right = min(region.width, (found.left + found.width + 1) * region.width // inner.width + 2)
    return Box(region.top + top, region.left + left, bottom - top, right - left)


def _area_mm2(area_px: int, frame: Frame) -> float | None:
    return None if frame.spacing_mm is None else area_px * frame.spacing_mm[0] * frame.spacing_mm[1]


def frame_scores(model_map: NDArray[np.float32], area: float) -> Scores:
    """Return the scores of a frame from the map (h, w) of its region, 0 to 1, and the share of it in the mask.

    ``top_percent`` is the mean of the highest one per cent of pixels, at least one.

    References
    ----------
    The mean probability is the frame score of Renyard 2021 (INSPIRE, Bristol).
    """
    top = _highest(model_map, max(1, model_map.size // 100))
    return Scores(mean=float(model_map.mean()), maximum=float(top[-1]), top_percent=float(top.mean()), area=area)


def _highest(model_map: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return the ``count`` highest values of a map (h, w), rising."""
    # Ranking one value in 64 tells from where on to rank all: about three in 128 are above. A sort: numpy's partition
    # takes ten times as long on maps, which are mostly equal values.
    sample = np.sort(model_map[::8, ::8], axis=None)
    high = model_map[model_map >= sample[-1 - count * 3 // 128]]
    return np.sort(high if high.size >= count else model_map, axis=None)[-count:]
