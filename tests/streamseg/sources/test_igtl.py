"""OpenIGTLink as a source: a real server of pyigtl in another process, and senders that misbehave."""

import logging
import threading

import numpy as np
import pytest

from streamseg import registry
from streamseg.errors import SourceError, SourceLostError, SourceNotFoundError, SourceUnreadableError
from streamseg.settings import SourceSettings
from streamseg.sources.igtl import create
from tests.support.igtl_server import DEADLINE_S, Sender, free_port, message_of, picture, server_process

SETTINGS = SourceSettings(timeout_s=DEADLINE_S)


def open_at(port, device="", **settings):
    location = f"igtl://127.0.0.1:{port}{device and '/'}{device}"
    plugin, place = registry.find_source(location)
    return plugin.load()(place, SourceSettings(**({"timeout_s": DEADLINE_S} | settings)))


@pytest.fixture
def server():
    """Run a server for each test: that of pyigtl keeps waiting for its first client when that has gone."""
    with server_process() as process:
        yield process


def test_pictures_of_a_real_server_arrive_exactly_and_in_order(server):
    server.say("IMAGE", "Probe", "grey", 0)
    with open_at(server.port, "Probe") as source:
        frames = [next(source)]
        for number in range(1, 4):
            server.say("IMAGE", "Probe", "grey", number)
            frames.append(next(source))
    for number, frame in enumerate(frames):
        np.testing.assert_array_equal(frame.image, picture("grey", number)[0])
        assert frame.index == number
        assert frame.media_time_ns == pytest.approx(number * 125_000_000, abs=1000)
        assert frame.device_time_ns == pytest.approx(1_700_000_000_000_000_000 + number * 125_000_000, abs=1000)
    assert source.info.is_live
    assert (source.info.name, source.info.size, source.info.warnings) == ("Probe", (48, 64), ())


@pytest.mark.parametrize(("kind", "unit"), [("colour", "grey"), ("ct", "hu")])
def test_colour_stays_rgb_and_16_bits_are_hounsfield_units(server, kind, unit):
    server.say("IMAGE", "Probe", kind, 5)
    with open_at(server.port) as source:
        frame = next(source)
    np.testing.assert_array_equal(frame.image, picture(kind, 5)[0])
    assert (frame.unit, frame.modality) == (unit, "CT" if unit == "hu" else None)


def test_16_bits_with_the_high_byte_first_are_the_same_values():
    message = message_of("IMAGE", "Probe", "ct", 5)
    packed = bytearray(message.pack())
    packed[58 + 4] = 1  # what says so
    packed[-message.image.nbytes :] = message.image.byteswap().tobytes()
    with open_at(Sender(bytes(packed)).port) as source:
        np.testing.assert_array_equal(next(source).image, picture("ct", 5)[0])


@pytest.mark.parametrize(("coordinates", "sign"), [("ras", -1), ("lps", 1)])
def test_place_and_spacing_come_from_the_message_in_dicoms_axes(server, coordinates, sign):
    server.say("IMAGE", "Probe", "grey", 0, coordinates)
    with open_at(server.port) as source:
        frame = next(source)
    assert frame.spacing_mm == (0.25, 0.5)
    assert frame.plane.origin_mm == pytest.approx((sign * 10, sign * 20, 30))
    assert frame.plane.across == pytest.approx((sign, 0, 0))
    assert frame.plane.down == pytest.approx((0, 0, 1))
    assert frame.plane.thickness_mm == pytest.approx(2)


def test_a_place_that_nobody_filled_in_is_none(server):
    server.say("IMAGE", "Probe", "unplaced", 0)
    with open_at(server.port) as source:
        frame = next(source)
    assert (frame.spacing_mm, frame.plane) == (None, None)
    assert "pixels" in source.info.warnings[0]


def test_without_a_device_the_first_that_sends_a_picture_is_played_and_is_not_named(server):
    server.say("TRANSFORM", "Tracker")
    server.say("IMAGE", "Doe^Jane", "grey", 1)
    with open_at(server.port) as source:
        assert next(source).image[0, 0] == 1
        server.say("IMAGE", "Other", "grey", 9)
        server.say("IMAGE", "Doe^Jane", "grey", 2)
        assert next(source).image[0, 0] == 2
        assert "Doe" not in repr(source.info)


def test_a_device_that_sends_no_pictures_is_said_with_what_there_is(server):
    server.say("TRANSFORM", "Probe")
    server.say("IMAGE", "Video", "grey", 1)
    with pytest.raises(SourceUnreadableError, match=r"'Probe' came .* it sends TRANSFORM 'Probe', IMAGE 'Video'$"):
        open_at(server.port, "Probe", timeout_s=1)


@pytest.mark.parametrize(("kind", "what"), [("float", "float32"), ("volume", r"\(3, 48, 64\)")])
def test_pictures_of_another_kind_are_refused_and_named(server, kind, what):
    server.say("IMAGE", "Probe", kind, 1)
    with pytest.raises(SourceUnreadableError, match=f"'Probe' sends .*{what}.*; send single slices"):
        open_at(server.port)


def test_a_server_that_was_killed_and_comes_back_goes_on_and_the_gap_is_no_picture(caplog):
    with server_process() as first:
        first.say("IMAGE", "Probe", "grey", 7)
        source = open_at(first.port, "Probe")
        frames = [next(source)]
        first.kill()
        reader = threading.Thread(target=lambda: frames.append(next(source)), daemon=True)
        with caplog.at_level(logging.WARNING):
            reader.start()
            with server_process(first.port) as second:
                second.say("IMAGE", "Probe", "grey", 3)
                reader.join(DEADLINE_S)
                source.close()
    assert not reader.is_alive()
    assert [frame.image[0, 0] for frame in frames] == [7, 3]
    assert frames[1].index > frames[0].index
    assert frames[1].media_time_ns > 0
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "was lost" in caplog.records[0].message
    assert "is back after" in caplog.records[1].message


def test_a_server_that_does_not_come_back_is_lost_after_the_time_out_and_then_over():
    sender = Sender(message_of("IMAGE", "Probe").pack(), lingers=False)
    source = open_at(sender.port, timeout_s=0.5)
    next(source)
    with pytest.raises(SourceLostError, match=r"was lost and did not come back within 0\.5 s"):
        next(source)
    with pytest.raises(StopIteration):
        next(source)
    source.close()


def test_a_server_that_stands_still_is_lost_after_the_time_out():
    sender = Sender(message_of("IMAGE", "Probe").pack())
    with open_at(sender.port, timeout_s=0.5) as source:
        next(source)
        with pytest.raises(SourceLostError, match=rf"127\.0\.0\.1:{sender.port} "):
            next(source)


def test_nothing_at_the_port_is_one_line_that_names_it():
    port = free_port()
    with pytest.raises(SourceNotFoundError, match=f"nothing answers at 127.0.0.1:{port}: .*; start") as failure:
        open_at(port)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n", b"\x00" * 58, b"\xff" * 58],
)
def test_what_is_no_openigtlink_is_said(answer):
    with pytest.raises(SourceUnreadableError, match="is not OpenIGTLink"):
        open_at(Sender(answer).port)


def test_a_message_in_pieces_is_put_together():
    packed = message_of("IMAGE", "Probe", "grey", 4).pack()
    with open_at(Sender(*(packed[place : place + 500] for place in range(0, len(packed), 500))).port) as source:
        np.testing.assert_array_equal(next(source).image, picture("grey", 4)[0])


@pytest.mark.parametrize("count", [0, 20, 58, 100])
def test_a_message_that_breaks_off_is_no_picture(count):
    packed = message_of("IMAGE", "Probe").pack()
    with pytest.raises(SourceError, match="came from"):
        open_at(Sender(packed[:count], lingers=False).port, timeout_s=0.3)


def test_a_picture_whose_body_contradicts_its_header_is_named():
    message = message_of("IMAGE", "Probe")
    body = bytearray(message.pack())
    body[58 + 7] += 1  # one column more than there are pixels for
    with pytest.raises(SourceUnreadableError, match="IMAGE of device 'Probe' cannot be read"):
        open_at(Sender(bytes(body)).port)


def test_a_sender_whose_clock_stands_still_has_media_times_that_grow():
    packed = message_of("IMAGE", "Probe").pack()
    sender = Sender(*[packed] * 3, repeats=True)
    with open_at(sender.port) as source:
        times_ns = [next(source).media_time_ns for _ in range(5)]
    assert times_ns[0] == 0
    assert times_ns == sorted(set(times_ns))


def test_only_the_newest_picture_waits_and_the_index_tells_what_was_passed_over():
    sender = Sender(*(message_of("IMAGE", "Probe", "grey", number).pack() for number in range(40)))
    with open_at(sender.port) as source:
        frame = next(source)
        while frame.image[0, 0] < 39:
            later = next(source)
            assert later.index - frame.index == int(later.image[0, 0]) - int(frame.image[0, 0])
            frame = later


def test_closing_wakes_one_who_waits():
    source = open_at(Sender(message_of("IMAGE", "Probe").pack()).port)
    next(source)
    rest = []
    reader = threading.Thread(target=lambda: rest.extend(source), daemon=True)
    reader.start()
    source.close()
    reader.join(DEADLINE_S)
    assert not reader.is_alive()
    assert rest == []


@pytest.mark.parametrize("location", ["", "igtl://", "//host:99999/x", "//a b/x", "host:port", "//host:1/a/b"])
def test_what_is_no_address_is_refused(location):
    with pytest.raises(SourceNotFoundError, match="write igtl://HOST:PORT/DEVICE"):
        create(location, SETTINGS)
