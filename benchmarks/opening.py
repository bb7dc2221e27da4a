"""How long a folder of DICOM slices takes until its first frame is there: ``python benchmarks/opening.py``.

Makes a stack of CT slices in a temporary folder and opens it as ``streamseg run FOLDER`` does: every header is read,
the slices are put in order, the first is decoded. Beside it, the time that reading all bytes of these files takes. The
first run of both is a warm-up and not counted; the files lie in the system's cache, so the disk is not measured. Where
other programs keep the processor busy, the processor time tells more than the duration.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from streamseg import registry
from streamseg.machine import machine_line
from streamseg.settings import SourceSettings


def write_slice(path: Path, pixels: np.ndarray, *, z_mm: float, number: int) -> None:
    """Write an axial CT slice (H, W) int16 at height ``z_mm``."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
    data.StudyInstanceUID, data.SeriesInstanceUID, data.Modality = "1.2", "1.2.3", "CT"
    data.Rows, data.Columns = pixels.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleSlope, data.RescaleIntercept = 1, -1024
    data.ImagePositionPatient = [0.0, 0.0, z_mm]
    data.ImageOrientationPatient = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    data.PixelSpacing, data.SliceThickness, data.InstanceNumber = [0.5, 0.5], 1.0, number
    data.PixelData = pixels.tobytes()
    data["PixelData"].VR = "OW"
    data.save_as(path, enforce_file_format=True)


def make_stack(folder: Path, *, count: int, side_px: int) -> None:
    """Write ``count`` slices, their names in another order than their positions."""
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 2000, (side_px, side_px), np.int16)
    for place, number in enumerate(draw.permutation(count)):
        write_slice(folder / f"{place:04}.dcm", np.roll(pixels, number), z_mm=float(number), number=int(number) + 1)


def first_frame(folder: Path) -> None:
    """Open the stack and take one frame."""
    plugin, location = registry.find_source(str(folder))
    with plugin.load()(location, SourceSettings()) as source:
        next(source)


def all_bytes(folder: Path) -> None:
    """Read every file of the folder."""
    for path in folder.iterdir():
        path.read_bytes()


def seconds_of(task: Callable[[Path], None], folder: Path, *, runs: int) -> tuple[list[float], list[float]]:
    """Return the duration and the processor time of each of ``runs`` calls, after one that is not counted."""
    durations, busy = [], []
    for _ in range(runs + 1):
        begin_ns, begin_busy_ns = time.perf_counter_ns(), time.process_time_ns()
        task(folder)
        durations.append((time.perf_counter_ns() - begin_ns) / 1e9)
        busy.append((time.process_time_ns() - begin_busy_ns) / 1e9)
    return durations[1:], busy[1:]


def line_of(name: str, durations: list[float], busy: list[float]) -> str:
    """Return the median and the spread of ``durations``, and the median processor time."""
    spread = f"{min(durations):.3f} to {max(durations):.3f}, N {len(durations)}"
    return f"{name:<20}{statistics.median(durations):7.3f} s  ({spread})  processor {statistics.median(busy):.3f} s\n"


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slices", type=int, default=300, help="number of slices (default 300)")
    parser.add_argument("--side", type=int, default=512, help="height and width of a slice in pixels (default 512)")
    parser.add_argument("--runs", type=int, default=7, help="runs that count (default 7)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_stack(folder, count=asked.slices, side_px=asked.side)
        reading = seconds_of(all_bytes, folder, runs=asked.runs)
        opening = seconds_of(first_frame, folder, runs=asked.runs)
    sys.stdout.write(f"{asked.slices} slices of {asked.side}x{asked.side}; {machine_line()}\n")
    sys.stdout.write(line_of("to the first frame", *opening))
    sys.stdout.write(line_of("bytes of all files", *reading))
    sys.stdout.write(f"ratio of the medians {statistics.median(opening[0]) / statistics.median(reading[0]):.1f}\n")


if __name__ == "__main__":
    main()
