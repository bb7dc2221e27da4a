"""Every drawing widget of the dashboard with made-up data, for snapshots and for looking at."""

import math

import numpy as np
from numpy.typing import NDArray
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical

from streamseg.dashboard.widgets.ageing import Ageing
from streamseg.dashboard.widgets.histogram import Histogram, Probabilities
from streamseg.dashboard.widgets.level import Level, Reading
from streamseg.dashboard.widgets.preview import Preview
from streamseg.dashboard.widgets.score_plot import ScorePlot, Scores
from streamseg.dashboard.widgets.scrubber import Scrubber, Track
from streamseg.dashboard.widgets.sparkline import Sparkline
from streamseg.dashboard.widgets.stage_table import StageRow, StageTable
from streamseg.dashboard.widgets.timeline import Curve, Timeline
from streamseg.overlay.heatmap import colours_of

STAGES = ("capture", "buffer", "prepare", "inference", "postprocess", "overlay")


def minute(base: float, *, seed: int, noise: float = 0.1, known: float = 0.9) -> NDArray[np.float64]:
    """Return 120 values about ``base``; the first tenth is missing, as early in a run."""
    rng = np.random.default_rng(seed)
    values = base * (1 + 0.15 * np.sin(np.arange(120) / 9) + noise * rng.standard_normal(120))
    values[: round(120 * (1 - known))] = np.nan
    return np.maximum(values, 0)


def stage_rows() -> list[StageRow]:
    rows = []
    for seed, (name, p50) in enumerate(zip(STAGES, (1.9, 0.3, 0.8, 21.4, 1.2, 2.6), strict=True)):
        rows.append(StageRow(name, p50, p50 * 1.2, p50 * 1.5, p50 * 2.8, minute(p50, seed=seed)))
    total = sum(row.p50 for row in rows)
    return [*rows, StageRow("end to end", total, 33.9, 41.2, 88.0, minute(total, seed=9), is_total=True)]


def frame_scores(length: int = 900) -> NDArray[np.float64]:
    """Return scores with three findings, and the last fifth not computed yet."""
    index = np.arange(length)
    scores = 0.08 + 0.04 * np.sin(index / 11) + 0.03 * np.random.default_rng(5).random(length)
    for centre, width, height in ((180, 22, 0.7), (430, 45, 0.82), (600, 9, 0.55)):
        scores += height * np.exp(-(((index - centre) / width) ** 2))
    scores[length * 4 // 5 :] = np.nan
    return np.clip(scores, 0, 1)


def probability_counts() -> NDArray[np.int64]:
    values = np.arange(50) / 50
    return np.asarray(60_000 * np.exp(-values * 14) + 900 * np.exp(-(((values - 0.86) / 0.09) ** 2)), np.int64)


def fan(height: int = 240, width: int = 320) -> NDArray[np.uint8]:
    """Return a sector scan of speckle with a bright ring and a heatmap over it (height, width, 3)."""
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    x, y = (columns - width / 2) / height, (rows + height * 0.12) / height
    angle, depth = np.arctan2(x, y), np.hypot(x, y)
    inside = (np.abs(angle) < math.radians(38)) & (depth > 0.14) & (depth < 1.1)
    speckle = np.random.default_rng(3).rayleigh(0.22, (height, width))
    radius = np.hypot((x - 0.03) / 0.30, (y - 0.66) / 0.22)
    ring = 0.9 * np.exp(-(((radius - 1) / 0.09) ** 2))
    light = np.clip(speckle * np.where(radius < 1, 0.4, 1.0) * (1.25 - depth) + ring, 0, 1) * inside
    probability = np.clip(1.25 - radius, 0, 1) * inside
    alpha = (0.55 * (probability > 0.15))[..., None]
    heat = colours_of("inferno")[np.rint(probability * 255).astype(int)]
    return np.asarray(light[..., None] * 255 * (1 - alpha) + heat * alpha, np.uint8)


class Gallery(App[None]):
    """All widgets on one screen."""

    CSS = """
    Horizontal { height: 1fr; }
    Vertical { width: 1fr; padding: 0 1; }
    #left { width: 1.1fr; padding: 0; }
    .panel { border: round $panel-lighten-2; border-title-color: $text-muted; height: auto; padding: 0 1; }
    #picture { height: 1fr; padding: 0; }
    Sparkline, Ageing { height: 1; }
    """

    def __init__(
        self, picture: NDArray[np.uint8] | None = None, *, theme: str = "textual-dark", is_ascii: bool = False
    ) -> None:
        super().__init__()
        self._picture = fan() if picture is None else picture
        self._is_ascii = is_ascii
        self.theme = theme

    def compose(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="left"):
                with Vertical(id="picture", classes="panel") as panel:
                    panel.border_title = "us-fetal-head"
                    yield Preview(depth="ascii" if self._is_ascii else "true")
                with Vertical(classes="panel") as panel:
                    panel.border_title = "position"
                    yield Scrubber(is_ascii=self._is_ascii)
            with Vertical():
                with Vertical(classes="panel") as panel:
                    panel.border_title = "rates"
                    yield Ageing(is_ascii=self._is_ascii)
                    yield Sparkline("capture", unit="/s", keep="min", is_ascii=self._is_ascii)
                    yield Timeline(is_ascii=self._is_ascii)
                with Vertical(classes="panel") as panel:
                    panel.border_title = "latency"
                    yield StageTable(is_ascii=self._is_ascii)
                with Vertical(classes="panel") as panel:
                    panel.border_title = "probability"
                    yield Histogram(is_ascii=self._is_ascii)
                with Vertical(classes="panel") as panel:
                    panel.border_title = "findings"
                    yield ScorePlot(is_ascii=self._is_ascii)
                with Vertical(classes="panel") as panel:
                    panel.border_title = "load"
                    yield Level(is_ascii=self._is_ascii)

    def on_mount(self) -> None:
        scores = frame_scores()
        track = Track(900, 431, scores, 0.5, {90: "m", 200: "!", 640: "m"}, 25.0)
        self.query_one(Preview).show(self._picture)
        self.query_one(Scrubber).show(track)
        self.query_one(Ageing).show(42.0)
        self.query_one(Sparkline).show(minute(25, seed=1, noise=0.05))
        latency = Curve(minute(29, seed=2), "capture to canvas, p95", "ms", limit=40.0)
        self.query_one(Timeline).show(latency)
        self.query_one(StageTable).show(stage_rows())
        self.query_one(Histogram).show(Probabilities(probability_counts(), 0.5, 0.15, colours_of("inferno")))
        self.query_one(ScorePlot).show(Scores(scores[:720], 0.5, 60.0, "mean of the top per cent"))
        self.query_one(Level).show(
            Reading("buffer", 0.25, "1 of 4"), Reading("CPU", 0.78), Reading("memory", 0.97, "7.8 of 8.0 GiB")
        )
