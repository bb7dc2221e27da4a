"""All settings of a stream, by group: a sentence, unit and range under every field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from streamseg.geometry import Box, parse_region
from streamseg.measure.kinds import check_kinds
from streamseg.scan.spacing import as_text, check_spacing
from streamseg.windows import CARD, check_window

AUTO = "auto"
"""Backend that stands for the fastest one."""

OverlayMode = Literal["heatmap", "contour", "both", "side-by-side", "raw"]
ColourMap = Literal["inferno", "magma", "plasma", "viridis", "cividis"]
Route = Literal["exact", "live"]
Axis = Literal["axial", "coronal", "sagittal", "stored"]
Share = Annotated[float, Field(ge=0, le=1)]
Position = Annotated[str, Field(pattern=r"^\d+$|^\d+(\.\d+)?s$")]
BOX = r"\d+,\d+,[1-9]\d*,[1-9]\d*"
Region = Annotated[str, Field(pattern=rf"^(auto|whole|{BOX})$")]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SourceSettings(_Group):
    """What is asked of the source. What it grants is read back and shown."""

    size: Annotated[str, Field(pattern=r"^[1-9]\d*x[1-9]\d*$")] | None = Field(
        None, description="Size asked of a camera or synthetic source, WIDTHxHEIGHT in pixels, such as 1920x1080."
    )
    rate_hz: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        None,
        description="Frame rate asked of a camera or synthetic source, or given to a folder of pictures or a stack of "
        "slices, in Hz.",
        json_schema_extra={"option": "rate", "alias": "fps"},
    )
    pixel_format: Annotated[str, Field(pattern=r"^[ -~]{4}$")] | None = Field(
        None, description="Pixel format asked of a camera, a FOURCC such as MJPG or YUYV."
    )
    timeout_s: Annotated[float, Field(gt=0, le=600)] = Field(
        5.0,
        description="A live source that gives no frame for this many seconds is lost.",
        json_schema_extra={"option": "source-timeout"},
    )
    seed: Annotated[int, Field(ge=0)] = Field(
        0, description="Seed of a synthetic source; the same seed, the same frames."
    )
    series: Annotated[str, Field(pattern=r"^[1-9]\d*$")] | None = Field(
        None,
        description="Series of a DICOM folder to play, by its number in `streamseg series`. By default the longest. "
        "Of a file with several volumes: the number of the volume, by default the first.",
    )
    axis: Axis = Field(
        "axial",
        description="Slices of a volume to show: axial, coronal, sagittal, or stored (as they lie in the file).",
    )
    slab_mm: Annotated[float, Field(gt=0, le=200)] | None = Field(
        None,
        description="Show the mean of slabs of a volume, this many mm thick, instead of its slices.",
        json_schema_extra={"option": "slab"},
    )
    profile: str | None = Field(
        None,
        description="Settings of a scanner by its name in `streamseg profile list`, or from a .toml file; options, "
        "environment and --config come before them.",
    )
    spacing_mm: Annotated[str, BeforeValidator(as_text), AfterValidator(check_spacing)] | None = Field(
        None,
        description="Distance between neighbouring pixels in mm, one number or ROW,COLUMN, where the source says none "
        "or a wrong one.",
        json_schema_extra={"option": "spacing"},
    )
    calibrate: bool = Field(
        default=False, description="Measure mm per pixel in the window, by two points of the depth ruler."
    )
    show_identifiers: bool = Field(
        default=False, description="Show the name, number and dates in the header of DICOM files, and log them."
    )
    window: Annotated[str, AfterValidator(check_window)] = Field(
        CARD,
        description="Hounsfield units to show: CENTRE/WIDTH, brain, stroke, subdural, bone, soft-tissue, or card (what "
        "the model sees, which stays as it is). A model for grey levels sees what is shown.",
    )

    @property
    def height_width(self) -> tuple[int, int] | None:
        """``size`` as (height, width) in pixels."""
        if self.size is None:
            return None
        width, height = self.size.split("x")
        return int(height), int(width)


class PlaybackSettings(_Group):
    """Which frames of a source are played, and how fast."""

    pace: Literal["source", "max"] | None = Field(
        None,
        description="Play a file at its own rate (source) or as fast as it can be processed (max). "
        "By default source with a window and max without one.",
    )
    loop: bool = Field(default=False, description="Start again at the end of a file or folder.")
    ping_pong: bool = Field(
        default=False, description="Play a file or stack forth and back: once, or with --loop for ever."
    )
    start: Position | None = Field(None, description="First frame to play: an index (120) or media time (4.5s).")
    stop: Position | None = Field(None, description="Frame to stop before: an index (120) or media time (4.5s).")
    every: Annotated[int, Field(ge=1)] = Field(1, description="Play every n-th frame, n from 1.")


class ModelSettings(_Group):
    """Which model runs, and on what."""

    name: str = Field(
        "us-fetal-head",
        description="Bundled model, or path of a model file with its card (.json) beside it.",
        json_schema_extra={"option": "model"},
    )
    backend: str = Field(
        AUTO,
        description="Runtime: onnx, openvino, ncnn, tensorflow or another segmenter, or the fastest of those installed "
        "(auto), which is measured when a model is first used on a machine, for files and for live sources apart.",
    )
    precision: Literal["float32", "int8"] = Field("float32", description="Precision of the weights: float32 or int8.")
    providers: tuple[str, ...] = Field(
        (), description="Execution providers in order of preference, such as CUDA,CPU. By default the best available."
    )
    require_provider: str | None = Field(
        None, description="Refuse to start unless this execution provider is the one in use, such as CUDA."
    )
    threads: Annotated[int, Field(ge=1, le=256)] | None = Field(
        None, description="Threads within one operator. By default as many as this process may use cores."
    )


class PostprocessSettings(_Group):
    """From a probability map to a mask."""

    threshold: Share | None = Field(
        None, description="Probability from which a pixel belongs to the mask, 0 to 1. By default the model card's."
    )
    smoothing: Annotated[float, Field(ge=0, le=0.95)] = Field(
        0.0, description="Weight of the past in the exponential smoothing of probabilities, 0 (none) to 0.95."
    )
    smallest_area_px: Annotated[int, Field(ge=0)] = Field(
        0,
        description="Connected parts of the mask below this many frame pixels are removed.",
        json_schema_extra={"option": "smallest-area"},
    )
    parts: Literal["card", "all", "largest"] = Field(
        "card",
        description="Connected parts of the mask that count: as the model card says (card), all, or the largest alone "
        "with its holes filled.",
    )
    measure: Annotated[tuple[str, ...], AfterValidator(check_kinds)] = Field(
        (CARD,),
        description="What is measured on the mask: area, diameters, depth, hc, bpd with commas between, what the model "
        "card names (card), or none.",
    )
    region: Region = Field(
        "auto",
        description="Part of the picture that the model looks at: auto (the scan, or in CT the head), whole, "
        "or TOP,LEFT,HEIGHT,WIDTH in pixels.",
    )


class OverlaySettings(_Group):
    """How the result is drawn."""

    mode: OverlayMode = Field(
        "both",
        description="heatmap, contour, both, side-by-side (picture beside overlay), or raw (picture alone).",
        json_schema_extra={"option": "overlay"},
    )
    colour_map: ColourMap = Field("inferno", description="Perceptual colour map of the heatmap.")
    opacity: Share = Field(0.4, description="Opacity of the heatmap where the probability is 1, 0 to 1.")
    floor: Share = Field(0.15, description="Probability below which nothing is drawn, 0 to 1.")
    callipers: bool = Field(default=True, description="Draw what is measured onto the overlay, with its values.")


class OutputSettings(_Group):
    """What is written. Nothing leaves the machine."""

    record: Path | None = Field(
        None, description="Record the overlay as H.264 in this .mp4 file, with true time stamps."
    )
    record_raw: Path | None = Field(None, description="Record the frames without overlay in this .mp4 file.")
    log: Path | None = Field(None, description="Write one JSON object a line for every frame to this .jsonl file.")
    summary: Path | None = Field(None, description="Write the summary of the run to this .json file.")
    stack_report: Path | None = Field(
        None,
        description="Write a report of a stack to this .json file, and beside it as .md to read and .png to look at: "
        "volume, ABC/2, first and last slice with a finding, slices by score.",
    )
    masks: Path | None = Field(
        None, description="Write the masks: a folder of PNG files with a table, or one volume (.nii.gz or .mha)."
    )
    dicom_seg: Path | None = Field(
        None,
        description="Write the masks of a CT stack to this .dcm file, a DICOM segmentation. It carries the name, dates "
        "and numbers of the patient, as its pictures do, so that other programs can join them.",
    )
    keep_text: bool = Field(
        default=False,
        description="Keep what is around an ultrasound scan in recordings and saved pictures. By default it is black "
        "there, since it may name the patient.",
    )
    masked_areas: Annotated[str, Field(pattern=rf"^{BOX}(\+{BOX})*$")] | None = Field(
        None,
        description="Areas of the picture that are black in recordings and saved pictures in any case, "
        "TOP,LEFT,HEIGHT,WIDTH in pixels, several with + between.",
        json_schema_extra={"option": "mask-areas"},
    )
    folder: Path = Field(Path(), description="Folder for snapshots, and for recordings started with a key.")
    overwrite: bool = Field(default=False, description="Replace output files that exist already.")
    sinks: tuple[str, ...] = Field((), description="Further sinks from plugins, NAME or NAME:TARGET.")

    @property
    def masked_boxes(self) -> tuple[Box, ...]:
        """``masked_areas`` as boxes."""
        parts = self.masked_areas.split("+") if self.masked_areas else ()
        return tuple(box for part in parts if (box := parse_region(part)) is not None)


class StreamSettings(_Group):
    """Everything that a stream can be told."""

    view: Literal["auto", "window", "none"] = Field(
        "auto",
        description="Show a window, none, or (auto) a window where there is a display and no dashboard was asked for.",
    )
    dashboard: bool = Field(default=False, description="Operate the stream from a dashboard in this terminal.")
    preview: Literal["auto", "blocks", "sixel", "kitty", "none"] = Field(
        "auto",
        description="Picture in the dashboard: half-blocks, Sixel or Kitty graphics, none, or (auto) the best that the "
        "terminal says it has.",
    )
    route: Route | None = Field(
        None,
        description="exact: every picture waits for its own mask. live: every picture is shown as it comes, with the "
        "newest mask carried to it. By default live for live sources and exact for files.",
    )
    oldest_mask_ms: Annotated[float, Field(gt=0, le=5000)] = Field(
        250, description="On the live route no mask is carried to a picture that is more milliseconds newer than it."
    )
    gate: bool | None = Field(
        None, description="Do not infer an unchanged picture again but reuse its mask. By default for live sources."
    )
    frames: Annotated[int, Field(ge=1)] | None = Field(None, description="Stop after this many frames.")
    buffer_frames: Annotated[int, Field(ge=1, le=1024)] = Field(
        4,
        description="Frames that wait between two stages of a file; a live source always keeps just the newest.",
        json_schema_extra={"option": "buffer"},
    )
    source: SourceSettings = SourceSettings()
    playback: PlaybackSettings = PlaybackSettings()
    model: ModelSettings = ModelSettings()
    postprocess: PostprocessSettings = PostprocessSettings()
    overlay: OverlaySettings = OverlaySettings()
    output: OutputSettings = OutputSettings()
