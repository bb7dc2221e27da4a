"""A picture is read whole or refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.data.pictures import read_colour, read_grey, read_hu, write_bytes, write_grey
from training.errors import DatasetError, TrainingError

NOISE = np.random.default_rng(5).integers(0, 256, (40, 60), np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif"])
@pytest.mark.parametrize("share", [0, 0.5, 0.9])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    file = tmp_path / f"noise{suffix}"
    Image.fromarray(NOISE).save(file)
    assert read_grey(file).shape == NOISE.shape
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DatasetError, match=rf"cannot read the picture .*noise\{suffix}"):
        read_grey(file)


def test_a_png_with_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "noise.png"
    write_grey(NOISE, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(DatasetError, match=r"noise\.png: not a picture, or cut short"):
        read_grey(file)


def test_a_colour_picture_is_read_by_its_luminance_or_in_its_colours(tmp_path: Path) -> None:
    file = tmp_path / "red.png"
    Image.new("RGB", (4, 3), (255, 0, 0)).save(file)
    assert np.all(read_grey(file) == 76), "0.299 of 255"
    assert read_colour(file)[1, 2].tolist() == [255, 0, 0]


def test_a_16_bit_picture_is_not_taken_for_grey_levels_and_grey_levels_not_for_densities(tmp_path: Path) -> None:
    deep, grey = tmp_path / "deep.png", tmp_path / "grey.png"
    Image.fromarray(NOISE.astype(np.uint16) * 200).save(deep)
    write_grey(NOISE, grey)
    with pytest.raises(DatasetError, match=r"deep\.png has more than 8 bits"):
        read_grey(deep)
    with pytest.raises(DatasetError, match=r"grey\.png is not a 16-bit grey picture"):
        read_hu(grey)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_named_with_the_file_and_the_remedy() -> None:
    with pytest.raises(TrainingError, match="cannot write /dev/full: No space left on device; free some space"):
        write_bytes(b"picture", Path("/dev/full"))


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"cannot write .*none.a\.png: No such file"):
        write_grey(NOISE, tmp_path / "none" / "a.png")
