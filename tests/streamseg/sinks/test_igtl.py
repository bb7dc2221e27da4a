"""OpenIGTLink as a sink, read back by a real client of pyigtl."""

import contextlib
import json
import socket
import time
from dataclasses import replace

import numpy as np
import pyigtl
import pytest

from streamseg.errors import SinkError
from streamseg.frame import Rendering, Scores
from streamseg.geometry import ImagePlane
from streamseg.igtl.picture import picture_of
from streamseg.measurement import Measurement
from streamseg.settings import OutputSettings
from streamseg.sinks.igtl import MASK, MEASURES, PROBABILITY, create
from tests.support.igtl_server import await_listener
from tests.support.renderings import grey_picture, rendering_of, segmentation_of, stream_of

DEADLINE_S = 20
PLANE = ImagePlane((10.0, -20.0, 30.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0), 2.0)


@pytest.fixture
def sink(tmp_path):
    opened = create("0", OutputSettings())
    opened.open(stream_of(tmp_path))
    yield opened
    opened.close()


@contextlib.contextmanager
def client_of(sink):
    client = pyigtl.OpenIGTLinkClient(port=sink.port)
    try:
        yield client
    finally:
        client.stop()


def receive(sink, client, rendering, devices=(MASK, PROBABILITY, MEASURES)):
    """Write ``rendering`` until ``client`` has its messages: a client is taken in when there is something to send."""
    deadline_s = time.monotonic() + DEADLINE_S
    found = {}
    while set(found) != set(devices) and time.monotonic() < deadline_s:
        sink.write(rendering)
        found |= {name: message for name in devices if (message := client.wait_for_message(name, timeout=0.1))}
    return [found[device] for device in devices]


def rendering_at(**of_frame):
    picture = grey_picture((48, 64))
    return Rendering(segmentation_of(picture, index=3, **of_frame), np.zeros((48, 64, 3), np.uint8))


def test_a_real_client_reads_mask_probability_and_measures_of_the_frame(sink):
    rendering = rendering_at()
    segmentation = rendering.segmentation
    with client_of(sink) as client:
        mask, probability, measures = receive(sink, client, rendering)
    np.testing.assert_array_equal(mask.image[0], np.where(segmentation.mask, 255, 0))
    assert mask.image.dtype == probability.image.dtype == np.uint8
    np.testing.assert_allclose(probability.image[0] / 255, segmentation.probability, atol=0.5 / 255 + 1e-6)
    found = json.loads(measures.string)
    assert (found["index"], found["area_px"], found["area_mm2"]) == (3, segmentation.area_px, None)
    assert found["scores"]["maximum"] == segmentation.scores.maximum


def test_measurements_are_sent_with_their_units(sink):
    rendering = rendering_at()
    measurement = Measurement("longest", 12.5, "mm", ((1.0, 2.0), (3.0, 4.0)))
    segmentation = replace(rendering.segmentation, measurements=(measurement,))
    with client_of(sink) as client:
        (measures,) = receive(sink, client, replace(rendering, segmentation=segmentation), [MEASURES])
    (found,) = json.loads(measures.string)["measurements"]
    assert (found["kind"], found["value"], found["unit"]) == ("longest", 12.5, "mm")


def test_a_frame_without_a_mask_is_sent_an_empty_one_and_no_numbers(sink):
    rendering = rendering_at()
    nothing = np.zeros((48, 64))
    segmentation = replace(
        rendering.segmentation,
        mask=nothing.astype(bool),
        probability=nothing.astype(np.float32),
        scores=Scores(*[float("nan")] * 4),
        mask_age_ms=None,
    )
    with client_of(sink) as client:
        mask, _, measures = receive(sink, client, replace(rendering, segmentation=segmentation))
    assert not mask.image.any()
    found = json.loads(measures.string)
    assert (found["area_px"], found["scores"]) == (None, None)


def test_place_spacing_and_time_are_those_of_the_picture_it_was_found_in(sink):
    given = {"spacing_mm": (0.25, 0.5), "plane": PLANE, "device_time_ns": 1_700_000_000_250_000_000}
    with client_of(sink) as client:
        messages = receive(sink, client, rendering_at(**given))
    for message in messages:
        assert message.timestamp == pytest.approx(1_700_000_000.25, abs=1e-6)
    for message in messages[:2]:
        found = picture_of(message)
        assert found.spacing_mm == (0.25, 0.5)
        assert found.plane == PLANE


def test_a_picture_of_no_known_time_is_stamped_with_when_it_was_captured(sink):
    rendering = rendering_at()
    captured_ns = time.monotonic_ns() - 5_000_000_000
    segmentation = rendering.segmentation
    frame = replace(segmentation.frame, captured_ns=captured_ns)
    with client_of(sink) as client:
        mask, *_ = receive(sink, client, replace(rendering, segmentation=replace(segmentation, frame=frame)))
    assert mask.timestamp == pytest.approx(time.time() - 5, abs=DEADLINE_S)
    assert mask.timestamp < time.time() - 4.9


def test_two_clients_get_the_same_and_one_that_comes_later_gets_what_is_sent_from_then_on(sink):
    with client_of(sink) as first:
        receive(sink, first, rendering_of(0))
        with client_of(sink) as second:
            receive(sink, second, rendering_of(1))
            assert json.loads(receive(sink, first, rendering_of(1), [MEASURES])[0].string)["index"] == 1


def test_what_was_sent_before_the_end_still_arrives(sink):
    with socket.create_connection(("127.0.0.1", sink.port)) as client:
        client.settimeout(DEADLINE_S)
        await_listener(sink._server)
        client.sendall(b"unasked")
        sink.write(rendering_of(0))
        sink.close()
        received = b"".join(iter(lambda: client.recv(2**16), b""))
    assert received.count(MASK.encode()) == received.count(MEASURES.encode()) == 1
    assert received.endswith(b"}")


def test_it_listens_to_this_machine_alone_unless_it_is_told_otherwise(sink):
    assert sink._server._listener.getsockname()[0] == "127.0.0.1"
    assert create("0.0.0.0:5", OutputSettings())._host == "0.0.0.0"  # noqa: S104 - what a user may ask for
    assert create("[::1]:5", OutputSettings())._host == "::1"
    assert create("", OutputSettings())._asked_port == 18944


def test_a_port_that_is_taken_is_said_before_the_first_frame(sink, tmp_path):
    second = create(str(sink.port), OutputSettings())
    with pytest.raises(SinkError, match=rf"127\.0\.0\.1:{sink.port}: .*give another port") as failure:
        second.open(stream_of(tmp_path))
    assert "\n" not in str(failure.value)
    second.close()


@pytest.mark.parametrize("target", ["host", "99999", ":5", "a b:5", "run.jsonl"])
def test_a_target_that_is_no_port_is_refused_when_it_is_made(target):
    with pytest.raises(SinkError, match="write igtl:PORT or igtl:HOST:PORT"):
        create(target, OutputSettings())


def test_a_frame_before_it_is_opened_is_refused():
    with pytest.raises(SinkError, match="before it was opened"):
        create("0", OutputSettings()).write(rendering_of(0))
