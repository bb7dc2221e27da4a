"""A model as it is used: found, its card and weights checked, and proven on the runtime that will run it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import GoldenFrameError, ModelCardError, ModelError, ModelNotFoundError
from streamseg.frame import Frame, Segmentation, Unit
from streamseg.model_card import ModelCard, Weights, check_weights, decode_frame, golden_map, read_card
from streamseg.postprocess import segment
from streamseg.prepare import Placement, prepare
from streamseg.protocols import Segmenter, SegmenterInfo
from streamseg.registry import Plugin, find, plugins
from streamseg.scene import SceneTracker
from streamseg.settings import ModelSettings, OverlaySettings
from streamseg.steering.live_settings import LiveSettings

BUNDLED = Path(__file__).parent / "models"
# The first run allocates and compiles; what is proven, and timed afterwards, is the steady state.
WARM_UP_RUNS = 2


class Model:
    """A card and the segmenter that runs its weights. A context manager; made by `load_model`."""

    def __init__(self, card: ModelCard, weights: Weights, segmenter: Segmenter) -> None:
        self.card = card
        self.weights = weights
        self._segmenter = segmenter

    @property
    def info(self) -> SegmenterInfo:
        """What runs the model, as read back from the runtime."""
        return self._segmenter.info

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability map (h, w) of ``tensor`` (1, h, w, 1), both float32, 0 to 1."""
        return self._segmenter.infer(tensor)

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
        )
        prepared = SceneTracker(region, self.card.input).prepare(frame)
        return segment(frame, self.infer(prepared.tensor), prepared.placement, live)

    def close(self) -> None:
        """Free the runtime."""
        self._segmenter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close()


def load_model(settings: ModelSettings) -> Model:
    """Load the model that ``settings`` name, and prove it: the golden frame must give its answer on this very runtime.

    Raises
    ------
    ModelError
        The model cannot be used; each kind of fault is a subclass in `streamseg.errors`.
    MissingDependencyError
        The backend needs a package that is not installed.
    SettingsError
        There is no backend of that name.
    """
    plugin = find("segmenters", settings.backend)
    card_path = find_card(settings.name)
    card = read_card(card_path)
    weights = choose_weights(card, settings, plugin)
    path = card_path.with_name(weights.file)
    check_weights(weights, path)
    create = plugin.load()
    with ExitStack() as closing:
        segmenter = create(path, card.input, settings.model_copy(update={"precision": weights.precision}))
        closing.callback(segmenter.close)
        check_golden(card, segmenter)
        closing.pop_all()
    return Model(card, weights, segmenter)


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

    Raises
    ------
    ModelCardError
        The card does not name the file that was asked for.
    ModelError
        The backend does not play what was asked for.
    """
    if not _is_weights_path(settings.name):
        for weights in card.weights:
            if weights.precision == settings.precision and _plays(plugin, weights):
                return weights
        there = ", ".join(f"{weights.file} ({weights.precision})" for weights in card.weights)
        raise ModelError(
            f"model {card.name} has no {settings.precision} weights for backend {plugin.name}; it has: {there}"
        )
    file = Path(settings.name).name
    named = {weights.file: weights for weights in card.weights}
    if file not in named:
        raise ModelCardError(f"the model card of {card.name} does not name {file}; it names: {', '.join(named)}")
    if not _plays(plugin, named[file]):
        others = [name for name, other in plugins("segmenters").items() if _plays(other, named[file])]
        raise ModelError(f"backend {plugin.name} does not play {file}; these do: {', '.join(others) or 'none'}")
    return named[file]


def check_golden(card: ModelCard, segmenter: Segmenter) -> None:
    """Warm ``segmenter`` up, then compare its answer to the golden frame with the one in the card.

    Raises
    ------
    GoldenFrameError
        It answers something else; the largest difference is named.
    ModelCardError
        The card has no usable golden frame or answer at this precision.
    """
    info = segmenter.info
    outputs = {str(precision): output for precision, output in card.golden.outputs.items()}
    if info.precision not in outputs:
        raise ModelCardError(f"the model card of {card.name} has no golden output at precision {info.precision}")
    expected = golden_map(outputs[info.precision])
    tensor = _golden_tensor(card)
    if expected.shape != card.input.size:
        raise ModelCardError(f"the golden map of {card.name} is {expected.shape}, its input {card.input.size}")
    for _ in range(WARM_UP_RUNS):
        segmenter.infer(tensor)
    fault = _difference(segmenter.infer(tensor), expected, outputs[info.precision].tolerance)
    if fault:
        raise GoldenFrameError(
            f"model {card.name} ({info.precision}) does not reproduce its golden frame on {info.backend}, "
            f"{info.provider}: {fault}; choose another provider or backend, or export the model again"
        )


def _golden_tensor(card: ModelCard) -> NDArray[np.float32]:
    """Return the golden frame as the stream would prepare it."""
    frame = decode_frame(card.golden)
    unit: Unit = "hu" if frame.dtype == np.int16 else "grey"
    if frame.shape != card.input.size:
        raise ModelCardError(f"the golden frame of {card.name} is {frame.shape}; expected is {card.input.size}")
    if unit == "hu" and card.input.window is None:
        raise ModelCardError(f"the golden frame of {card.name} is in Hounsfield units, but its input has no window")
    return prepare(frame, unit, card.input, Placement.fit(card.input.size, None, card.input))


def _difference(actual: NDArray[np.float32], expected: NDArray[np.float32], tolerance: float) -> str:
    """Return in words how ``actual`` differs from ``expected``; nothing where it is within ``tolerance``."""
    not_numbers = int(np.count_nonzero(~np.isfinite(actual)))
    if not_numbers:
        return f"{not_numbers} of {actual.size} probabilities are not numbers"
    largest = float(np.abs(actual - expected).max())
    return f"largest difference {largest:.4g}, tolerance {tolerance:.4g}" if largest > tolerance else ""


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
