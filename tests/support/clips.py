"""Clips made on the spot, with known pictures at known times, whole or damaged."""

from fractions import Fraction

import av
import numpy as np


def grey_levels(count, *, size=(48, 64)):
    """Return RGB pictures, each of one grey level that tells its index."""
    return [np.full((*size, 3), 20 + 4 * (index % 50), np.uint8) for index in range(count)]


def write_clip(path, pictures, *, codec="libx264", pixel_format="yuv420p", rate=25, times_ms=None, prepare=None, **kw):
    """Write ``pictures`` to a video file; ``prepare`` may change the stream, other names are options of the codec."""
    container_options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=container_options) as container:
        stream = container.add_stream(codec, rate=rate, options={name: str(value) for name, value in kw.items()})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixel_format
        if times_ms is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        if prepare is not None:
            prepare(stream)
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24" if picture.ndim == 3 else "gray")
            frame.pts = index if times_ms is None else times_ms[index]
            frame.time_base = Fraction(1, rate) if times_ms is None else Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def wave(index):
    """Return a picture that compresses badly enough for damage to hit every part of the file."""
    y, x = np.mgrid[:96, :128]
    grey = 128 + 100 * np.sin((x + 3 * index) / 9) * np.cos((y - 2 * index) / 7)
    return np.repeat(grey.astype(np.uint8)[..., np.newaxis], 3, axis=2)


SCENES = [wave(index) for index in range(60)]
CODED = {
    "clip.mp4": {"codec": "libx264", "g": 12},
    "clip.mkv": {"codec": "libx264", "g": 12, "bf": 0},
    "clip.mpg": {"codec": "mpeg1video", "g": 12},
    "clip.avi": {"codec": "mpeg4", "g": 12},
}


def damage(path, number, kept):
    """Overwrite the ``number``-th packet of a file but for the share at its start that is ``kept``."""
    with av.open(str(path)) as container:
        packet = next(packet for place, packet in enumerate(container.demux(video=0)) if place == number)
        whole = bytes(packet)
    head = whole[: int(len(whole) * kept)]
    broken = head + b"\xff" * (len(whole) - len(head))
    coded = path.read_bytes().replace(whole, broken)
    path.write_bytes(coded)
