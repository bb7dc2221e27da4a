"""What this process takes."""

import math
import sys
from types import SimpleNamespace

import pytest

from streamseg.watch.gpu import GpuMeter
from streamseg.watch.resources import ResourceMeter


def test_a_process_that_computes_takes_processor_time_and_memory():
    meter = ResourceMeter("CPUExecutionProvider")
    sum(math.sqrt(number) for number in range(400_000))
    resources = meter.sample()
    assert resources.cpu_percent > 0
    assert resources.memory_mib > 10
    assert resources.gpu is None


class DriverError(Exception):
    """What the driver's library raises."""


@pytest.fixture
def driver(monkeypatch):
    """Put a driver's library in place, which answers until it is told to fail."""
    library = SimpleNamespace(
        NVMLError=DriverError,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda _: "Some Card",
        nvmlDeviceGetUtilizationRates=lambda _: SimpleNamespace(gpu=37),
        nvmlDeviceGetMemoryInfo=lambda _: SimpleNamespace(used=2**30, total=2**33),
        __spec__=SimpleNamespace(),
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    return library


def fail(*_):
    raise DriverError("gone")


@pytest.mark.usefixtures("driver")
def test_a_card_that_runs_the_model_is_asked():
    state = GpuMeter("CUDAExecutionProvider").sample()
    assert (state.name, state.load_percent, state.memory_mib, state.memory_total_mib) == ("Some Card", 37, 1024, 8192)


@pytest.mark.parametrize("call", ["nvmlInit", "nvmlDeviceGetHandleByIndex", "nvmlDeviceGetUtilizationRates"])
def test_a_driver_that_fails_leaves_the_card_out(driver, call):
    setattr(driver, call, fail)
    meter = GpuMeter("CUDAExecutionProvider")
    assert meter.sample() is None
    assert meter.sample() is None


def test_without_the_library_nothing_is_said_of_a_card(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert GpuMeter("CUDAExecutionProvider").sample() is None


def test_a_card_that_does_not_run_the_model_is_not_asked(driver):
    driver.nvmlInit = fail
    assert GpuMeter("CPUExecutionProvider").sample() is None
