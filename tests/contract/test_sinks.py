"""What every sink must do, whoever wrote it. A new one is picked up by itself."""

import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from streamseg import registry
from streamseg.errors import SinkError
from streamseg.frame import Origin
from streamseg.settings import OutputSettings
from tests.support.renderings import rendering_of, stream_of
from tests.support.slices import ct_stack, disc, slice_of

PLUGINS = registry.plugins("sinks")
# Sinks that write a file say its ending; others take no target, or one that can be had here.
OF_SLICES = {"dicom_seg"}
TO_FILE = [name for name, plugin in PLUGINS.items() if plugin.suffixes]
OTHER_TARGETS = {"igtl": "0"}  # any port that is free


@dataclass
class Bench:
    """Makes sinks with targets in a folder of their own."""

    folder: Path

    def target(self, name, folder=None):
        suffixes = sorted(PLUGINS[name].suffixes)
        return str((folder or self.folder) / f"output{suffixes[0]}") if suffixes else OTHER_TARGETS.get(name, "")

    def make(self, name, target=None, **output):
        plugin = PLUGINS[name]
        if plugin.missing:
            pytest.skip(plugin.missing)
        settings = OutputSettings(folder=self.folder, **output)
        return plugin.load()(self.target(name) if target is None else target, settings)

    def stream(self, name, **output):
        """Return the stream that an example of ``name`` is opened with: of DICOM slices for what refers to them."""
        stream = stream_of(self.folder, **output)
        return replace(stream, source=replace(stream.source, kind="dicom")) if name in OF_SLICES else stream

    def rendering(self, name, index=0, size=(48, 64)):
        rendering = rendering_of(index, size=size)
        if name not in OF_SLICES:
            return rendering
        paths = ct_stack(self.folder / "slices", [0, 5, 10, 15, 20], size=(48, 64))
        segmentation = slice_of(disc(9, (48, 64)), index, position_mm=5.0 * index)
        frame = replace(segmentation.frame, origin=Origin(paths[index]))
        return replace(rendering, segmentation=replace(segmentation, frame=frame))


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    return Bench(tmp_path)


def resources():
    return {file.path for file in psutil.Process().open_files()}, set(threading.enumerate())


def test_there_are_sinks_to_test():
    assert {"record", "record_raw", "log", "window", "stack_report", "masks", "dicom_seg"} <= PLUGINS.keys()


@pytest.mark.parametrize("name", PLUGINS)
def test_it_says_what_it_is(name, bench):
    sink = bench.make(name)
    assert sink.name == name
    assert isinstance(sink.needs_main_thread, bool)
    assert isinstance(sink.needs_every_frame, bool)
    assert len(PLUGINS[name].summary) > 10
    if sink.needs_main_thread:
        sink.pump()


@pytest.mark.parametrize("name", PLUGINS)
def test_it_takes_renderings_and_closing_it_twice_is_the_same_as_once(name, bench):
    files, threads = resources()
    sink = bench.make(name)
    sink.open(bench.stream(name))
    for index in range(5):
        sink.write(bench.rendering(name, index))
    sink.close()
    sink.close()
    left_files, left_threads = resources()
    assert not {path for path in left_files - files if str(bench.folder) in path}
    assert left_threads <= threads


@pytest.mark.parametrize("name", TO_FILE)
def test_what_it_wrote_is_there_when_it_is_closed(name, bench):
    sink = bench.make(name)
    sink.open(bench.stream(name))
    sink.write(bench.rendering(name))
    sink.close()
    assert Path(bench.target(name)).stat().st_size > 100


@pytest.mark.parametrize("name", PLUGINS)
def test_it_can_be_closed_without_a_rendering_and_without_being_opened(name, bench):
    bench.make(name).close()
    sink = bench.make(name)
    sink.open(bench.stream(name))
    sink.close()


@pytest.mark.parametrize("name", PLUGINS)
def test_it_takes_a_canvas_whose_size_changes(name, bench):
    sink = bench.make(name)
    sink.open(bench.stream(name))
    sink.write(bench.rendering(name))
    sink.write(bench.rendering(name, 1, size=(64, 256)))
    sink.close()


@pytest.mark.parametrize("name", TO_FILE)
def test_what_cannot_be_written_is_said_before_the_first_frame(name, bench):
    sink = bench.make(name, bench.target(name, bench.folder / "missing"))
    with pytest.raises(SinkError, match="missing") as caught:
        sink.open(bench.stream(name))
    assert "\n" not in str(caught.value)
    sink.close()


@pytest.mark.parametrize("name", TO_FILE)
def test_a_file_that_exists_is_refused_and_left_alone_unless_it_may_be_replaced(name, bench):
    path = Path(bench.target(name))
    path.write_bytes(b"precious")
    sink = bench.make(name)
    with pytest.raises(SinkError, match="exists already"):
        sink.open(bench.stream(name))
    sink.close()
    assert path.read_bytes() == b"precious"
    sink = bench.make(name, overwrite=True)
    sink.open(bench.stream(name, overwrite=True))
    sink.write(bench.rendering(name))
    sink.close()
    assert path.read_bytes() != b"precious"


@pytest.mark.parametrize("name", TO_FILE)
def test_what_it_writes_names_no_folder_of_this_machine(name, bench):
    sink = bench.make(name)
    sink.open(bench.stream(name))
    sink.write(bench.rendering(name))
    sink.close()
    written = Path(bench.target(name)).read_bytes()
    assert str(bench.folder).encode() not in written
    assert json.dumps(str(bench.folder)).encode() not in written
