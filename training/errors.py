"""What can go wrong while a model is made.

::

    StreamsegError
    └── TrainingError         the run cannot go on, or cannot start
        └── DatasetError      a data set is missing, incomplete, or holds a broken file
"""

from streamseg.errors import StreamsegError


class TrainingError(StreamsegError):
    """Training, evaluation or export cannot go on."""

    exit_code = 9


class DatasetError(TrainingError):
    """A data set is missing, incomplete, or holds a broken file."""
