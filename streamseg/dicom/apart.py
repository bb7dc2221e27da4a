"""Decodes with GDCM in a process of its own: a damaged picture may end that one, and not the program.

The child answers each line of JSON, ``[path, index]``, with eight bytes that say how long what follows is: the values
as NumPy saves them, or nothing where they cannot be decoded.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.utils import pixel_array

from streamseg.dicom.reading import FAULTS, quietly

CLOSE_S = 2.0
_LENGTH_BYTES = 8


class Apart:
    """The process, started for the first picture, and again after one that ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def values(self, path: Path, index: int) -> NDArray[Any]:
        """Decode the picture of ``index`` as it is stored.

        Raises
        ------
        OSError, EOFError, ValueError
            It is damaged.
        """
        if self._process is None:
            self._process = _start()
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise OSError("the process has no pipes")
        try:
            process.stdin.write(json.dumps([str(path.resolve()), index]).encode() + b"\n")
            process.stdin.flush()
            header = process.stdout.read(_LENGTH_BYTES)
            answer = process.stdout.read(int.from_bytes(header, "big"))
        except OSError:
            self.close()
            raise
        if len(header) < _LENGTH_BYTES:
            self.close()
            raise EOFError("the picture ended the process that decodes it")
        if not answer:
            raise ValueError("the picture cannot be decoded")
        return np.asarray(np.load(io.BytesIO(answer), allow_pickle=False))

    def close(self) -> None:
        """End the process; idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(CLOSE_S)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not written to it any more
                    pipe.close()


def serve() -> None:
    """Answer until nobody asks any more."""
    # What the library writes to the standard output must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        path, index = json.loads(line)
        saved = io.BytesIO()
        with suppress(*FAULTS), quietly():
            np.save(saved, pixel_array(Path(path), index=index, decoding_plugin="gdcm"), allow_pickle=False)
        answers.write(len(saved.getvalue()).to_bytes(_LENGTH_BYTES, "big") + saved.getvalue())
        answers.flush()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "streamseg.dicom.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    serve()
