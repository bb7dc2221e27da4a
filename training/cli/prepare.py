"""``python -m training prepare``: bring a data set into the one form that the other commands read, and split it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypedDict, Unpack

import click
from rich.console import Console
from rich.progress import track

from streamseg.frame import Modality
from training.cli.options import FILE, FOLDER, NEW
from training.data.case import Case
from training.data.near_duplicates import find_near_duplicates
from training.data.prepared import DatasetInfo, Prepared, write_prepared
from training.data.split import PARTS, Split, SplitRequest, draw_split, read_split
from training.datasets import folder as plain
from training.datasets import hc18, hssayeni, mbhseg25

Command = Callable[..., None]
Draw = Callable[[Prepared, SplitRequest], Split]


class Options(TypedDict):
    """What every data set's command is told, beside where the data set lies."""

    out: Path
    split: Path | None
    validation: int | None
    test: int | None
    seed: int


class FolderOptions(Options):
    """What is told of a plain folder as well."""

    subject: re.Pattern[str] | None
    name: str
    modality: Modality
    licence: str
    citation: str


def _compile(ctx: click.Context, param: click.Parameter, value: str | None) -> re.Pattern[str] | None:
    """Turn the text of ``--subject`` into a pattern."""
    try:
        return None if value is None else re.compile(value)
    except re.error as err:
        raise click.BadParameter(f"{value!r} is no regular expression: {err}", ctx, param) from err


def _common(command: Command) -> Command:
    """Add the options of `Options` and the argument SRC."""
    decorators = (
        click.argument("src", type=FOLDER),
        click.option("--out", type=NEW, required=True, help="Folder to make."),
        click.option("--split", type=FILE, help="Split to use; drawn at random where not given."),
        click.option("--validation", type=click.IntRange(0), help="Subjects for validation; a tenth if not given."),
        click.option("--test", type=click.IntRange(0), help="Subjects for the test; a fifth if not given."),
        click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Decides who goes where."),
    )
    for decorate in reversed(decorators):
        command = decorate(command)
    return command


@click.group()
def prepare() -> None:
    """Bring a data set into the one form that the other commands read, and split it by subject."""


@prepare.command("hc18")
@_common
def prepare_hc18(src: Path, **options: Unpack[Options]) -> None:
    """HC18: fetal heads in ultrasound, as published or with filled masks in images/ and masks/."""
    _prepare(hc18.INFO, hc18.read_cases(src), options)


@prepare.command("hssayeni")
@click.option("--study", is_flag=True, help="Hold out four patients with 127 slices together, as the study did.")
@_common
def prepare_hssayeni(src: Path, *, study: bool, **options: Unpack[Options]) -> None:
    """CT of the head with and without haemorrhage: Patients_CT/ (JPEG), or ct_scans/ and masks/ (NIfTI)."""
    if study and (options["split"] or options["test"] is not None):
        raise click.UsageError("--study decides the test part; leave out --split and --test")
    _prepare(hssayeni.INFO, hssayeni.read_cases(src), options, hssayeni.study_split if study else None)


@prepare.command("mbhseg25")
@_common
def prepare_mbhseg25(src: Path, **options: Unpack[Options]) -> None:
    """Sample of MBH-Seg25: slices of head CT with haemorrhage. For measuring only."""
    _prepare(mbhseg25.INFO, mbhseg25.read_cases(src), options, mbhseg25.measuring_split)


@prepare.command("folder")
@click.option(
    "--subject",
    callback=_compile,
    metavar="REGEX",
    help="Finds in a file's name whose picture it is: its first group, or the whole match.",
)
@click.option("--name", default="folder", show_default=True, help="What to call the data set.")
@click.option("--modality", type=click.Choice(["US", "CT"]), default="US", show_default=True, help="What made it.")
@click.option("--licence", default="not stated", show_default=True, help="Terms of the data.")
@click.option("--citation", default="not stated", show_default=True, help="Source to name in reports.")
@_common
def prepare_folder(src: Path, **options: Unpack[FolderOptions]) -> None:
    """Pictures in images/ and masks of the same names in masks/."""
    facts = {key: options[key] for key in ("name", "modality", "licence", "citation")}
    _prepare(plain.INFO.model_copy(update=facts), plain.read_cases(src, options["subject"]), options)


def _prepare(info: DatasetInfo, cases: Iterable[Case], options: Options, draw: Draw | None = None) -> None:
    """Write the data set, split it, and say what came of it."""
    file, out = options["split"], options["out"]
    request = SplitRequest(options["seed"], options["validation"], options["test"])
    if file and (request.validation, request.test) != (None, None):
        raise click.UsageError("--split says who is in which part; leave out --validation and --test")
    split = read_split(file) if file else None
    prepared = write_prepared(out, info, track(cases, "preparing", console=Console(stderr=True)), split)
    if split is None:
        split = draw(prepared, request) if draw else draw_split(info.name, prepared.subjects(), request)
        prepared.keep_split(split)
    parts = ", ".join(f"{len(split.subjects(part))} for {part}" for part in PARTS)
    click.echo(f"{out}: {len(prepared.rows)} pictures; {info.subject_word}s: {parts}")
    if pairs := find_near_duplicates(prepared.cases(), split):
        click.echo(f"{len(pairs)} pairs of pictures in different parts are nearly alike; `info {out}` lists them")
