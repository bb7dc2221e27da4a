"""Files that are damaged, cut short or none at all: what is whole is played, the rest is one line."""

import contextlib
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.errors import SettingsError, SourceError, SourceLostError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.volume import create
from tests.support.volume_files import image, numbered, save, whole_file, write

SUFFIXES = [".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".nhdr"]
MHA = {
    "DimSize": (b"DimWrong", "lacks DimSize"),
    "MET_SHORT": (b"MET_OTHER", "values of type MET_OTHER"),
    "BinaryData = True": (b"BinaryData = False", "values as text"),
    "LOCAL": (b"LIST", "several files"),
    "9 7 5": (b"9 0 5", "holds no values: its size is 9x0x5"),
    "NDims = 3": (b"NDims = 7", "7 dimensions"),
}
NRRD = {
    "sizes: 9 7 5": (b"sizes: 9 0 5", "holds no values"),
    "encoding: raw": (b"encoding: hex", "is stored as hex"),
    "encoding: raw\n": (b"encoding: raw\ndata file: LIST\n", "several files"),
    "kinds: domain domain domain": (b"kinds: list list domain", "1 axes in space, 2 in time"),
    "type: short": (b"type: block", "values of type block"),
    "dimension: 3": (b"dimension: 4", "header is damaged"),
}


def refused(path, said):
    with pytest.raises(SourceError) as failure:
        create(str(path), SourceSettings())
    assert said in str(failure.value)
    assert "\n" not in str(failure.value)
    assert path.name in str(failure.value)


@pytest.mark.parametrize("suffix", [".nii", ".mha", ".nrrd", ".nii.gz"])
def test_of_a_volume_that_was_cut_short_the_whole_slices_are_played_and_then_it_is_lost(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(-1000, 1000, (40, 40, 20)).astype(np.int16)
    path = save(image(noise, spacing=(1, 1, 1)), tmp_path / f"a{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with create(str(path), SourceSettings()) as source:
        frames = []
        with pytest.raises(SourceLostError, match="it was cut short"):
            frames.extend(source)
        assert any("the file was cut short" in warning for warning in source.info.warnings)
        assert next(source, None) is None
    with create(str(path), SourceSettings()) as source:
        count = source.info.frame_count
        assert 5 < count < 15
        for place in range(count):
            np.testing.assert_array_equal(next(source).image, noise[:, :, place].T)


@pytest.mark.parametrize("old", MHA)
def test_a_metaimage_whose_header_cannot_be_followed_is_refused_in_one_line(tmp_path, old):
    new, said = MHA[old]
    refused(write(tmp_path / "a.mha", whole_file(tmp_path, ".mha", **{old: new})), said)


@pytest.mark.parametrize("old", NRRD)
def test_an_nrrd_whose_header_cannot_be_followed_is_refused_in_one_line(tmp_path, old):
    new, said = NRRD[old]
    refused(write(tmp_path / "a.nrrd", whole_file(tmp_path, ".nrrd", **{old: new})), said)


@pytest.mark.parametrize(
    ("offset", "data", "said"),
    [
        (70, b"\x20\x00\x40\x00", "complex64"),
        (70, b"\xff\x7f\x10\x00", "holds what it may not"),
        (40, b"\x03\x00\x09\x00\x00\x00\x05\x00", "its size is 9x0x5"),
        (40, b"\x06\0\x09\0\x07\0\x05\0\x01\0\x01\0\x01\0", "6 dimensions"),
        (344, b"ni1\0", "second file"),
        (123, b"\x77", "holds what it may not"),
        (344, b"xx", "is no NIfTI file"),
    ],
)
def test_a_nifti_whose_header_cannot_be_followed_is_refused_in_one_line(tmp_path, offset, data, said):
    whole = bytearray(whole_file(tmp_path, ".nii"))
    whole[offset : offset + len(data)] = data
    refused(write(tmp_path / "a.nii", whole), said)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("data", [b"", b"hello", b"NRRD0004\nhm\n", bytes(1000), gzip.compress(b"hello", mtime=0)])
def test_what_is_no_volume_is_refused_in_one_line(tmp_path, suffix, data):
    path = write(tmp_path / f"a{suffix}", data)
    with pytest.raises(SourceUnreadableError) as failure:
        create(str(path), SourceSettings())
    assert path.name in str(failure.value)
    assert "\n" not in str(failure.value)


@settings(max_examples=60)
@given(st.sampled_from([".nii", ".nii.gz", ".mha", ".nrrd"]), st.data())
def test_no_damage_to_a_header_is_worse_than_an_error_of_the_source(tmp_path_factory, suffix, data):
    folder = tmp_path_factory.mktemp("damaged")
    whole = bytearray(whole_file(folder, suffix))
    if suffix == ".nii.gz":
        whole = bytearray(gzip.decompress(whole))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, 347))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(200, len(whole)))])
    path = write(folder / f"a{suffix}", gzip.compress(damaged) if suffix == ".nii.gz" else damaged)
    with contextlib.suppress(SourceError, SettingsError), create(str(path), SourceSettings()) as source:
        list(source)


def test_values_in_a_second_file_that_is_not_there_are_one_line(tmp_path):
    path = save(image(numbered()), tmp_path / "a.mhd")
    (tmp_path / "a.raw").unlink()
    with pytest.raises(SourceUnreadableError, match=r"a\.mhd cannot be read: No such file"):
        create(str(path), SourceSettings())


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_can_be_played(tmp_path):
    refused(write(tmp_path / "notes.txt", b"notes"), "volumes are files that end in .nii .nii.gz .mha")


def test_a_closed_source_cannot_be_sought_in(tmp_path):
    source = create(str(save(image(numbered()), tmp_path / "a.mha")), SourceSettings())
    source.close()
    assert not source.seek(0)
