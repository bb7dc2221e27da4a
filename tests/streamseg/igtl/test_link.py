"""Addresses of OpenIGTLink servers."""

import pytest

from streamseg.igtl.link import Address, parse_address


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("igtl://localhost:18944/Image_Reference", Address("localhost", 18944, "Image_Reference")),
        ("//10.0.0.7/Image", Address("10.0.0.7", 18944, "Image")),
        ("plus.example:5/", Address("plus.example", 5)),
        ("igtl://[::1]:19000", Address("::1", 19000)),
    ],
)
def test_port_and_device_may_be_left_out(location, expected):
    assert parse_address(location) == expected


def test_an_address_is_written_as_it_is_typed():
    assert str(Address("::1", 7)) == "[::1]:7"
    assert str(Address("host", 7, "Probe")) == "host:7"
