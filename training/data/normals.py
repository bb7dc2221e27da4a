"""Pictures that show no structure, out of anything that the stream plays: they tell how many alarms are false."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from streamseg import registry
from streamseg.frame import Unit
from streamseg.intensity import to_grey
from streamseg.settings import SourceSettings
from training.data.case import Case
from training.errors import DatasetError


def read_normals(location: str, unit: Unit, subject: str) -> Iterator[Case]:
    """Yield every frame of the recording or stack at ``location`` as a case of ``subject`` with an empty mask.

    Raises
    ------
    SourceError
        Nothing is there, or it cannot be read.
    DatasetError
        Its pixels are not in ``unit``.
    """
    plugin, place = registry.find_source(location)
    with plugin.load()(place, SourceSettings()) as source:
        for frame in source:
            if frame.unit != unit:
                raise DatasetError(f"{location} is in {frame.unit} and the data set in {unit}; choose other --normals")
            row_mm, column_mm = frame.spacing_mm or (None, None)
            yield Case(
                name=f"{subject}-{frame.index:04d}",
                subject=subject,
                image=frame.image if frame.unit == "hu" else to_grey(frame.image),
                mask=np.zeros(frame.image.shape[:2], np.bool_),
                spacing_mm=row_mm if row_mm == column_mm else None,
                unit=frame.unit,
            )
