"""Every error that streamseg raises on purpose, and the exit code that each one ends a command with.

::

    StreamsegError                     1  anything below that has no code of its own
    ├── SettingsError                  3  an option, environment variable or configuration file is wrong
    ├── SourceError                    4  the source cannot be used
    │   ├── SourceNotFoundError        4  nothing is there
    │   ├── SourceUnreadableError      4  something is there, but no frame comes out of it
    │   ├── SourceLostError            4  a source that worked stopped giving frames (camera unplugged, file cut short)
    │   └── FrameSizeError             4  the frame size changed in mid-stream
    ├── ModelError                     5  the model cannot be used
    │   ├── ModelNotFoundError         5  no bundled model and no file of that name
    │   ├── ModelCardError             5  the card beside the model is missing or wrong
    │   ├── ChecksumError              5  the weights are not the ones that the card describes
    │   ├── GoldenFrameError           5  the runtime does not reproduce the card's golden frame
    │   ├── ProviderError              5  the execution provider that was required is not the one in use
    │   └── UnplayableError            5  the model has no weights that the backend plays
    ├── SinkError                      6  an output cannot be written
    ├── MissingDependencyError         7  an optional package is needed; the message holds the command that adds it
    └── ShutdownError                  8  a thread did not stop within its deadline

Exit code 0 is success, 2 a wrong command line (as everywhere), 9 an error of ``python -m training`` (its tree is in
``training/errors.py``), 130 an interruption by Ctrl-C or SIGTERM after which all outputs were finished properly.

A message says what failed, the value received, and what to do about it, on one line.
"""


class StreamsegError(Exception):
    """Base of every error raised on purpose."""

    exit_code = 1


class SettingsError(StreamsegError):
    """An option, environment variable or configuration file is wrong."""

    exit_code = 3


class SourceError(StreamsegError):
    """The source cannot be used."""

    exit_code = 4


class SourceNotFoundError(SourceError):
    """Nothing is there under the name given."""


class SourceUnreadableError(SourceError):
    """Something is there, but no frame comes out of it."""


class SourceLostError(SourceError):
    """A source that gave frames stopped giving them before its end."""


class FrameSizeError(SourceError):
    """The frame size changed in mid-stream."""


class ModelError(StreamsegError):
    """The model cannot be used."""

    exit_code = 5


class ModelNotFoundError(ModelError):
    """No bundled model and no file has that name."""


class ModelCardError(ModelError):
    """The card beside the model is missing or wrong."""


class ChecksumError(ModelError):
    """The weights are not the ones that the card describes."""


class GoldenFrameError(ModelError):
    """The runtime in use does not reproduce the golden frame of the card."""


class ProviderError(ModelError):
    """The execution provider that was required is not the one in use."""


class UnplayableError(ModelError):
    """The model has no weights in a format and precision that the backend plays."""


class SinkError(StreamsegError):
    """An output cannot be written."""

    exit_code = 6


class MissingDependencyError(StreamsegError):
    """An optional package is needed."""

    exit_code = 7


class ShutdownError(StreamsegError):
    """A thread did not stop within its deadline."""

    exit_code = 8
