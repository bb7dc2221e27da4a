"""Whether exported files can be used where they will be."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from streamseg.backends.choice import installed
from streamseg.errors import UnplayableError
from streamseg.model import load_model
from streamseg.settings import ModelSettings
from training.export.form import Form


def prove(forms: Iterable[Form]) -> None:
    """Load each ONNX file on each backend that plays it, which compares its golden frame with the card's.

    Raises
    ------
    ModelError
        One of them answers something else there.
    """
    backends = [plugin.name for plugin in installed() if not plugin.is_last_resort]
    for form in (form for form in forms if form.format == "onnx"):
        for backend in form.backends or backends:
            if backend in backends:
                with suppress(UnplayableError):  # ncnn has no 8 bits
                    load_model(ModelSettings(name=str(form.path), backend=backend, providers=("CPU",))).close()
