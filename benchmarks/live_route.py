"""The live route against the exact one: how soon every frame is drawn, and how true the mask on it is.

Usage: ``python benchmarks/live_route.py [CLIP ...] [--rates 30,60] [--rounds 3] [--seconds 8] [--precision int8]``.

Each clip is decoded beforehand and played by the clock as a live source, one picture at a tick, forth and back so that
there is no jump. Its own mask of each picture is inferred beforehand too, with the same model. Both routes take turns.
By default the clips are the bundled one, the real ones in ``STREAMSEG_DATA`` (where that is set), and real stills of
heads in there that are moved as a probe moves them.

How true masks are that were carried over so many pictures is worked out first, without a clock: that does not depend
on the machine. ``--rounds 0`` leaves it at that.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import get_args

import cv2
import numpy as np
from live import Clockwork
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import streamseg
from streamseg.api import assemble, live_settings
from streamseg.carry.carrier import Carrier
from streamseg.frame import Frame, Rendering
from streamseg.machine import machine_line
from streamseg.model import Model
from streamseg.postprocess import segment
from streamseg.prepare import Placement
from streamseg.protocols import StreamInfo
from streamseg.scene import SceneTracker
from streamseg.settings import Route, SourceSettings, StreamSettings, load_settings
from streamseg.sources.video import create
from streamseg.steering.controls import Controls
from streamseg.watch.summary import Summary

Mask = NDArray[np.bool_]
BUNDLED = Path(__file__).parent.parent / "sample_videos" / "us-fetal-head.mp4"
LONGEST = 240
SETTLED = 15  # frames by which the region of interest is settled
STILLS = ("002_HC", "013_HC")  # heads that lie within the picture
NOISE_LEVELS = 3
DELAYS = (1, 2, 4)  # a map comes after so many frames, and a new one every so many


@dataclass(frozen=True)
class Clip:
    """Pictures to play, each with the mask that the model gives it, and where the model looks.

    Attributes
    ----------
    carried
        IoU with the own mask in the mean, the same of a mask that is held where it was, and the share of frames without
        a mask, for each of `DELAYS`; not of the way back.
    """

    name: str
    pictures: list[NDArray[np.uint8]]
    masks: list[Mask]
    region: str
    carried: list[tuple[float, float, float]]


@dataclass
class Shown:
    """A sink that remembers every mask that was shown, in bits."""

    name: str = "shown"
    needs_main_thread: bool = False
    needs_every_frame: bool = True
    masks: dict[int, NDArray[np.uint8]] = field(default_factory=dict)
    without: int = 0

    def open(self, stream: StreamInfo) -> None:
        """Do nothing."""

    def write(self, rendering: Rendering) -> None:
        """Keep the mask of a frame that shows one."""
        segmentation = rendering.segmentation
        if segmentation.mask_age_ms is None:
            self.without += 1
        else:
            self.masks[segmentation.frame.index] = np.packbits(segmentation.mask)

    def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Result:
    """What one run gave; shares are 0 to 1, times in milliseconds."""

    drawn: float
    p50: float
    p95: float
    p99: float
    shown_hz: float
    inferred_hz: float
    iou: float
    iou_low: float
    flicker: float
    without: float


def main() -> None:
    """Measure and print a table."""
    arguments = _arguments()
    console = Console(width=150)
    settings = load_settings({("model", "precision"): arguments.precision})
    threads = {} if arguments.threads is None else {"threads": arguments.threads}
    with streamseg.load_model(precision=arguments.precision, **threads) as model:
        clips = [prepared(name, pictures, model) for name, pictures in pictures_of(arguments.clips)]
        console.print(offline_table(clips))
        if not arguments.rounds:
            return
        run(clips[0], 30, 2, model, settings, "live")  # to warm up
        results: dict[tuple[str, int, Route], list[Result]] = {}
        rates = [int(rate) for rate in arguments.rates.split(",")]
        for _ in track(range(arguments.rounds), "measuring", console=console, transient=True):
            for clip in clips:
                for rate_hz in rates:
                    for route in get_args(Route):
                        result = run(clip, rate_hz, arguments.seconds, model, settings, route)
                        results.setdefault((clip.name, rate_hz, route), []).append(result)
        info = model.info
    console.print(table(results))
    for clip in clips:
        console.print(f"{clip.name}: {_own_figures(clip)}")
    console.print(
        f"medians (ranges) of {arguments.rounds} runs of {arguments.seconds:g} s; {info.precision}, {info.backend}, "
        f"{info.threads} threads, load {os.getloadavg()[0]:.1f} at the end. {machine_line()}"
    )


def run(clip: Clip, rate_hz: int, seconds: float, model: Model, settings: StreamSettings, route: Route) -> Result:
    """Play ``clip`` on ``route``."""
    post = settings.postprocess.model_copy(update={"region": clip.region})
    settings = settings.model_copy(update={"route": route, "postprocess": post})
    controls, shown = Controls(live_settings(model, settings)), Shown()
    source = Clockwork(clip.pictures, rate_hz, seconds)
    summary = assemble(source, model, settings, controls, [shown]).run()
    return _result(clip, shown, summary, seconds)


def _result(clip: Clip, shown: Shown, summary: Summary, seconds: float) -> Result:
    own = [np.packbits(mask) for mask in clip.masks]
    pairs = [(mask, own[index % len(own)]) for index, mask in shown.masks.items()]
    overlaps = np.array([iou(mask, true) for mask, true in pairs] or [0.0])
    neighbours = [1 - iou(shown.masks[before], shown.masks[after]) for before, after in pairwise(sorted(shown.masks))]
    spread = summary.latency_ms["capture_to_canvas"]
    offered = summary.frames_in + summary.drops.get("capture_busy", 0)
    return Result(
        drawn=summary.frames_out / offered,
        p50=spread.p50,
        p95=spread.p95,
        p99=spread.p99,
        shown_hz=summary.fps,
        inferred_hz=summary.latency_ms["inference"].count / seconds,
        iou=float(overlaps.mean()),
        iou_low=float(np.percentile(overlaps, 5)),
        flicker=float(np.mean(neighbours or [0.0])),
        without=shown.without / max(1, summary.frames_out),
    )


def iou(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the intersection over union of two masks in bits; 1 where both are empty."""
    union = int(np.bitwise_count(one | other).sum())
    return 1.0 if union == 0 else int(np.bitwise_count(one & other).sum()) / union


def prepared(name: str, pictures: list[NDArray[np.uint8]], model: Model) -> Clip:
    """Return the clip of ``pictures``, forth and back, with their own masks."""
    tracker = SceneTracker("auto", model.card.input)
    for index, picture in enumerate(pictures[:SETTLED]):
        box = tracker.prepare(Frame(picture, index, 0)).placement.region
    region = f"{box.top},{box.left},{box.height},{box.width}"
    live = live_settings(model, StreamSettings())
    tracker = SceneTracker(region, model.card.input)
    tensors, maps, masks = [], [], []
    for index, picture in enumerate(pictures):
        frame = Frame(picture, index, 0)
        tensors.append(tracker.prepare(frame).tensor)
        maps.append(model.infer(tensors[-1]))
        masks.append(segment(frame, maps[-1], Placement.fit(frame.size, box, model.card.input), live).mask)
    carried = [carry(tensors, maps, live.threshold, delay) for delay in DELAYS]
    back = slice(-2, 0, -1)
    return Clip(name, pictures + pictures[back], masks + masks[back], region, carried)


def carry(
    tensors: Sequence[NDArray[np.float32]], maps: Sequence[NDArray[np.float32]], threshold: float, delay: int
) -> tuple[float, float, float]:
    """Return how true masks are where every ``delay`` frames a map comes that is so many frames old; see `Clip`."""
    carrier = Carrier(maps[0].shape, oldest_ns=10**9)
    overlaps, held, without = [], [], 0
    for index, tensor in enumerate(tensors):
        at_ns = index * 10**7
        carrier.advance(tensor[0, :, :, 0], index, at_ns)
        source = index - delay
        if source >= 0 and source % delay == 0:
            carrier.accept(source, maps[source])
        carried = carrier.carry(at_ns)
        if source < 0:
            continue
        own = np.packbits(maps[index] >= threshold)
        held.append(iou(np.packbits(maps[source - source % delay] >= threshold), own))
        without += carried is None
        if carried is not None:
            overlaps.append(iou(np.packbits(carried.model_map >= threshold), own))
    return float(np.mean(overlaps or [0.0])), float(np.mean(held)), without / len(held)


def offline_table(clips: Sequence[Clip]) -> Table:
    """Return how true carried masks are, whatever the machine."""
    printed = Table("clip", *(f"a map every {delay}, {delay} late" for delay in DELAYS), "own masks of neighbours")
    printed.caption = "IoU with the own mask: carried by flow / held where it was (frames without a mask)"
    for clip in clips:
        cells = (f"{carried:.3f} / {held:.3f} ({without:.0%})" for carried, held, without in clip.carried)
        printed.add_row(clip.name, *cells, f"{_constancy(clip):.3f}")
    return printed


def table(results: dict[tuple[str, int, Route], list[Result]]) -> Table:
    """Return medians over the runs of each clip, rate and route, with the range of what there is a target for."""
    titles = ("clip", "Hz", "route", "drawn %", "to canvas p50", "p95 (range)", "p99", "shown /s", "masks /s")
    printed = Table(*titles, "IoU to own (range)", "IoU p5", "flicker %", "no mask %")
    for (name, rate_hz, route), runs in results.items():
        middle = Result(*(median(values) for values in zip(*map(astuple, runs), strict=True)))
        lows, highs = (Result(*map(pick, zip(*map(astuple, runs), strict=True))) for pick in (min, max))
        printed.add_row(
            *(name, f"{rate_hz}", route, f"{100 * middle.drawn:.1f}", f"{middle.p50:.1f}"),
            f"{middle.p95:.1f} ({lows.p95:.1f}-{highs.p95:.1f})",
            *(f"{middle.p99:.1f}", f"{middle.shown_hz:.1f}", f"{middle.inferred_hz:.1f}"),
            f"{middle.iou:.3f} ({lows.iou:.3f}-{highs.iou:.3f})",
            *(f"{middle.iou_low:.3f}", f"{100 * middle.flicker:.1f}", f"{100 * middle.without:.1f}"),
        )
    return printed


def _own_figures(clip: Clip) -> str:
    height, width = clip.pictures[0].shape[:2]
    share = 100 * np.mean(clip.masks)
    return f"{width}x{height}, {len(clip.pictures)} pictures forth and back, mask {share:.1f} % of the picture"


def _constancy(clip: Clip) -> float:
    """Return the mean IoU of the own masks of neighbouring pictures."""
    return float(np.mean([iou(before, after) for before, after in pairwise(map(np.packbits, clip.masks))]))


def pictures_of(clips: Sequence[Path]) -> Iterator[tuple[str, list[NDArray[np.uint8]]]]:
    """Yield the name and the pictures of each clip, or of the usual ones."""
    data = Path(os.environ.get("STREAMSEG_DATA", "nowhere"))
    for path in clips or [BUNDLED, *sorted((data / "us" / "cine").glob("*.mp4"))]:
        with create(str(path), SourceSettings()) as source:
            yield path.stem, [frame.image for frame, _ in zip(source, range(LONGEST), strict=False)]
    for name in () if clips or not data.is_dir() else STILLS:
        yield f"{name}, moved", list(_moved(data / "us" / "hc18" / "images" / f"{name}.png"))


def _moved(still: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield a picture shifted, turned and scaled smoothly, by up to 10 % of its side, 8 degrees and 8 %, with noise."""
    grey = np.asarray(cv2.imread(str(still), cv2.IMREAD_GRAYSCALE), np.uint8)
    height, width = grey.shape
    random = np.random.default_rng(0)
    for turn in np.linspace(0, 2 * np.pi, LONGEST // 2, endpoint=False):
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 8 * np.sin(2 * turn), 1 + 0.08 * np.sin(turn))
        matrix[:, 2] += 0.1 * min(grey.shape) * np.array([np.cos(turn), np.sin(turn)])
        moved = cv2.warpAffine(grey, matrix, (width, height))
        yield np.clip(moved + random.normal(0, NOISE_LEVELS, grey.shape), 0, 255).astype(np.uint8)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="*", type=Path, help="files to play instead of the usual ones")
    parser.add_argument("--rates", default="30,60", help="in Hz")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, taken in turns; 0 for none")
    parser.add_argument("--seconds", type=float, default=8, help="length of each run")
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--threads", type=int, help="of the model; by default all cores")
    arguments = parser.parse_args()
    if missing := [str(clip) for clip in arguments.clips if not clip.is_file()]:
        parser.error(f"there is no file {missing[0]}; check the path")
    return arguments


if __name__ == "__main__":
    main()
