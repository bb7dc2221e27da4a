"""``python -m training phantom``: make a data set of computed pictures with exact masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TypedDict, Unpack

import click
from rich.console import Console
from rich.progress import track

from training.cli.options import FOLDER, NEW
from training.data.case import Case
from training.data.many import draw_many
from training.data.phantom_frames import phantom_case
from training.data.prepared import DatasetInfo, write_prepared
from training.data.split import Split, SplitRequest, draw_split
from training.phantoms.ct.draw import NORMALS, draw_slice
from training.phantoms.ct.real_slices import read_normal_slices
from training.phantoms.ct.slice import Slice

Command = Callable[..., None]

CT = DatasetInfo(
    name="ct-phantom",
    modality="CT",
    unit="hu",
    licence="MIT",
    citation="computed by streamseg",
    subject_word="head",
)
ULTRASOUND = CT.model_copy(update={"name": "us-phantom", "modality": "US", "unit": "grey", "subject_word": "phantom"})


class Options(TypedDict):
    """What every kind of phantom is told."""

    out: Path
    count: int
    seed: int
    jobs: int


def _common(command: Command) -> Command:
    """Add the options of `Options`."""
    decorators = (
        click.option("--out", type=NEW, required=True, help="Folder to make."),
        click.option("--count", type=click.IntRange(1), required=True, help="Number of pictures."),
        click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Draws every picture."),
        click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Processes at once."),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


@click.group()
def phantom() -> None:
    """Make a data set of computed pictures with exact masks; a tenth of the subjects is for validation."""


@phantom.command("ct")
@click.option("--size", type=click.IntRange(32, 1024), default=256, show_default=True, help="Pixels along each side.")
@click.option("--normals", type=FOLDER, help="Folder of DICOM slices of a head without blood, as backgrounds.")
@click.option("--real-share", type=click.FloatRange(0, 1), default=0.3, show_default=True, help="Pictures on those.")
@_common
def phantom_ct(*, size: int, normals: Path | None, real_share: float, **options: Unpack[Options]) -> None:
    """Slices of heads with and without haemorrhage, as CT scanners picture them."""
    if normals is not None:
        _read_normals(normals)  # a folder that cannot be used is refused before anything is written
    draw = partial(_draw_ct, options["seed"], size, normals, real_share)
    _make(CT if normals is None else _with_normals(normals), draw, options)


@phantom.command("ultrasound")
@_common
def phantom_ultrasound(**options: Unpack[Options]) -> None:
    """Fetal heads, and vessels with an empty mask, as ultrasound scanners picture them."""
    _make(ULTRASOUND, partial(_draw_ultrasound, options["seed"]), options)


def _make(info: DatasetInfo, draw: Callable[[int], Case], options: Options) -> None:
    cases = draw_many(draw, options["count"], jobs=options["jobs"])
    shown = track(cases, "drawing", options["count"], console=Console(stderr=True), transient=True)
    prepared = write_prepared(options["out"], info, shown)
    split = _split(info, prepared.subjects(), options["seed"])
    prepared.keep_split(split)
    click.echo(
        f"{info.name}: {len(prepared.rows)} pictures of {len(prepared.subjects())} {info.subject_word}s in "
        f"{options['out']}"
    )


def _split(info: DatasetInfo, subjects: tuple[str, ...], seed: int) -> Split:
    """Return a split without a test part; pictures on real backgrounds all show one head, and are for training."""
    computed = [subject for subject in subjects if subject != NORMALS]
    request = SplitRequest(seed=seed, validation=0 if len(computed) < 2 else None, test=0)
    split = draw_split(info.name, computed, request)
    return split.model_copy(update={"train": tuple(sorted({*split.train, *subjects} - {*split.validation}))})


def _with_normals(folder: Path) -> DatasetInfo:
    return CT.model_copy(
        update={
            "licence": "MIT; some of the backgrounds on the terms of their own source",
            "citation": f"computed by streamseg, some on slices of {folder.name}",
        }
    )


def _draw_ct(seed: int, size: int, normals: Path | None, real_share: float, index: int) -> Case:
    if normals is None:
        return draw_slice(seed, index, size)
    return draw_slice(seed, index, size, normals=_read_normals(normals), real_share=real_share)


@cache
def _read_normals(folder: Path) -> tuple[Slice, ...]:
    """Read the slices once in each process: they are too large to be sent with each number."""
    return read_normal_slices(folder)


def _draw_ultrasound(seed: int, index: int) -> Case:
    case = phantom_case(seed, index)
    return replace(case, name=f"phantom-{index:06d}", subject=f"phantom-{index:06d}")
