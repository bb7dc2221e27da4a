"""Volumes and sequences made on the spot and played: volumes by SimpleITK, sequences written as PLUS writes them."""

import numpy as np
import SimpleITK

from streamseg.settings import SourceSettings
from streamseg.sources.volume import create

# In a volume of this size every voxel has a value of its own.
SIZE = (9, 7, 5)


def numbered(shape=SIZE, dtype=np.int16, *, lowest=-1000):
    """Return voxels (I, J, K) of growing values."""
    return (np.arange(np.prod(shape)).reshape(shape) + lowest).astype(dtype)


def image(voxels, *, spacing=(0.5, 0.75, 2.0), origin=(-10.0, 20.0, 30.0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    """Return a SimpleITK image of ``voxels`` (I, J, K)."""
    made = SimpleITK.GetImageFromArray(np.ascontiguousarray(voxels.transpose(2, 1, 0)))
    made.SetSpacing(spacing)
    made.SetOrigin(origin)
    made.SetDirection(np.asarray(direction, float).ravel().tolist())
    return made


def save(made, path):
    """Write a SimpleITK image, packed where the name ends in ``.gz``, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    SimpleITK.WriteImage(made, str(path), useCompression=path.suffix == ".gz")
    return path


def volume_file(path, *, count=5, size=(48, 64)):
    """Write a CT whose slice k is -1000 + 10 k HU throughout."""
    values = np.arange(count, dtype=np.int16) * 10 - 1000
    return save(image(np.broadcast_to(values, (size[1], size[0], count))), path)


def sequence_file(path, *, count=5, frames=None, times_s=None, orientation="MF", **fields):
    """Write a MetaImage sequence; ``fields`` of each frame hold ``{}`` for a value from a list, or the same for all."""
    pictures = (
        np.stack([np.full((48, 64), 10 * number, np.uint8) for number in range(count)]) if frames is None else frames
    )
    times_s = [100 + 0.04 * number for number in range(len(pictures))] if times_s is None else times_s
    height, width = pictures.shape[1:3]
    lines = [
        "ObjectType = Image",
        "NDims = 3",
        "BinaryData = True",
        "BinaryDataByteOrderMSB = False",
        "CompressedData = False",
        f"DimSize = {width} {height} {len(pictures)}",
        "ElementSpacing = 1 1 1",
        "ElementType = MET_UCHAR",
        f"ElementNumberOfChannels = {pictures.shape[3] if pictures.ndim == 4 else 1}",
        "Kinds = domain domain list",
        "Offset = 0 0 0",
        "TransformMatrix = 1 0 0 0 1 0 0 0 1",
        f"UltrasoundImageOrientation = {orientation}",
        "UltrasoundImageType = BRIGHTNESS",
    ]
    for number, time_s in enumerate(times_s):
        lines.append(f"Seq_Frame{number:04}_Timestamp = {time_s}")
        lines.append(f"Seq_Frame{number:04}_ImageStatus = OK")
        for name, value in fields.items():
            said = value[number] if isinstance(value, list) else value
            lines.append(f"Seq_Frame{number:04}_{name} = {said}")
    header = "\n".join([*lines, "ElementDataFile = LOCAL", ""])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode() + pictures.tobytes())
    return path


def play(path, **asked):
    """Return what the source says of itself, and all its frames."""
    with create(str(path), SourceSettings(**asked)) as source:
        return source.info, list(source)


def pictures(path, **asked):
    """Return all pictures, (N, H, W) or (N, H, W, 3)."""
    return np.stack([frame.image for frame in play(path, **asked)[1]])


def write(path, data):
    """Write bytes, and return the path."""
    path.write_bytes(data)
    return path


def whole_file(folder, suffix, **changes):
    """Return the bytes of a volume whose header was changed."""
    data = save(image(numbered()), folder / f"whole{suffix}").read_bytes()
    for old, new in changes.items():
        assert old.encode() in data
        data = data.replace(old.encode(), new)
    return data
