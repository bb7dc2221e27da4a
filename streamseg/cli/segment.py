"""``streamseg segment``: masks, probability maps and scores of pictures and videos, as files."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from natsort import natsorted, ns
from rich.progress import Progress

from streamseg import registry
from streamseg.api import live_settings
from streamseg.cli._command import Command, aside, out
from streamseg.cli._settings_options import effective_settings, settings_options
from streamseg.errors import MissingDependencyError, SettingsError, SourceError, SourceNotFoundError, StreamsegError
from streamseg.frame import Segmentation
from streamseg.masks.folder import MapFormat, MaskFolder
from streamseg.model import Model, load_model
from streamseg.postprocess import segment as segment_frame
from streamseg.scene import SceneTracker
from streamseg.settings import StreamSettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many inputs were segmented, into how many masks, and what was wrong with the others."""

    inputs: int
    masks: int
    errors: tuple[StreamsegError, ...]


@click.command(cls=Command)
@click.argument("inputs", nargs=-1, required=True)
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path), help="Folder to write to.")
@click.option(
    "--format",
    "map_format",
    type=click.Choice(["png", "npy"]),
    default="png",
    show_default=True,
    help="Probability maps as 16-bit PNG, or as float32 NumPy arrays.",
)
@settings_options("model", "threshold", "smallest-area", "region", "measure", "spacing", "overwrite")
@click.pass_context
def segment(ctx: click.Context, *, inputs: tuple[str, ...], folder: Path, map_format: MapFormat) -> int:
    """Write masks, probability maps and scores of pictures and videos.

    INPUTS are pictures, videos, and folders of them. NAME_mask.png is 0 or 255, NAME_probability.png is 16-bit, and
    scores.csv and scores.jsonl have a line for each; frames of a video add their index to the name. An input that
    cannot be read is named and the others are still done; the exit code then is not 0.
    """
    settings = effective_settings(ctx)
    names = output_names(expand(inputs))
    with (
        load_model(settings.model) as model,
        MaskFolder(folder, map_format=map_format, can_overwrite=settings.output.overwrite) as target,
    ):
        tally = segment_files(names, target, model, settings)
    done = tally.inputs - len(tally.errors)
    out().print(f"segmented {done} of {tally.inputs} inputs: {tally.masks} masks in {folder}", soft_wrap=True)
    return tally.errors[0].exit_code if tally.errors else 0


def expand(inputs: Sequence[str]) -> list[Path]:
    """Return the files of ``inputs``: for a folder, the pictures and videos in it in natural order.

    Raises
    ------
    SourceNotFoundError
        A folder holds none.
    """
    players = registry.plugins("sources").values()
    files: dict[Path, None] = {}
    for text in inputs:
        path = Path(text)
        found = [path]
        if path.is_dir():
            known = [file for file in path.iterdir() if any(player.has_suffix_of(file) for player in players)]
            found = [file for file in known if file.name[0] != "."]
            if not found:
                raise SourceNotFoundError(f"the folder {path} holds no picture and no video; give another one")
        files |= dict.fromkeys(natsorted(found, alg=ns.PATH))
    return list(files)


def output_names(files: Sequence[Path]) -> dict[Path, str]:
    """Return the name that the outputs of each file begin with.

    Raises
    ------
    SettingsError
        Two files would share one.
    """
    owners: dict[str, Path] = {}
    for file in files:
        owner = owners.setdefault(file.stem, file)
        if owner != file:
            raise SettingsError(
                f"{owner} and {file} would both be written as {file.stem}_mask.png; segment them into different folders"
            )
    return {file: name for name, file in owners.items()}


def segment_files(names: dict[Path, str], target: MaskFolder, model: Model, settings: StreamSettings) -> Tally:
    """Segment every file into ``target``; one that cannot be read is logged and left out."""
    errors: list[StreamsegError] = []
    masks = 0
    console = aside()
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        for file, name in progress.track(names.items(), description="segmenting"):
            try:
                for label, segmentation in segmentations(file, name, model, settings):
                    target.write(label, segmentation)
                    masks += 1
            except (SourceError, MissingDependencyError) as err:
                logger.error("%s", err)  # noqa: TRY400 - one line for each input; the traceback says no more
                errors.append(err)
    return Tally(len(names), masks, tuple(errors))


def segmentations(file: Path, name: str, model: Model, settings: StreamSettings) -> Iterator[tuple[str, Segmentation]]:
    """Yield the segmentation of each frame of ``file`` with its name; a single picture has that of the file.

    Raises
    ------
    SourceError
        The file cannot be read, or not to its end.
    """
    plugin, place = registry.find_source(str(file))
    scene = SceneTracker(settings.postprocess.region, model.card.input)
    live = live_settings(model, settings)
    with plugin.load()(place, settings.source) as source:
        is_single = source.info.frame_count == 1
        for frame in source:
            prepared = scene.prepare(frame)
            model_map = model.infer(prepared.tensor)
            label = name if is_single else f"{name}_{frame.index:06d}"
            yield label, segment_frame(frame, model_map, prepared.placement, live, is_new_scene=prepared.is_new_scene)
