"""Storage: values mapped or unpacked, whole or cut short."""

import bz2
import gzip
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.errors import SourceUnreadableError
from streamseg.volumes import storage
from streamseg.volumes.storage import Layout, load, read_start

VALUES = np.arange(4 * 3 * 5, dtype=">i2")
PACKERS = {"raw": bytes, "deflate": gzip.compress, "bzip2": bz2.compress}


def stored(path, data, encoding="raw", **more):
    path.write_bytes(data)
    return Layout(path, (4, 3, 5), VALUES.dtype, encoding=encoding, **more)


@pytest.mark.parametrize("encoding", PACKERS)
def test_values_come_back_in_the_order_of_the_file_however_they_are_packed(tmp_path, encoding):
    values = load(stored(tmp_path / "a", PACKERS[encoding](VALUES.tobytes()), encoding))
    np.testing.assert_array_equal(values, VALUES.reshape((4, 3, 5), order="F"))
    assert not values.flags.writeable


def test_zlib_and_several_streams_with_padding_behind_them_are_unpacked_too(tmp_path):
    data = VALUES.tobytes()
    layout = stored(tmp_path / "a", zlib.compress(data), "deflate")
    np.testing.assert_array_equal(load(layout).ravel("F"), VALUES)
    layout = stored(tmp_path / "b", gzip.compress(data[:30]) + gzip.compress(data[30:]) + b"\0" * 99, "deflate")
    np.testing.assert_array_equal(load(layout).ravel("F"), VALUES)


def test_bytes_before_the_values_are_left_out(tmp_path):
    data = VALUES.tobytes()
    for layout in (
        stored(tmp_path / "a", b"head" + data, offset=4),
        stored(tmp_path / "b", b"unknown" + data, offset=None),
        stored(tmp_path / "c", b"head" + gzip.compress(b"skip" + data), "deflate", offset=4, skip=4),
    ):
        np.testing.assert_array_equal(load(layout).ravel("F"), VALUES)


def test_a_plain_file_is_mapped_and_not_read(tmp_path):
    path = tmp_path / "a"
    values = load(stored(path, VALUES.tobytes()))
    with path.open("r+b") as file:
        file.write(b"\x12\x34")
    assert values[0, 0, 0] == 0x1234


@given(st.integers(0, VALUES.nbytes), st.sampled_from(["raw", "gzip"]))
def test_of_a_file_that_was_cut_short_the_whole_slices_come_back(tmp_path_factory, count, kind):
    path = tmp_path_factory.mktemp("cut") / "a"
    per_slice = VALUES.nbytes // 5
    if kind == "raw":
        layout = stored(path, VALUES.tobytes()[:count])
    else:
        # What was packed before the cut can be unpacked; the stream has no end.
        packer = zlib.compressobj(wbits=31)
        start = packer.compress(VALUES.tobytes()[:count]) + packer.flush(zlib.Z_SYNC_FLUSH)
        layout = stored(path, start, "deflate")
    if count < per_slice:
        with pytest.raises(SourceUnreadableError, match="was cut short: its header promises 120 bytes of 4x3x5 values"):
            load(layout)
        return
    whole = count // per_slice
    np.testing.assert_array_equal(load(layout), VALUES.reshape((4, 3, 5), order="F")[..., :whole])


@pytest.mark.parametrize("encoding", ["deflate", "bzip2"])
def test_damage_is_noticed_by_the_checksum(tmp_path, encoding):
    data = bytearray(PACKERS[encoding](VALUES.tobytes()))
    data[len(data) // 2] ^= 255
    with pytest.raises(SourceUnreadableError, match="packed values of a are damaged"):
        load(stored(tmp_path / "a", bytes(data), encoding))
    data = bytearray(PACKERS[encoding](VALUES.tobytes()))
    data[-6] ^= 255
    with pytest.raises(SourceUnreadableError, match="damaged"):
        load(stored(tmp_path / "b", bytes(data), encoding))


def test_a_header_that_promises_more_than_there_is_memory_for_is_refused_before_any_is_taken(tmp_path):
    layout = Layout(tmp_path / "a", (40_000, 40_000, 40_000), np.dtype("f8"), encoding="deflate")
    layout.path.write_bytes(gzip.compress(b"few"))
    with pytest.raises(SourceUnreadableError, match=r"needs .* GiB of memory unpacked, and .* GiB are free"):
        load(layout)


def test_no_values_are_refused(tmp_path):
    with pytest.raises(SourceUnreadableError, match="holds no values: its size is 4x3x0"):
        load(Layout(tmp_path / "a", (4, 3, 0), VALUES.dtype))


@given(st.binary(max_size=300), st.integers(1, 400))
def test_the_start_of_a_file_is_read_packed_or_not(tmp_path_factory, data, count):
    path = tmp_path_factory.mktemp("start") / "a"
    path.write_bytes(gzip.compress(data))
    assert read_start(path, count) == data[:count]
    if data[:2] != b"\x1f\x8b":
        path.write_bytes(data)
        assert read_start(path, count) == data[:count]


def test_pieces_are_small_enough_that_a_packed_bomb_takes_little_memory():
    assert storage._PIECE * 1032 < 100 * 2**20
