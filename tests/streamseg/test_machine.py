"""What this machine is."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from streamseg.machine import (
    STEPS_DOWN,
    describe_machine,
    give_way,
    machine_line,
    required_versions,
    usable_cores,
)


def test_the_machine_has_a_processor_cores_and_memory():
    machine = describe_machine()
    assert machine["cpu"]
    assert 1 <= machine["cores_available"] <= machine["cores"]
    assert machine["memory_gib"] > 0


def test_versions_are_those_of_the_required_packages_and_of_no_extra():
    versions = required_versions()
    assert versions["numpy"] == np.__version__
    assert "click" in versions
    assert "tensorflow" not in versions
    assert "pytest" not in versions


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system does not bind processes to cores")
def test_cores_that_the_process_may_not_use_are_not_counted():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert usable_cores() == len(allowed)


def test_the_line_beside_a_figure_names_processor_cores_and_versions():
    line = machine_line()
    assert "\n" not in line
    assert f"{usable_cores()} of" in line
    assert f"numpy {np.__version__}" in line


@pytest.mark.skipif(sys.platform != "linux", reason="this system has no priorities of threads")
def test_a_thread_that_gives_way_is_lower_than_before_and_no_other_is():
    def lowered():
        before = priority()
        give_way()
        return priority() - before

    def priority():
        return os.getpriority(os.PRIO_PROCESS, 0)

    own = priority()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lowered).result(10) == min(STEPS_DOWN, 19 - own)
    assert priority() == own
