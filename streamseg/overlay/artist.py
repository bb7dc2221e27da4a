"""Draws the renderings of one stream: for the screen at once, and for what is kept when somebody keeps it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from streamseg.frame import Rendering, Segmentation
from streamseg.outline import Cover
from streamseg.overlay.caption import Caption
from streamseg.overlay.compose import blacked_out, draw, overlay_marks
from streamseg.overlay.panes import picture_panes
from streamseg.protocols import StreamInfo
from streamseg.steering.live_settings import LiveSettings
from streamseg.windows import shown_window


class Artist:
    """Knows what is the same over a stream: the names in the caption, the window, and what may not be kept."""

    def __init__(self, stream: StreamInfo) -> None:
        settings = stream.settings
        self._is_live = stream.source.is_live
        self._caption = Caption.of(stream.card, stream.route)
        self._window = shown_window(settings.source.window, stream.card.input)
        self._areas = settings.output.masked_boxes
        self._keeps_text = settings.output.keep_text

    def render(
        self,
        segmentation: Segmentation,
        live: LiveSettings,
        *,
        rates_hz: tuple[float, float],
        is_paused: bool,
        is_frozen: bool,
    ) -> Rendering:
        """Return ``segmentation`` drawn with ``live``, without what the stream knows besides.

        Parameters
        ----------
        rates_hz
            Pictures and masks per second.
        """
        frame = segmentation.frame
        caption = replace(
            self._caption,
            fps=rates_hz[0],
            inference_hz=rates_hz[1],
            mask_age_ms=segmentation.mask_age_ms,
            is_recording=live.is_recording,
            is_paused=is_paused and not self._is_live,
            is_frozen=is_frozen,
            has_position=frame.position_mm is not None,
        )
        outline = None if self._keeps_text else segmentation.scan
        cover = Cover(outline, self._areas, picture_panes(frame.size, live.overlay.mode))
        marks = overlay_marks(segmentation, live.overlay, caption.rgb)
        canvas = draw(segmentation, settings=live.overlay, caption=caption, window=self._window, marks=marks)
        keep = partial(blacked_out, canvas, marks, cover) if cover.is_needed else None
        return Rendering(segmentation, canvas, rates_hz[0], cover=cover, keep=keep)
