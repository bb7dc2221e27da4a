"""A camera, played by a script in place of the driver: negotiation, loss, a driver that hangs, and the end."""

import sys
import threading
import time
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from streamseg.errors import SourceLostError, SourceNotFoundError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.camera import create, start, to_rgb
from tests.support.clips import grey_levels, write_clip

DEADLINE_S = 10


def code(text):
    return float(int.from_bytes(text.encode("ascii"), "little"))


@dataclass
class ScriptedCapture:
    """Gives ``pictures`` one after the other, each when ``gate`` lets it, and then what ``afterwards`` says."""

    pictures: list
    afterwards: str = "nothing"
    granted: dict = field(default_factory=dict)
    gate: threading.Semaphore | None = None

    def __post_init__(self):
        self.released = threading.Event()
        self.unhang = threading.Event()
        self.exhausted = threading.Event()
        self.threads = set()
        self._held = None

    def set(self, key, value):
        self.granted.setdefault(key, value)
        return True

    def get(self, key):
        return self.granted.get(key, 0.0)

    def grab(self):
        self.threads.add(threading.current_thread())
        if self.pictures and self.gate is not None:
            self.gate.acquire()
        if self.pictures:
            self._held = self.pictures.pop(0)
            return self._held is not None
        self.exhausted.set()
        if self.afterwards == "hang":
            self.unhang.wait(DEADLINE_S)
        return False

    def retrieve(self):
        if isinstance(self._held, cv2.error):
            raise self._held
        return True, self._held

    def release(self):
        self.threads.add(threading.current_thread())
        self.released.set()


def blue(size=(4, 6)):
    picture = np.zeros((*size, 3), np.uint8)
    picture[..., 0] = 255
    return picture


def test_info_tells_what_was_granted_and_warns_of_what_was_not():
    granted = {cv2.CAP_PROP_FPS: 5.0, cv2.CAP_PROP_FOURCC: code("YUYV")}
    settings = SourceSettings(rate_hz=60, pixel_format="MJPG", timeout_s=DEADLINE_S)
    with start("Probe", ScriptedCapture([blue()], granted=granted), settings) as source:
        assert (source.info.kind, source.info.name, source.info.is_live) == ("camera", "Probe", True)
        assert (source.info.size, source.info.rate_hz, source.info.detail) == ((4, 6), 5, "6x4 5 Hz YUYV")
        assert source.info.warnings == ("asked 60 Hz MJPG, got 5 Hz YUYV",)


def test_pictures_come_in_the_order_red_green_blue_stamped_after_the_grab(settings):
    before_ns = time.monotonic_ns()
    with start("Probe", ScriptedCapture([blue()]), settings) as source:
        frame = next(source)
    assert frame.image[0, 0].tolist() == [0, 0, 255]
    assert before_ns < frame.captured_ns < time.monotonic_ns()
    assert (frame.index, frame.media_time_ns) == (0, None)


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1)])
def test_grey_pictures_stay_grey(shape):
    assert to_rgb(np.full(shape, 7, np.uint8)).tolist() == [[7] * 6] * 4


@pytest.mark.parametrize("picture", [np.zeros((4, 6), np.uint16), np.zeros((4, 6, 2), np.uint8)])
def test_pictures_of_another_kind_are_unreadable(picture, settings):
    capture = ScriptedCapture([picture])
    with pytest.raises(SourceUnreadableError, match="--pixel-format"):
        start("Probe", capture, settings)
    assert capture.released.wait(DEADLINE_S)


def test_only_the_newest_picture_waits_and_the_index_tells_what_was_lost():
    gate = threading.Semaphore(1)
    capture = ScriptedCapture([np.full((4, 6), level, np.uint8) for level in range(5)], gate=gate)
    with start("Probe", capture, SourceSettings(timeout_s=DEADLINE_S)) as source:
        first = next(source)
        gate.release(4)
        assert capture.exhausted.wait(DEADLINE_S)
        newest = next(source)
    assert (first.index, first.image[0, 0]) == (0, 0)
    assert (newest.index, newest.image[0, 0]) == (4, 4)


def test_a_reading_without_a_picture_is_tried_again():
    broken = cv2.error("damaged picture")
    capture = ScriptedCapture([None, broken, None, blue()])
    with start("Probe", capture, SourceSettings(timeout_s=DEADLINE_S)) as source:
        assert next(source).size == (4, 6)


@pytest.mark.parametrize("afterwards", ["nothing", "hang"])
def test_a_camera_that_stops_is_lost_after_the_time_out_and_then_over(settings, afterwards):
    capture = ScriptedCapture([blue()], afterwards)
    source = start("Probe", capture, settings)
    next(source)
    with pytest.raises(SourceLostError, match=r"'Probe' gave no picture for 0\.3 s"):
        next(source)
    with pytest.raises(StopIteration):
        next(source)
    capture.unhang.set()
    source.close()
    assert capture.released.wait(DEADLINE_S)


@pytest.mark.parametrize("afterwards", ["nothing", "hang"])
def test_a_camera_that_never_gives_a_picture_fails_before_the_stream_starts(settings, monkeypatch, afterwards):
    monkeypatch.setattr("streamseg.sources.camera.CLOSE_S", 0.05)
    capture = ScriptedCapture([], afterwards)
    with pytest.raises(SourceUnreadableError, match=r"no picture within 0\.3 s"):
        start("Probe", capture, settings)
    capture.unhang.set()
    assert capture.released.wait(DEADLINE_S)


def test_a_driver_that_never_returns_is_left_behind_and_that_is_said(settings, monkeypatch, caplog):
    monkeypatch.setattr("streamseg.sources.camera.CLOSE_S", 0.05)
    capture = ScriptedCapture([blue()], "hang")
    source = start("Probe", capture, settings)
    source.close()
    assert "left behind" in caplog.text
    capture.unhang.set()
    assert capture.released.wait(DEADLINE_S)


def test_closing_wakes_one_who_waits_and_gives_the_camera_back():
    capture = ScriptedCapture([blue()])
    source = start("Probe", capture, SourceSettings(timeout_s=60))
    next(source)
    rest = []
    thread = threading.Thread(target=lambda: rest.extend(source), daemon=True)
    thread.start()
    source.close()
    source.close()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()
    assert rest == []
    assert capture.released.is_set()


def test_one_thread_alone_touches_the_device():
    capture = ScriptedCapture([blue(), blue()])
    with start("Probe", capture, SourceSettings(timeout_s=DEADLINE_S)) as source:
        next(source)
    assert len(capture.threads) == 1
    assert threading.current_thread() not in capture.threads


def test_a_real_capture_of_opencv_gives_frames_and_is_lost_at_its_end(tmp_path, settings):
    """A file in place of the device: the object is OpenCV's own."""
    path = write_clip(tmp_path / "clip.avi", grey_levels(5), codec="mjpeg", pixel_format="yuvj420p")
    capture = cv2.VideoCapture(str(path))
    assert capture.isOpened()
    with start("clip", capture, settings) as source:
        assert source.info.size == (48, 64)
        frames = []
        with pytest.raises(SourceLostError):
            frames.extend(iter(source.__next__, None))
    assert frames
    assert not capture.isOpened()


@pytest.mark.parametrize("location", ["97", "/dev/video97", "no camera is called this"])
def test_a_camera_that_is_not_there_is_not_found(settings, location):
    with pytest.raises(SourceNotFoundError):
        create(location, settings)


@pytest.mark.skipif(sys.platform != "linux", reason="device files are opened by name on Linux")
def test_something_that_is_no_camera_does_not_open(tmp_path, settings, capfd):
    path = tmp_path / "video5"
    path.write_bytes(b"")
    with pytest.raises(SourceUnreadableError, match="does not open"):
        create(str(path), settings)
    capfd.readouterr()
