"""Make the sample videos and their true masks: ``python sample_videos/generate.py [FOLDER]``.

Everything in them is computed by this project; no patient is in any of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from streamseg.intensity import apply_window
from streamseg.phantom import PERIOD_S, Phantom
from training.phantoms.ct import head_stack

Image = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Pictures = Iterator[tuple[Image, Mask]]


def fetal_head() -> Pictures:
    """Yield a fetal head, scanned with a curved array at 30 Hz for a whole period: the clip loops without a jump."""
    phantom = Phantom("head", size=(480, 640), seed=118, zoom=1.1)
    return (phantom.render(index / 30) for index in range(round(30 * PERIOD_S)))


def vessel() -> Pictures:
    """Yield a pulsating artery, scanned with a linear array at 25 Hz for 4 seconds."""
    phantom = Phantom("vessel", size=(400, 400), geometry="linear", seed=110, zoom=1)
    return (phantom.render(index / 25) for index in range(100))


def ct_head() -> Pictures:
    """Yield the slices of a head that bled deep in the brain and into its ventricles, from base to vertex and back."""
    hu, masks, _ = head_stack(25, slices=36)
    for index in [*range(36), *range(34, 0, -1)]:
        image = np.rint(apply_window(hu[index], 40, 120) * 255).astype(np.uint8)
        yield image, masks[index]


@dataclass(frozen=True, slots=True)
class Clip:
    """One sample video.

    Attributes
    ----------
    name
        File name without suffix.
    rate_hz
        Frames per second.
    pictures
        Makes the frames (H, W) and their masks (H, W) anew.
    quality
        Constant rate factor of the encoder: 0 is lossless, 51 worst.
    """

    name: str
    rate_hz: int
    pictures: Callable[[], Pictures]
    quality: int


CLIPS = (
    Clip("us-fetal-head", 30, fetal_head, 20),
    Clip("us-vessel", 25, vessel, 21),
    Clip("ct-head-stack", 10, ct_head, 18),
)


def write_video(path: Path, images: list[Image], clip: Clip) -> None:
    """Encode ``images`` (H, W) as H.264 High, yuv420p, with their true time stamps."""
    with av.open(path, "w", options={"movflags": "+faststart"}) as container:
        options = {"crf": str(clip.quality), "preset": "slow", "profile": "high"}
        stream = container.add_stream("libx264", rate=clip.rate_hz, options=options)
        stream.height, stream.width = images[0].shape
        stream.pix_fmt = "yuv420p"
        for index, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, clip.rate_hz)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def write_masks(path: Path, masks: Mask) -> None:
    """Store ``masks`` (N, H, W) exactly: eight pixels a byte, and of every frame only what changed in it."""
    changes = masks.copy()
    changes[1:] ^= masks[:-1]
    np.savez_compressed(path, changes=np.packbits(changes), shape=np.array(masks.shape))


def load_masks(path: Path) -> Mask:
    """Return the true masks (N, H, W) of a sample video from its ``.masks.npz``."""
    with np.load(path) as stored:
        shape = tuple(stored["shape"].tolist())
        changes = np.unpackbits(stored["changes"], count=int(np.prod(shape)))
    return np.asarray(np.logical_xor.accumulate(changes.reshape(shape).astype(np.bool_), axis=0), np.bool_)


def main() -> None:
    """Write every clip and its masks into the folder of the command line."""
    parser = argparse.ArgumentParser(description="Make the sample videos and their true masks.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent, help="where to (default: here)")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for clip in CLIPS:
        images, masks = zip(*clip.pictures(), strict=True)
        write_video(folder / f"{clip.name}.mp4", list(images), clip)
        write_masks(folder / f"{clip.name}.masks.npz", np.stack(masks))


if __name__ == "__main__":
    main()
