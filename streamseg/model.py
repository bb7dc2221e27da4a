"""A model as it is used: found, its card and weights checked, and proven on the runtime that will run it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from streamseg.backends.choice import open_fastest
from streamseg.backends.lanes import Lanes, open_lanes
from streamseg.backends.uses import Use
from streamseg.errors import ModelCardError, ModelError, ModelNotFoundError, UnplayableError
from streamseg.frame import Frame, Segmentation
from streamseg.golden import golden_tensor, proven
from streamseg.model_card import ModelCard, Weights, check_weights, read_card
from streamseg.postprocess import segment
from streamseg.protocols import Segmenter, SegmenterInfo
from streamseg.registry import Plugin, find, plugins
from streamseg.scene import SceneTracker
from streamseg.settings import AUTO, ModelSettings, OverlaySettings
from streamseg.steering.live_settings import LiveSettings

BUNDLED = Path(__file__).parent / "models"
PROCESSORS = ("CPU", "CPUExecutionProvider")
"""Providers whose threads are shared out among lanes; another device does its own work side by side."""


class Model:
    """A card and what runs its weights. A context manager; made by `load_model`.

    Parameters
    ----------
    opened
        What it infers with at first: a single lane, or several.
    info
        What runs it, as read back from the runtime; the threads are those of all lanes together.
    open_lane
        Opens the same weights once more, on so many threads; None where that would gain nothing.
    """

    def __init__(
        self,
        card: ModelCard,
        weights: Weights,
        opened: Lanes,
        info: SegmenterInfo,
        *,
        open_lane: Callable[[int], Segmenter] | None = None,
    ) -> None:
        self.card = card
        self.weights = weights
        self.info = info
        has_several = len(opened) > 1
        self._single = None if has_several else opened
        self._lanes = opened if has_several else None
        self._has_lanes = open_lane is not None
        self._open_lane = open_lane or _open_once
        self._opening = threading.Lock()

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability map (h, w) of ``tensor`` (1, h, w, 1), both float32, 0 to 1: one after the other."""
        return self.single.infer(tensor)

    @property
    def single(self) -> Lanes:
        """The model for one picture at a time, on all threads: that of `infer`. Opened when it is first needed.

        Raises
        ------
        ModelError
            It cannot be opened again.
        """
        with self._opening:
            if self._single is None:
                self._single = Lanes([self._open_lane(self.info.threads)])
            return self._single

    @property
    def lanes(self) -> Lanes:
        """The model for several pictures at once, opened when it is first needed; see `streamseg.backends.lanes`.

        It takes the place of `single` in memory, which is opened again should it be needed. A single lane, that of
        `infer`, where the runtime cannot have more, or does not run on the processor.

        Raises
        ------
        ModelError
            It cannot be opened again.
        """
        if not self._has_lanes:
            return self.single
        with self._opening:
            if self._lanes is None:
                self._lanes = open_lanes(self.info.threads, self._open_lane)
                if self._single is not None:
                    self._single.close()
                    self._single = None
            return self._lanes

    def segment(
        self,
        image: NDArray[Any] | Frame,
        *,
        threshold: float | None = None,
        region: str = "auto",
        smallest_area_px: int = 0,
    ) -> Segmentation:
        """Return the segmentation of one picture, as a stream of this one frame would give it.

        Parameters
        ----------
        image
            Grey (H, W) or RGB (H, W, 3), uint8, or a `Frame`, which may hold Hounsfield units and spacing too.
        threshold
            Probability from which a pixel belongs to the mask, 0 to 1; by default the card's.
        region
            ``"auto"``, ``"whole"``, or ``"TOP,LEFT,HEIGHT,WIDTH"`` in pixels.

        Raises
        ------
        ValueError
            This is no picture for this model.
        """
        frame = image if isinstance(image, Frame) else Frame(np.array(image), 0, time.monotonic_ns())
        live = LiveSettings(
            threshold=self.card.threshold if threshold is None else threshold,
            overlay=OverlaySettings(),
            smallest_area_px=smallest_area_px,
            measure=self.card.measurements,
        ).with_rule(self.card.mask)
        prepared = SceneTracker(region, self.card.input).prepare(frame)
        return segment(frame, self.infer(prepared.tensor), prepared.placement, live)

    def close(self) -> None:
        """Free the runtime."""
        for lanes in (self._single, self._lanes):
            if lanes is not None:
                lanes.close()
        self._single = self._single or self._lanes  # used again, it says that it is closed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close()


def load_model(settings: ModelSettings, *, use: Use = "single") -> Model:
    """Load the model that ``settings`` name, and prove it: the golden frame must give its answer on this very runtime.

    With backend ``auto``, on the fastest one, which is measured the first time; see `streamseg.backends.choice`.

    Parameters
    ----------
    use
        What it is opened for, and must be fast at: ``"single"``, one picture at a time, or ``"at once"``, several of a
        file. It can do either.

    Raises
    ------
    ModelError
        The model cannot be used; each kind of fault is a subclass in `streamseg.errors`.
    MissingDependencyError
        The backend needs a package that is not installed.
    SettingsError
        There is no backend of that name.
    """
    if settings.backend != AUTO:
        return _load_on(settings, use=use)
    card = read_card(find_card(settings.name))
    return open_fastest(settings, card, golden_tensor(card), partial(_load_on, use=use), use=use)


def _load_on(settings: ModelSettings, *, use: Use) -> Model:
    """Load the model on the backend that ``settings`` name."""
    plugin = find("segmenters", settings.backend)
    card_path = find_card(settings.name)
    card = read_card(card_path)
    weights = choose_weights(card, settings, plugin)
    path = card_path.with_name(weights.file)
    check_weights(weights, path)
    create = plugin.load()
    wanted = settings.model_copy(update={"precision": weights.precision})

    def open_on(threads: int | None) -> Segmenter:
        segmenter: Segmenter = create(path, card.input, wanted.model_copy(update={"threads": threads}))
        return segmenter

    def open_lane(threads: int) -> Segmenter:
        return proven(card, open_on(threads))

    # Whether lanes gain anything depends on the device, which is known once it is open.
    segmenter = open_on(settings.threads)
    info = segmenter.info
    has_lanes = plugin.has_lanes and info.threads > 1 and info.provider in PROCESSORS
    if has_lanes and use == "at once":
        segmenter.close()
        opened = open_lanes(info.threads, open_lane)
    else:
        opened = Lanes([proven(card, segmenter)])
    return Model(card, weights, opened, info, open_lane=open_lane if has_lanes else None)


def _open_once(threads: int) -> Segmenter:
    """Refuse to open a model that is open once and stays so."""
    raise ModelError(f"this model cannot be opened again on {threads} threads; load it anew")


def bundled_models() -> dict[str, Path]:
    """Return the cards of the models that come with streamseg, by name."""
    return {card.stem: card for card in sorted(BUNDLED.glob("*.json"))}


def find_card(name_or_path: str) -> Path:
    """Return the card of a bundled model, or of a weights file, SavedModel folder or card given by its path.

    Raises
    ------
    ModelNotFoundError
        There is no bundled model of that name, and nothing at that path.
    ModelCardError
        The weights have no card beside them.
    """
    bundled = bundled_models()
    if name_or_path in bundled:
        return bundled[name_or_path]
    path = Path(name_or_path)
    if not path.exists():
        raise ModelNotFoundError(
            f"there is no bundled model and no file {name_or_path!r}; bundled are: {', '.join(bundled) or 'none'}"
        )
    if path.suffix == ".json":
        return path
    candidates = list(_cards_beside(path))
    for card in candidates:
        if card.is_file():
            return card
    raise ModelCardError(
        f"{path} has no model card; put {candidates[-1].name} beside it, which says what the model expects and promises"
    )


def choose_weights(card: ModelCard, settings: ModelSettings, plugin: Plugin) -> Weights:
    """Return the weights that were named, else the first ones of the card in the precision that ``plugin`` plays.

    Those made for this backend come before those for all.

    Raises
    ------
    ModelCardError
        The card does not name the file that was asked for.
    UnplayableError
        The backend does not play what was asked for.
    """
    if not _is_weights_path(settings.name):
        fitting = [each for each in card.weights if each.precision == settings.precision and _plays(plugin, each)]
        fitting = [each for each in fitting if plugin.name in each.backends or not each.backends]
        if fitting:
            return max(fitting, key=lambda each: plugin.name in each.backends)  # of several, max gives the first
        there = ", ".join(f"{weights.file} ({weights.precision})" for weights in card.weights)
        raise UnplayableError(
            f"model {card.name} has no {settings.precision} weights for backend {plugin.name}; it has: {there}"
        )
    file = Path(settings.name).name
    named = {weights.file: weights for weights in card.weights}
    if file not in named:
        raise ModelCardError(f"the model card of {card.name} does not name {file}; it names: {', '.join(named)}")
    if not _plays(plugin, named[file]):
        others = [name for name, other in plugins("segmenters").items() if _plays(other, named[file])]
        raise UnplayableError(f"backend {plugin.name} does not play {file}; these do: {', '.join(others) or 'none'}")
    return named[file]


def _is_weights_path(name_or_path: str) -> bool:
    return name_or_path not in bundled_models() and Path(name_or_path).suffix != ".json"


def _cards_beside(path: Path) -> Iterator[Path]:
    """Yield where the card of ``path`` may be: for ``a.int8.onnx`` a.int8.onnx.json, a.int8.json and a.json."""
    name = path.name
    while name:
        yield path.with_name(f"{name}.json")
        name = name.rpartition(".")[0]


def _plays(plugin: Plugin, weights: Weights) -> bool:
    if plugin.entry_point is not None:
        return True  # a plugin of another distribution says nothing before it is imported
    return plugin.folders if weights.format == "savedmodel" else f".{weights.format}" in plugin.suffixes
