"""Damaged DICOM files: what is whole plays, or one clear line; never another error, a hang, or a name from a header."""

import random
import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file

from streamseg.errors import SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
from tests.support.dicom_files import cine, ct_slice, dataset, enhanced_ct, region, save
from tests.support.dicom_outcomes import play

BUNDLED = ("MR_small_RLE.dcm", "MR_small_implicit.dcm", "SC_rgb_small_odd_jpeg.dcm", "JPEG2000.dcm", "image_dfl.dcm")


def made(kind, path):
    if kind == "ct":
        return ct_slice(path)
    if kind == "enhanced":
        return enhanced_ct(path, [1, 2, 3])
    return cine(path, count=3, size=(8, 12), FrameTime=40, SequenceOfUltrasoundRegions=[region(1, 1, 6, 10)])


def boundaries(data, found):
    """Add to ``found`` where the values of the elements of ``data`` begin and end in their file."""
    for tag in data:
        raw = data.get_item(tag.tag)
        if getattr(raw, "value_tell", None):
            found.add(raw.value_tell)
            if raw.length != 0xFFFFFFFF:
                found.add(raw.value_tell + raw.length)
        if tag.VR == "SQ":
            for item in tag.value:
                boundaries(item, found)
    return found


@pytest.mark.parametrize("name", ["ct", "enhanced", "cine", *BUNDLED, "MR_small_jpeg_ls_lossless.dcm"])
def test_a_file_that_is_cut_short_at_any_element_plays_what_is_whole_or_says_so(name, tmp_path):
    path = tmp_path / "whole.dcm"
    if name.endswith(".dcm"):
        shutil.copy(get_testdata_file(name, download=False), path)
    else:
        made(name, path)
    whole = path.read_bytes()
    expected = [frame.image for frame in play(path)[0]]
    cuts = boundaries(pydicom.dcmread(path), {0, 100, 128, 131, 132, 140})
    target = tmp_path / "cut.dcm"
    for cut in sorted(cut for cut in cuts if cut < len(whole)):
        target.write_bytes(whole[:cut])
        frames, _ = play(target)
        for frame, image in zip(frames, expected, strict=False):
            np.testing.assert_array_equal(frame.image, image)


# What reading the first kilobytes wrongly can bring about: every element's tag, kind, length and value is hit.
@pytest.mark.parametrize("name", ["ct", "enhanced", "cine", *BUNDLED])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_wrong_bytes_anywhere_are_one_line_or_pictures(tmp_path_factory, name, seed):
    folder = tmp_path_factory.getbasetemp() / f"wrong-{name}"
    folder.mkdir(exist_ok=True)
    path = Path(get_testdata_file(name, download=False)) if name.endswith(".dcm") else folder / "whole.dcm"
    if not path.exists():
        made(name, path)
    content = bytearray(path.read_bytes())
    draw = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(draw.choice((1, 1, 2, 8))):
        content[draw.randrange(128, min(len(content), 4000))] = draw.choice((0, 0xFF, draw.randrange(256)))
    if draw.random() < 0.3:
        place = draw.randrange(128, len(content))
        del content[place : place + draw.choice((1, 2, 8))]
    target = folder / "wrong.dcm"
    target.write_bytes(content)
    play(target)


def test_what_the_decoders_say_of_damage_does_not_reach_the_terminal(tmp_path, capfd):
    source = Path(get_testdata_file("SC_rgb_small_odd_jpeg.dcm", download=False)).read_bytes()
    start = source.index(b"\xff\xd8")
    path = tmp_path / "a.dcm"
    for place in range(start + 2, len(source), 40):
        path.write_bytes(source[:place] + b"\x12" + source[place + 1 :])
        play(path)
    assert capfd.readouterr() == ("", "")


def test_a_damaged_picture_that_stands_alone_says_what_it_is(tmp_path):
    path = ct_slice(tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(
        SourceUnreadableError, match=r"picture 0 of a\.dcm cannot be decoded: it is damaged or cut short"
    ):
        create(str(path), SourceSettings())


def test_the_example_is_whole_before_it_is_damaged(tmp_path):
    assert len(play(save(dataset(np.zeros((2, 4, 6), np.uint8), modality="US"), tmp_path / "a.dcm"))[0]) == 2
