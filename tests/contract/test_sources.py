"""What every source keeps to, whoever wrote it. A plugin that the registry finds is tested here by itself."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from streamseg import registry
from streamseg.errors import SourceError
from streamseg.protocols import Seekable, Source
from streamseg.settings import SourceSettings
from streamseg.sources import camera
from tests.support.dicom_files import cine, ct_slice
from tests.support.igtl_server import Sender
from tests.support.volume_files import sequence_file, volume_file

DEADLINE_S = 10
SETTINGS = SourceSettings(size="64x48", timeout_s=DEADLINE_S)


@dataclass(frozen=True)
class Example:
    """A way to open a source of one plugin, given a folder to write to; ``is_endless`` where only `close` ends it."""

    open: Callable[[Path], Source]
    is_endless: bool = False


class Pictures:
    """A capture of a camera: a new picture every millisecond."""

    def __init__(self):
        self._count = 0
        self._stop = threading.Event()

    def set(self, _key, _value):
        return True

    def get(self, _key):
        return 0.0

    def grab(self):
        self._count += 1
        return not self._stop.wait(0.001)

    def retrieve(self):
        return True, np.full((48, 64, 3), self._count % 256, np.uint8)

    def release(self):
        self._stop.set()


def open_by_location(location):
    plugin, place = registry.find_source(location)
    return plugin.load()(place, SETTINGS)


def open_video(folder):
    path = folder / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in range(0, 200, 20):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8))))
        container.mux(stream.encode())
    return open_by_location(str(path))


def open_images(folder):
    for level in range(0, 200, 20):
        Image.fromarray(np.full((48, 64), level, np.uint8)).save(folder / f"{level}.png")
    return open_by_location(str(folder))


def open_slices(folder):
    for z_mm in range(8):
        ct_slice(folder / f"{z_mm}.dcm", z_mm=z_mm, level=z_mm)
    return open_by_location(str(folder))


def open_array(folder):
    path = folder / "stack.npy"
    np.save(path, np.stack([np.full((48, 64), level, np.uint8) for level in range(0, 200, 20)]))
    return open_by_location(str(path))


# Plugin -> ways to open it. A new plugin adds a line: a function that makes a small example and opens it.
EXAMPLES = {
    "array": [Example(open_array)],
    "camera": [Example(lambda _: camera.start("Probe", Pictures(), SETTINGS), is_endless=True)],
    "dicom": [
        Example(open_slices),
        Example(lambda folder: open_by_location(str(cine(folder / "cine.dcm", count=8, FrameTime=40)))),
    ],
    "igtl": [Example(lambda _: open_by_location(f"igtl://127.0.0.1:{Sender(repeats=True).port}"), is_endless=True)],
    "images": [Example(open_images)],
    "synthetic": [
        Example(lambda _: open_by_location("synthetic:frames=6")),
        # Enough of them for a busy machine to see three.
        Example(lambda _: open_by_location("synthetic:vessel:live:frames=30")),
        Example(lambda _: open_by_location("synthetic:vessel"), is_endless=True),
    ],
    "video": [Example(open_video)],
    "volume": [
        Example(lambda folder: open_by_location(str(volume_file(folder / "head.nii.gz", count=8)))),
        Example(lambda folder: open_by_location(str(sequence_file(folder / "cine.igs.mha", count=8)))),
    ],
}
PLUGINS = [name for name, plugin in registry.plugins("sources").items() if plugin.entry_point is None]
CASES = [
    pytest.param(name, example, id=f"{name}-{place}")
    for name, examples in EXAMPLES.items()
    for place, example in enumerate(examples)
]


@pytest.mark.parametrize("name", PLUGINS)
def test_every_source_is_tested_here(name):
    assert name in EXAMPLES, f"add {name!r} to EXAMPLES in {Path(__file__).name}: a function that opens a small example"


@pytest.mark.parametrize("name", PLUGINS)
def test_what_is_not_there_is_a_source_error_before_the_first_frame(name, tmp_path):
    create = registry.find("sources", name).load()
    with pytest.raises(SourceError) as failure:
        create(str(tmp_path / "there is nothing here"), SETTINGS)
    assert "\n" not in str(failure.value)
    assert "there is nothing here" in str(failure.value)


@pytest.mark.parametrize(("name", "example"), CASES)
def test_info_names_the_plugin_and_no_folder(name, example, tmp_path):
    with example.open(tmp_path) as source:
        assert source.info.kind == name
        assert source.info.name
        assert "/" not in source.info.name


@pytest.mark.parametrize(("name", "example"), CASES)
def test_a_source_whose_frames_come_at_their_own_pace_says_so_in_its_literal(name, example, tmp_path):
    with example.open(tmp_path) as source:
        assert registry.find("sources", name).live or not source.info.is_live


@pytest.mark.parametrize(("name", "example"), CASES)
def test_frames_are_new_read_only_and_in_order(name, example, tmp_path):
    before_ns = time.monotonic_ns()
    with example.open(tmp_path) as source:
        assert iter(source) is source
        frames = [frame for frame, _ in zip(source, range(6), strict=False)]
        size = source.info.size
    assert len(frames) >= 3, name
    assert frames[0].index == 0
    assert frames[0].captured_ns >= before_ns
    assert len({id(frame) for frame in frames}) == len({id(frame.image) for frame in frames}) == len(frames)
    assert not any(np.shares_memory(one.image, other.image) for one, other in itertools.pairwise(frames))
    for earlier, later in itertools.pairwise(frames):
        assert later.index > earlier.index
        assert later.captured_ns >= earlier.captured_ns
        assert later.media_time_ns is None or later.media_time_ns > earlier.media_time_ns
    for frame in frames:
        assert frame.size == size
        assert not frame.image.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            frame.image[0, 0] = 1


@pytest.mark.parametrize(("name", "example"), CASES)
def test_after_its_end_a_source_stays_at_its_end(name, example, tmp_path):
    with example.open(tmp_path) as source:
        if example.is_endless:
            next(source)
            source.close()
        else:
            last = [frame.index for frame in source][-1]
            count = source.info.frame_count
            # Of a live source, the last ones may have come while nobody took them.
            assert count is None or (last < count if source.info.is_live else last + 1 == count), name
        for _ in range(3):
            with pytest.raises(StopIteration):
                next(source)


@pytest.mark.parametrize(("name", "example"), CASES)
def test_close_may_come_twice_and_ends_the_stream(name, example, tmp_path):
    source = example.open(tmp_path)
    next(source)
    source.close()
    source.close()
    assert next(source, None) is None, name


@pytest.mark.parametrize(("name", "example"), CASES)
def test_a_source_that_was_never_read_can_be_closed(name, example, tmp_path):
    source = example.open(tmp_path)
    source.close()
    assert next(source, None) is None, name


@pytest.mark.parametrize(("name", "example"), CASES)
def test_close_from_another_thread_ends_one_who_reads(name, example, tmp_path):
    source = example.open(tmp_path)
    errors = []
    has_begun = threading.Event()

    def read():
        try:
            for _ in source:
                has_begun.set()
        except SourceError as err:
            errors.append(err)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert has_begun.wait(DEADLINE_S), name
    source.close()
    reader.join(DEADLINE_S)
    assert not reader.is_alive()
    assert errors == []


@pytest.mark.parametrize(("name", "example"), CASES)
def test_an_error_within_the_block_closes_the_source_and_passes(name, example, tmp_path):
    source = example.open(tmp_path)
    with pytest.raises(KeyError, match=name), source:
        raise KeyError(name)
    assert next(source, None) is None


@pytest.mark.parametrize(("name", "example"), CASES)
def test_one_that_can_be_sought_in_goes_on_from_exactly_that_frame(name, example, tmp_path):
    with example.open(tmp_path) as source:
        if not isinstance(source, Seekable) or source.info.is_live:
            pytest.skip(f"{name} is no source to seek in")
        frames = [frame for frame, _ in zip(source, range(6), strict=False)]
        for index in (3, 1, 4, 4, 0):
            assert source.seek(index)
            for expected in frames[index : index + 2]:
                found = next(source)
                assert (found.index, found.media_time_ns) == (expected.index, expected.media_time_ns)
                np.testing.assert_array_equal(found.image, expected.image)


@pytest.mark.parametrize(("name", "example"), CASES)
def test_one_that_has_come_to_its_end_can_still_be_sought_in(name, example, tmp_path):
    with example.open(tmp_path) as source:
        if not isinstance(source, Seekable) or source.info.is_live or example.is_endless:
            pytest.skip(f"{name} is no source to seek in, or has no end")
        first, *_ = source
        assert source.seek(0)
        np.testing.assert_array_equal(next(source).image, first.image)
