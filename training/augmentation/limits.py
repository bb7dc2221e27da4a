"""How far a training picture may differ from the original."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

Share = Annotated[float, Field(ge=0, le=1)]


def _check_order(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] > bounds[1]:
        raise ValueError(f"the lower bound {bounds[0]} is above the upper one {bounds[1]}")
    return bounds


def _kind(value: Any) -> str:
    return "pair" if isinstance(value, list | tuple) else "number"


Bound = Annotated[float, Field(gt=0, le=4)]
Factor = Annotated[
    Annotated[float, Field(ge=1, le=4), Tag("number")]
    | Annotated[tuple[Bound, Bound], AfterValidator(_check_order), Tag("pair")],
    Discriminator(_kind),
]
"""One number f: between 1/f and f, growing and shrinking alike. Two: drawn uniformly between them."""


class AugmentationConfig(BaseModel):
    """The limits of every change; what is not given changes nothing. Amounts are drawn uniformly up to their limit."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    flip: Share = Field(0, description="Share of pictures mirrored left to right.")
    rotation_deg: float = Field(0, ge=0, le=180, description="Largest rotation, either way, in degrees.")
    zoom: Factor = Field(1.0, description="Largest factor of enlargement, and of reduction; or [lowest, highest].")
    shear: float = Field(0, ge=0, le=1, description="Largest sideways shift per row, in pixels: tan of the angle.")
    shift: Share = Field(0, description="Largest shift, either way, as a share of the picture's side.")
    elastic: float = Field(0, ge=0, le=200, description="Largest strength (alpha) of the elastic deformation.")
    elastic_sigma_px: float = Field(3, gt=0, le=50, description="Smoothness of the elastic deformation, in pixels.")
    gamma: Factor = Field(1.0, description="Largest exponent of the grey curve, and of its inverse; or a pair.")
    gain: Factor = Field(1.0, description="Largest factor of brightness, and of darkening; or [lowest, highest].")
    window_shift: Share = Field(0, description="Largest shift of the intensity window, as a share of its width.")
    window_width: Factor = Field(1.0, description="Largest factor by which the intensity window widens or narrows.")
    blur_px: float = Field(0, ge=0, le=10, description="Largest standard deviation of the blur, in pixels.")
    noise: Share = Field(0, description="Largest standard deviation of the additive noise, white to grainy.")
    clahe: Share = Field(0, description="Share of pictures whose contrast is equalised locally.")
    cutout: Share = Field(0, description="Share of pictures with a rectangle blanked out.")
    speckle: Share = Field(0, description="Ultrasound: largest standard deviation of the multiplicative noise.")
    shadow: Share = Field(0, description="Ultrasound: share of pictures with a shadow, a dark sector from above.")
    attenuation: float = Field(0, ge=0, le=5, description="Ultrasound: largest loss over the depth, as exp(-loss).")
    haze: Share = Field(0, description="Ultrasound: largest brightness of a band of haze.")
