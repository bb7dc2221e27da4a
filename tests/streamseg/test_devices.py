"""Which camera a location means, and what it grants of what it is asked for."""

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.devices import Camera, Format, find_camera, list_cameras, mismatch, negotiate, open_camera
from streamseg.errors import SourceNotFoundError

CAMERAS = (
    Camera(0, "Integrated Webcam", "/dev/video0"),
    Camera(2, "USB Video", "/dev/video2"),
    Camera(4, "USB Video 3.0", "/dev/video4"),
)


def test_the_list_works_wherever_it_runs_and_is_in_order_of_index():
    cameras = list_cameras()
    assert [camera.index for camera in cameras] == sorted(camera.index for camera in cameras)
    assert all(camera.name and camera.backend for camera in cameras)


def test_an_index_is_the_camera_of_that_index():
    assert find_camera("2", CAMERAS) is CAMERAS[1]


def test_an_index_that_is_not_listed_is_still_tried():
    assert find_camera("7", CAMERAS).index == 7


def test_part_of_a_name_in_any_case_is_enough():
    assert find_camera("webcam", CAMERAS) is CAMERAS[0]


def test_a_whole_name_wins_over_a_longer_one_that_holds_it():
    assert find_camera("usb video", CAMERAS) is CAMERAS[1]


def test_no_name_is_the_first_camera():
    assert find_camera("", CAMERAS) is CAMERAS[0]


def test_a_name_that_fits_several_is_refused_with_the_list():
    with pytest.raises(SourceNotFoundError, match=r"2 \(USB Video\), 4 \(USB Video 3\.0\)"):
        find_camera("usb", CAMERAS)


@pytest.mark.parametrize("location", ["microscope", "/dev/there/is/none"])
def test_what_is_not_there_is_refused_with_what_there_is(location):
    with pytest.raises(SourceNotFoundError, match="Integrated Webcam"):
        find_camera(location, CAMERAS)
    with pytest.raises(SourceNotFoundError, match="lists none"):
        find_camera(location, ())


def test_a_link_to_a_device_file_is_the_camera_behind_it(tmp_path):
    device = tmp_path / "video4"
    device.touch()
    link = tmp_path / "usb-Maker_Probe-index0"
    link.symlink_to(device)
    listed = Camera(4, "Probe", str(device))
    assert find_camera(str(link), (listed,)) is listed
    assert find_camera(str(link), ()) == Camera(4, "usb-Maker_Probe-index0", str(device))


def test_opening_a_camera_that_is_not_there_says_what_there_is():
    with pytest.raises(SourceNotFoundError, match="there is no camera 97"):
        open_camera(Camera(97, "camera 97"))


class Driver:
    """Notes what it is asked for and grants what it was made with."""

    def __init__(self, granted):
        self.granted = granted
        self.asked = []

    def set(self, key, value):
        self.asked.append((key, value))
        return True

    def get(self, key):
        return self.granted.get(key, 0.0)


def code(text):
    return float(int.from_bytes(text.encode("ascii"), "little"))


def test_what_is_asked_goes_to_the_driver_format_first_then_size_rate_and_buffer():
    capture = Driver({})
    negotiate(capture, Format((1080, 1920), 60.0, "MJPG"))
    assert capture.asked == [
        (cv2.CAP_PROP_FOURCC, code("MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 1920),
        (cv2.CAP_PROP_FRAME_HEIGHT, 1080),
        (cv2.CAP_PROP_FPS, 60),
        (cv2.CAP_PROP_BUFFERSIZE, 1),
    ]


def test_what_was_not_asked_is_left_to_the_driver():
    capture = Driver({})
    negotiate(capture, Format())
    assert capture.asked == [(cv2.CAP_PROP_BUFFERSIZE, 1)]


def test_what_the_driver_grants_is_read_back_and_silence_is_unknown():
    granted = {
        cv2.CAP_PROP_FRAME_WIDTH: 640.0,
        cv2.CAP_PROP_FRAME_HEIGHT: 480.0,
        cv2.CAP_PROP_FPS: 29.97,
        cv2.CAP_PROP_FOURCC: code("YUYV"),
    }
    assert negotiate(Driver(granted), Format()) == Format((480, 640), 29.97, "YUYV")
    assert negotiate(Driver({cv2.CAP_PROP_FOURCC: -1.0}), Format()) == Format()


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=4, max_size=4))
def test_a_pixel_format_comes_back_as_it_was_asked(text):
    capture = Driver({})
    negotiate(capture, Format(pixel_format=text))
    capture.granted = dict(capture.asked)
    assert negotiate(capture, Format()).pixel_format == text


@pytest.mark.parametrize(
    ("asked", "granted", "sentence"),
    [
        (Format(rate_hz=60, pixel_format="MJPG"), Format((1, 1), 5, "YUYV"), "asked 60 Hz MJPG, got 5 Hz YUYV"),
        (Format((1080, 1920)), Format((480, 640), 30, "YUYV"), "asked 1920x1080, got 640x480"),
        (Format(rate_hz=60), Format((1, 1), None, None), "asked 60 Hz, got no answer"),
        (Format(rate_hz=30), Format((1, 1), 29.97, "YUYV"), None),
        (Format(), Format((1, 1), 29.97, "YUYV"), None),
    ],
)
def test_what_was_not_granted_is_one_sentence(asked, granted, sentence):
    said = mismatch(asked, granted)
    assert said == sentence or (sentence is not None and said.startswith(sentence))


def test_a_rate_that_was_not_granted_comes_with_what_to_try():
    assert "--pixel-format" in mismatch(Format(rate_hz=60), Format((1, 1), 5, "YUYV"))
