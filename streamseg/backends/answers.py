"""Keeps which backend was fastest, for the same question on the same machine with the same versions."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from streamseg.backends.uses import Use
from streamseg.machine import cache_folder

FOLDER = "backends"

logger = logging.getLogger(__name__)


class Question(BaseModel):
    """What the answer depends on: another value anywhere is another question.

    Attributes
    ----------
    use
        The fastest for one picture at a time need not be so for several at once.
    weights
        SHA-256 of the files that may run.
    versions
        Of streamseg, and of the runtimes by backend: a new one may be faster, or wrong.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    use: Use
    weights: tuple[str, ...]
    precision: str
    providers: tuple[str, ...]
    require_provider: str | None
    threads: int | None
    cpu: str
    cores: int
    versions: dict[str, str]

    @property
    def file_name(self) -> str:
        """Name of the file that holds the answer."""
        digest = hashlib.sha256(self.model_dump_json().encode()).hexdigest()
        return f"{self.model}-{self.precision}-{digest[:16]}.json"


class Answer(BaseModel):
    """The fastest backend, and the median milliseconds a picture of all that were measured."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: Question
    backend: str
    median_ms: dict[str, float]


def recall(question: Question) -> str | None:
    """Return the backend that was the answer to ``question``; None where it was not asked, or cannot be read."""
    folder = cache_folder(FOLDER)
    if folder is None:
        return None
    path = folder / question.file_name
    try:
        answer = Answer.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as err:
        logger.info("the measurement kept in %s cannot be read and is made anew: %s", path, type(err).__name__)
        return None
    return answer.backend if answer.question == question else None


def remember(answer: Answer) -> None:
    """Keep ``answer`` if that can be done; who cannot keep it measures again the next time."""
    folder = cache_folder(FOLDER)
    if folder is None:
        return
    try:
        # Replaced as a whole, since another stream may start and read it meanwhile.
        handle, scratch = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(answer.model_dump_json(indent=1) + "\n")
        Path(scratch).replace(folder / answer.question.file_name)
    except OSError as err:
        logger.info("the measurement cannot be kept in %s: %s", folder, err.strerror)
