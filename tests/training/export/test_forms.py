"""A form whose package is missing is refused before any work."""

from __future__ import annotations

import importlib.util

import pytest

from streamseg.errors import MissingDependencyError
from training.export.forms import FormName, check_installed


@pytest.mark.parametrize(
    ("form", "missing", "extra"),
    [
        ("saved-model", "tensorflow", "tensorflow"),
        ("tflite", "ai_edge_litert", "litert"),
        ("coreml", "coremltools", "coreml"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, form: FormName, missing: str, extra: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))
    with pytest.raises(
        MissingDependencyError, match=rf"--{form} needs the package {missing}; .*'streamseg\[{extra}\]'"
    ):
        check_installed([form])


def test_forms_that_need_nothing_more_pass() -> None:
    check_installed(["int8", "dynamic", "keras"])
