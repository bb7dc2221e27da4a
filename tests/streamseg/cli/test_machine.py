"""What this machine is."""

import numpy as np

from streamseg.cli._machine import describe_machine, required_versions


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
