"""The model card: what a model expects and promises. A JSON file beside the weights, checked whenever they are loaded.

See Mitchell et al. 2019, "Model Cards for Model Reporting", doi 10.1145/3287560.3287596.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Annotated, Literal, Self

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from streamseg.errors import ChecksumError, ModelCardError

MeasurementKind = Literal["area", "diameters", "depth", "hc", "bpd"]
"""What may be measured on a mask; `streamseg.measurement.Measurement` describes each."""
Precision = Literal["float32", "int8"]
WeightsFormat = Literal["onnx", "keras", "savedmodel", "tflite", "coreml"]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Share = Annotated[float, Field(ge=0, le=1)]

NAME_PATTERN = r"^[a-z0-9][a-z0-9.-]*$"
LOWEST_HU = -1024
"""Density that a golden frame in Hounsfield units keeps as 0."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Window(_Part):
    """An intensity window in Hounsfield units."""

    centre_hu: float
    width_hu: Annotated[float, Field(gt=0)]


class InputSpec(_Part):
    """The tensor that the model takes: (1, height, width, 1) float32.

    Without a window, grey 0 to 255 becomes 0 to 1. With one, Hounsfield units do over the window; display grey levels
    are taken as already windowed.

    Attributes
    ----------
    region
        What of a picture it is made for, where no region is given: all of it, or the square around the skull
        (`streamseg.scan.skull`).
    """

    height: Annotated[int, Field(ge=16, le=2048)]
    width: Annotated[int, Field(ge=16, le=2048)]
    colour: Literal["grey"] = "grey"
    window: Window | None = None
    region: Literal["whole", "skull"] = "whole"

    @model_validator(mode="after")
    def _check_region(self) -> Self:
        if self.region == "skull" and self.window is None:
            raise ValueError("a region of 'skull' needs a window, in which bone is white")
        return self

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.height, self.width


class Structure(_Part):
    """The structure that the model outlines, and the colour of its contour."""

    name: Annotated[str, Field(min_length=1)]
    colour: Colour


class MaskRule(_Part):
    """Which connected parts of a mask count, chosen on validation data.

    Attributes
    ----------
    is_single
        There is at most one such structure in a picture: only the largest part counts, and its holes are filled.
    smallest_share
        Parts below this share of the region of interest are no findings.
    """

    is_single: bool = False
    smallest_share: Annotated[float, Field(ge=0, le=0.1)] = 0.0


class Weights(_Part):
    """One file of weights. Several hold the same network for other runtimes or in other precisions.

    ``backends`` are those that the file is made for: they take it before any other, and others pass it over unless it
    is named. Empty: for all. ``derived_from`` is the file whose network this one calculates by another graph.
    """

    file: Annotated[str, Field(min_length=1, pattern=r"^[^/\\]+$")]
    format: WeightsFormat
    precision: Precision
    sha256: Sha256
    backends: tuple[str, ...] = ()
    derived_from: str | None = None


class GoldenOutput(_Part):
    """The probability map that the golden frame must give, at one precision.

    ``map_png`` is a 16-bit grey PNG in base64, 65535 for probability 1; ``sha256`` is that of its pixels (little-endian
    16-bit, row by row). ``tolerance`` is the largest difference of a pixel that passes.
    """

    map_png: str
    sha256: Sha256
    tolerance: Share


class Golden(_Part):
    """A frame with a known answer.

    ``frame_png`` is a PNG of the model's input size, in base64: 8-bit grey as displayed, or 16-bit, Hounsfield units
    minus `LOWEST_HU`, where the model has a window for them.
    """

    frame_png: str
    outputs: dict[Precision, GoldenOutput]


class DataSet(_Part):
    """Data that the weights were made from, with what its licence asks to be said."""

    name: Annotated[str, Field(min_length=1)]
    licence: Annotated[str, Field(min_length=1)]
    citation: str = ""


class Measurement(_Part):
    """One figure: ``value`` of ``metric`` on ``data``, over ``n`` samples, with its 95 % interval where known."""

    metric: str
    value: float
    data: str
    n: Annotated[int, Field(ge=1)]
    precision: Precision = "float32"
    interval: tuple[float, float] | None = None


class Agreement(_Part):
    """How far an exported file is from the network that was trained.

    ``max_abs_difference`` is the largest difference of a probability over all pixels of ``frames`` held-out frames,
    given to the file ``batch`` at a time; None where the file was not compared, for want of a runtime.
    """

    file: Annotated[str, Field(min_length=1)]
    format: WeightsFormat
    precision: Precision = "float32"
    batch: Annotated[int, Field(ge=1)]
    frames: Annotated[int, Field(ge=0)]
    max_abs_difference: Share | None


class ModelCard(_Part):
    """What a model expects and promises."""

    format_version: Literal[1] = 1
    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    version: Annotated[str, Field(min_length=1)]
    task: Annotated[str, Field(min_length=1)]
    modality: Literal["US", "CT"]
    input: InputSpec
    structure: Structure
    threshold: Share
    mask: MaskRule = MaskRule()
    measurements: tuple[MeasurementKind, ...] = ("area",)
    weights: Annotated[tuple[Weights, ...], Field(min_length=1)]
    golden: Golden
    licence: Annotated[str, Field(min_length=1)]
    training_data: Annotated[tuple[DataSet, ...], Field(min_length=1)]
    accuracy: tuple[Measurement, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    intended_use: Annotated[str, Field(min_length=1)]
    limits: Annotated[str, Field(min_length=1)]
    notice: str = "Research use only. Not a medical device."


def read_card(path: Path) -> ModelCard:
    """Read and check the card at ``path``.

    Raises
    ------
    ModelCardError
        The file is missing, is no JSON, or does not say what a card must say; the first fault is named.
    """
    try:
        return ModelCard.model_validate_json(path.read_bytes())
    except OSError as err:
        raise ModelCardError(f"cannot read the model card {path}: {err.strerror}") from err
    except ValidationError as err:
        fault = err.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise ModelCardError(f"model card {path} is wrong at {where}: {fault['msg']}") from err


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of a directory's files with their relative names, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    if path.is_file():
        digest.update(path.read_bytes())
        return digest.hexdigest()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(file.relative_to(path).as_posix().encode() + b"\0")
        digest.update(file.read_bytes())
    return digest.hexdigest()


def check_weights(weights: Weights, path: Path) -> None:
    """Compare the file at ``path`` with what the card says.

    Raises
    ------
    ChecksumError
        The file is missing or is another one.
    """
    if not path.exists():
        raise ChecksumError(f"the weights {path} named in the model card are missing; restore the file")
    actual = sha256_of(path)
    if actual != weights.sha256:
        raise ChecksumError(
            f"{path.name} is not the file that its card describes: sha256 is {actual[:12]}..., the card says "
            f"{weights.sha256[:12]}...; restore the file or export the model again"
        )


def encode_png(image: NDArray[np.uint8] | NDArray[np.uint16]) -> str:
    """Return ``image`` (H, W) as PNG in base64."""
    _, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return base64.b64encode(data.tobytes()).decode("ascii")


def decode_png(text: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return the picture (H, W) of `encode_png`.

    Raises
    ------
    ModelCardError
        The text is no PNG in base64.
    """
    try:
        data = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except binascii.Error as err:
        raise ModelCardError(f"a picture in the model card is not base64: {err}") from err
    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if image is None or image.ndim != 2 or image.dtype not in (np.uint8, np.uint16):
        raise ModelCardError("a picture in the model card is not a grey PNG")
    return image.astype(np.uint16) if image.dtype == np.uint16 else image.astype(np.uint8)


def encode_frame(image: NDArray[np.uint8] | NDArray[np.int16]) -> str:
    """Return a golden frame (H, W), grey levels uint8 or Hounsfield units int16, as text for `Golden`."""
    if image.dtype == np.int16:
        return encode_png(np.clip(image.astype(np.int32) - LOWEST_HU, 0, None).astype(np.uint16))
    return encode_png(image.astype(np.uint8, copy=False))


def decode_frame(golden: Golden) -> NDArray[np.uint8] | NDArray[np.int16]:
    """Return the golden frame (H, W), grey levels uint8 or Hounsfield units int16.

    Raises
    ------
    ModelCardError
        It is no grey PNG.
    """
    image = decode_png(golden.frame_png)
    if image.dtype == np.uint16:
        return (image.astype(np.int32) + LOWEST_HU).astype(np.int16)
    return image.astype(np.uint8, copy=False)


def golden_output(probability: NDArray[np.float32], tolerance: float) -> GoldenOutput:
    """Return the card's record of ``probability`` (h, w), 0 to 1, as the answer to the golden frame."""
    levels = np.rint(np.clip(probability, 0, 1) * 65535).astype("<u2")
    return GoldenOutput(
        map_png=encode_png(levels), sha256=hashlib.sha256(levels.tobytes()).hexdigest(), tolerance=tolerance
    )


def golden_map(output: GoldenOutput) -> NDArray[np.float32]:
    """Return the probability map (h, w) of ``output``, 0 to 1, its digest checked.

    Raises
    ------
    ModelCardError
        The picture is not the one that the digest was made of.
    """
    levels = decode_png(output.map_png).astype("<u2")
    if hashlib.sha256(levels.tobytes()).hexdigest() != output.sha256:
        raise ModelCardError("the golden map in the model card does not match its own sha256")
    return (levels / np.float32(65535)).astype(np.float32)
