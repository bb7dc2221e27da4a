"""`Phantom`: a scanner pointed at a scene. The picture of any moment, with the exact mask of the structure in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.phantom.beams import LINES, SAMPLES, Beams, Floats, Geometry, View
from streamseg.phantom.head import Head
from streamseg.phantom.motion import PERIOD_S, Drift
from streamseg.phantom.speckle import PointSpread, Speckle, compress
from streamseg.phantom.tissue import Scene
from streamseg.phantom.vessel import Vessel

SceneName = Literal["head", "vessel"]


@dataclass(frozen=True, slots=True)
class Console:
    """What the operator of the scanner has set.

    Attributes
    ----------
    gain_db, range_db, gamma
        See `streamseg.phantom.speckle.compress`.
    looks
        Directions of sound averaged in each picture (spatial compounding): more looks, less speckle.
    noise
        Amplitude of the electronic noise at the bottom of the field.
    """

    gain_db: float
    range_db: float
    gamma: float
    looks: int
    noise: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Console:
        """Draw usual settings."""
        return cls(
            gain_db=rng.uniform(-5, 3),
            range_db=rng.uniform(50, 62),
            gamma=rng.uniform(1.2, 1.7),
            looks=int(rng.integers(1, 4)),
            noise=10 ** rng.uniform(-3.0, -2.4),
        )


@dataclass(frozen=True)
class Phantom:
    """An ultrasound scan of something that is not there. The same arguments always give the same pictures.

    The seed draws transducer, settings, speckle, anatomy and motion; the motion repeats after `PERIOD_S`.

    Attributes
    ----------
    scene
        ``"head"``: a fetal head, whose mask is its filled outer skull ellipse; ``"vessel"``: an artery cut across,
        whose mask is its lumen. The mask is the whole shape, also where the field ends or the echo is lost.
    size
        (height, width) of the pictures in pixels.
    geometry
        Curved or linear array.
    zoom
        1 shows the whole field; 1.5 shows its middle, half as large again; None draws it.
    """

    scene: SceneName = "head"
    size: tuple[int, int] = (480, 640)
    geometry: Geometry = "sector"
    seed: int = 0
    zoom: float | None = None

    def __post_init__(self) -> None:
        if self.scene not in ("head", "vessel") or self.geometry not in ("sector", "linear"):
            raise ValueError(
                f"a phantom shows 'head' or 'vessel' in a 'sector' or 'linear' field, "
                f"got scene {self.scene!r} and geometry {self.geometry!r}"
            )
        if min(self.size) < 16 or (self.zoom is not None and self.zoom < 1) or self.seed < 0:
            raise ValueError(
                f"a phantom needs a size of 16x16 or more, a zoom of 1 or more and a seed of 0 or more, "
                f"got size {self.size}, zoom {self.zoom} and seed {self.seed}"
            )

    def render(self, time_s: float) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Return the picture (H, W) uint8 at ``time_s``, 0 outside the field, and its mask (H, W)."""
        console = self._console
        power = self.power(time_s)
        lines = compress(power, range_db=console.range_db, gain_db=console.gain_db, gamma=console.gamma)
        x, z = self.view.positions
        return self.view.convert(lines), self._scene.mask(x + np.float32(self._slide_mm(time_s)), z, time_s)

    def power(self, time_s: float) -> Floats:
        """Return the power (R, B) of the echoes at ``time_s`` along the scan lines, 1 for white at 0 dB of gain."""
        x, z = self._beams.positions
        x, z = self._scene.at_rest(x + np.float32(self._slide_mm(time_s)), z, time_s)
        column, row = self._beams.to_grid(x, z)
        tissue = cv2.remap(self._tissue, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        diffuse, specular, attenuation = cv2.split(tissue)
        passed = cv2.exp(np.cumsum(attenuation, axis=0) * np.float32(-self._beams.sample_mm) + self._compensation)
        diffuse, specular = diffuse * passed, specular * passed
        power = np.zeros_like(diffuse)
        for look in range(self._console.looks):
            echoes = self._speckle.echoes(column, row, phase=4 * math.pi * time_s / PERIOD_S, look=look)
            real, imaginary = cv2.split(echoes)
            power += np.square(real * diffuse + specular) + np.square(imaginary * diffuse)
        return power * np.float32(1 / self._console.looks) + self._noise_at(time_s)

    @property
    def spacing_mm(self) -> tuple[float, float]:
        """Side of a pixel (row, column) in mm."""
        return self.view.spacing_mm, self.view.spacing_mm

    @cached_property
    def view(self) -> View:
        """The picture's geometry; ``view.inside`` is where the field is."""
        zoom = self._random(8).uniform(1, 1.5) if self.zoom is None else self.zoom
        return View(self._beams, self.size, zoom)

    def _random(self, part: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, part))

    @cached_property
    def _beams(self) -> Beams:
        return Beams.draw(self._random(0), self.geometry)

    @cached_property
    def _console(self) -> Console:
        return Console.draw(self._random(1))

    @cached_property
    def _spread(self) -> PointSpread:
        return PointSpread.draw(self._random(2))

    @cached_property
    def _speckle(self) -> Speckle:
        return Speckle.draw(self._random(3), self._spread)

    @cached_property
    def _scene(self) -> Scene:
        kind = Head if self.scene == "head" else Vessel
        return kind.draw(self._random(4), self._beams)

    @cached_property
    def _drift(self) -> Drift:
        return Drift.draw(self._random(5), channels=1)

    @cached_property
    def _tissue(self) -> Floats:
        tissue = self._scene.tissue
        return np.dstack([tissue.diffuse, self._spread.blur(tissue.specular), tissue.attenuation]).astype(np.float32)

    @cached_property
    def _compensation(self) -> Floats:
        """Logarithm of the gain (R, 1) that the operator has set on top of the usual one, for an even picture."""
        lost = np.cumsum(self._scene.tissue.attenuation, axis=0) * np.float32(self._beams.sample_mm)
        return np.asarray(0.8 * lost.mean(axis=1, keepdims=True), np.float32)

    @cached_property
    def _noise(self) -> Floats:
        # Gain compensation raises the noise with depth, as it raises the echoes.
        rise = np.linspace(0.15, 1, SAMPLES, dtype=np.float32)[:, np.newaxis] ** 2 * np.float32(self._console.noise)
        power = self._random(6).standard_exponential((SAMPLES, 2 * LINES), np.float32)
        return np.asarray(cv2.GaussianBlur(power, (0, 0), 0.7) * np.square(rise), np.float32)

    def _noise_at(self, time_s: float) -> Floats:
        start = int(np.random.default_rng((self.seed, 7, round(abs(time_s) * 1e6))).integers(LINES))
        return self._noise[:, start : start + LINES]

    def _slide_mm(self, time_s: float) -> float:
        """Return how far the probe has slid sideways."""
        return 0.015 * self._beams.depth_mm * self._drift.at(time_s, 0)
