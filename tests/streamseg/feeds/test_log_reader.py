"""Following a log as it is written, whatever happens to its file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.errors import SourceUnreadableError
from streamseg.feeds.log_reader import CHUNK_BYTES, LogReader, parse

LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=30), max_size=12)


@pytest.fixture
def reader(tmp_path):
    reader = LogReader(tmp_path / "run.jsonl")
    yield reader
    reader.close()


def line(number):
    return b'{"type":"frame","index":%d}\n' % number


def numbers(portion):
    return [record["index"] for record, _ in portion.records]


def test_a_file_that_does_not_exist_yet_is_waited_for(reader, tmp_path):
    assert reader.read().is_missing
    (tmp_path / "run.jsonl").write_bytes(line(1))
    portion = reader.read()
    assert (numbers(portion), portion.is_missing, portion.is_new) == ([1], False, False)
    assert portion.written_s > 0


def test_half_a_line_is_left_until_the_rest_is_there(reader, tmp_path):
    with (tmp_path / "run.jsonl").open("wb", buffering=0) as file:
        for byte in line(1) + line(2):
            found = numbers(reader.read())
            file.write(bytes([byte]))
            assert found in ([], [1])
        assert numbers(reader.read()) == [2]
    assert numbers(reader.read()) == []


@settings(max_examples=30, deadline=None)
@given(LINES, st.integers(1, 9))
def test_however_the_file_grows_every_line_comes_once_and_says_where_it_began(tmp_path_factory, texts, step):
    path = tmp_path_factory.mktemp("log") / "run.jsonl"
    whole = b"".join(text.encode() + b"\n" + line(number) for number, text in enumerate(texts))
    reader, found = LogReader(path), []
    with path.open("wb", buffering=0) as file:
        for begin in range(0, len(whole), step):
            file.write(whole[begin : begin + step])
            found += reader.read().records
    reader.close()
    own = [(record, offset) for record, offset in found if record["type"] == "frame"]
    assert [record["index"] for record, _ in own] == list(range(len(texts)))
    assert all(whole[offset:].startswith(line(record["index"])) for record, offset in own)


def test_a_log_that_is_written_anew_begins_again(reader, tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(line(1) + line(2))
    reader.read()
    path.write_bytes(line(7))
    portion = reader.read()
    assert (numbers(portion), portion.is_new) == ([7], True)
    assert not reader.read().is_new


def test_a_log_that_is_replaced_by_another_file_begins_again(reader, tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(line(1))
    reader.read()
    other = tmp_path / "other"
    other.write_bytes(line(5) + line(6) + line(7))
    other.replace(path)
    portion = reader.read()
    assert (numbers(portion), portion.is_new) == ([5, 6, 7], True)


def test_a_log_that_is_moved_away_is_waited_for_again(reader, tmp_path):
    path = tmp_path / "run.jsonl"
    path.write_bytes(line(1))
    reader.read()
    path.rename(tmp_path / "run.1")
    portion = reader.read()
    assert (portion.is_missing, portion.is_new) == (True, True)
    path.write_bytes(line(9))
    assert numbers(reader.read()) == [9]


def test_a_long_log_is_read_in_portions(reader, tmp_path):
    count = 2 * CHUNK_BYTES // len(line(100_000))
    (tmp_path / "run.jsonl").write_bytes(b"".join(line(100_000 + number) for number in range(count)))
    found, portion = [], reader.read()
    assert portion.left_bytes > 0
    while portion.records:
        found += numbers(portion)
        portion = reader.read()
    assert found == list(range(100_000, 100_000 + count))
    assert portion.left_bytes == 0


@pytest.mark.parametrize("text", [b"", b"  ", b"nonsense", b"[1]", b'{"index":3}', b'{"type":4}', b"\xff\xfe", b'{"ty'])
def test_what_is_no_line_of_a_log_is_left_out(text):
    assert parse(text) is None


def test_what_is_no_log_at_all_is_said_in_one_line(reader, tmp_path):
    (tmp_path / "run.jsonl").write_bytes(b"x" * 3 * CHUNK_BYTES)
    assert [reader.read().records for _ in range(2)] == [(), ()]
    with pytest.raises(SourceUnreadableError, match="is no log of streamseg"):
        reader.read()


def test_a_folder_in_its_place_is_said_in_one_line(reader, tmp_path):
    (tmp_path / "run.jsonl").mkdir()
    with pytest.raises(SourceUnreadableError, match="cannot read the log"):
        reader.read()
