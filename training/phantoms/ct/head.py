"""One computed head: drawn once, cut in any plane, the same anatomy in every slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.base import Base, paint_cells, paint_face
from training.phantoms.ct.brain import Tissue, paint_hind_brain, paint_tissue, stem_patches
from training.phantoms.ct.fluid import FluidSpaces, sulci
from training.phantoms.ct.form import Form, Layers
from training.phantoms.ct.lesions import Lesions
from training.phantoms.ct.membranes import Membranes, Sheets, paint_sheet, paint_sinuses
from training.phantoms.ct.scalp import AIR_HU, paint_flesh, paint_scalp
from training.phantoms.ct.skull import BASE_TOP_MM, paint_skull
from training.phantoms.ct.slice import FAR_MM, Floats, Slice
from training.phantoms.ct.surroundings import Surroundings, paint_surroundings
from training.phantoms.ct.view import View

BONE_HU = 250.0
"""What is denser is bone."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """One head and what lies around it in the scanner."""

    form: Form
    base: Base
    tissue: Tissue
    spaces: FluidSpaces
    membranes: Membranes
    lesions: Lesions
    surroundings: Surroundings

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Head:
        """Draw an adult's head without fresh blood in it."""
        return cls(
            form=Form.draw(rng),
            base=Base.draw(rng),
            tissue=Tissue.draw(rng),
            spaces=FluidSpaces.draw(rng),
            membranes=Membranes.draw(rng),
            lesions=Lesions.draw(rng),
            surroundings=Surroundings.draw(rng),
        )

    @property
    def height_mm(self) -> float:
        """From the foramen magnum to the vertex, inside."""
        return self.form.height_mm

    def slice(self, view: View, size: int) -> Slice:
        """Return the slice (size, size) that ``view`` shows.

        Raises
        ------
        ValueError
            A size that is no multiple of 16.
        """
        if size < 16 or size % 16:
            raise ValueError(f"a slice has a multiple of 16 pixels along each side, got {size}")
        layers = self.form.layers(view, size)
        sheets = Sheets.of(layers.cut)
        brain, fluid, ventricles = self._brain(layers, sheets)
        skin_depth = self._cover(brain, layers)

        def whole(part: Floats, elsewhere: float) -> Floats:
            picture = np.full((size, size), elsewhere, np.float32)
            picture[layers.window] = part
            return picture

        hu = whole(brain, AIR_HU)
        paint_surroundings(hu, view, whole(skin_depth, -FAR_MM), self.surroundings)
        x, y, z = view.points(size)
        return Slice(
            hu=hu,
            pixel_mm=view.field_mm / size,
            x_mm=x,
            y_mm=y,
            z_mm=z,
            height_mm=self.height_mm,
            inner_mm=whole(layers.room, -FAR_MM),
            fluid=whole(fluid, 0.0),
            ventricles=whole(ventricles, 0.0),
            falx_mm=whole(sheets.falx, FAR_MM),
            tentorium_mm=whole(np.where(layers.room > 0, sheets.tentorium, np.float32(FAR_MM)), FAR_MM),
        )

    def _brain(self, layers: Layers, sheets: Sheets) -> tuple[Floats, Floats, Floats]:
        """Return densities of what fills the skull, and the shares of fluid around the brain and in its ventricles."""
        cut, room, texture = layers.cut, layers.room, layers.texture
        depth = self._depth(layers, sheets)
        reach = np.float32(self.spaces.reach_mm) + 4 * texture
        half_width = np.float32(self.spaces.sulcus_mm) + np.float32(0.3) * texture
        furrows = sulci(layers.folds, depth, reach, half_width) * (sheets.below_tentorium < 0)
        cortex = self.tissue.cortex(depth, layers.folds - np.maximum(half_width, 0), reach)
        hu = np.empty_like(room)
        paint_tissue(hu, cut, self.tissue, (cortex, depth), texture)
        paint_hind_brain(hu, cut, self.tissue, sheets.below_tentorium, texture)
        self.lesions.paint_tissue(hu, cut, cortex, texture)
        is_inside = room > 0
        ventricles = self.spaces.ventricles(cut) * is_inside
        fluid = self.spaces.cisterns(cut)
        for patch in stem_patches(cut):
            patch.clear(fluid)
        self.spaces.fissures(cut, fluid)
        fluid = np.maximum(fluid, np.maximum(furrows, np.clip(np.float32(0.5) - depth, 0, 1)))
        fluid *= (1 - ventricles) * is_inside
        hu += (np.float32(self.spaces.density_hu) - hu) * (fluid + ventricles)
        self._dense(hu, layers, sheets)
        for collection, thickness in zip(self.form.damage.collections, layers.collections, strict=True):
            share = np.clip(thickness - room, 0, 1)
            hu += (np.float32(collection.density_hu) - hu) * share
            fluid *= 1 - share
        return hu, fluid, ventricles

    def _depth(self, layers: Layers, sheets: Sheets) -> Floats:
        """Return the depth below the surface of the brain, in mm."""
        rim = np.clip(np.float32(self.spaces.rim_mm) * (1 + np.float32(0.5) * layers.texture), 0.2, 6)
        for thickness in layers.collections:
            rim = np.maximum(rim, thickness)
        cleft = sheets.cleft - np.float32(self.spaces.cleft_mm)
        return np.asarray(np.minimum(layers.room - rim, cleft), np.float32)

    def _dense(self, hu: Floats, layers: Layers, sheets: Sheets) -> None:
        """Paint membranes, vessels and calcifications into ``hu``."""
        membranes = self.membranes
        paint_sheet(hu, sheets.falx, membranes.falx_mm, membranes.membrane_hu)
        paint_sheet(hu, sheets.tentorium, membranes.falx_mm, membranes.membrane_hu)
        paint_sinuses(hu, layers.cut, layers.room, membranes.blood_hu)
        self.lesions.paint_dense(hu, layers.cut)

    def _cover(self, hu: Floats, layers: Layers) -> Floats:
        """Paint skull, scalp and face over ``hu``; return the depth below the skin."""
        cut, room = layers.cut, layers.room
        soft = layers.muscle + layers.swelling
        skin_depth = layers.wall + layers.bone + soft + np.float32(self.form.scalp.thickness_mm)
        shell = paint_scalp(layers, skin_depth, self.form.scalp, self.form.damage.swelling_hu)
        if cut.z.min() < BASE_TOP_MM:
            below = np.clip((layers.wall - 1) / 3, 0, 1) + (cut.z < 8)
            paint_flesh(shell, cut, np.minimum(skin_depth, 3 + below), layers.texture)
            paint_face(shell, cut)
        paint_skull(shell, room, layers.bone, layers.texture, layers.missing)
        paint_cells(shell, cut, room, layers.bone, self.base)
        hu += (shell - hu) * np.clip(np.float32(0.5) - room, 0, 1)
        if layers.bubbles is not None:
            hu += (AIR_HU - hu) * layers.bubbles * (np.abs(room) > 1) * (hu < BONE_HU)
        return skin_depth
