"""What a person reads at the end of a run."""

from dataclasses import replace

from rich.console import Console

from streamseg.cli._report import summary_report
from streamseg.protocols import SegmenterInfo, SourceInfo
from streamseg.stacks.book import StackVolume
from streamseg.timing import Spread
from streamseg.watch.summary import ModelIdentity, Summary

SUMMARY = Summary(
    frames_in=12,
    frames_out=10,
    drops={"inference_busy": 2},
    fps=21.25,
    latency_ms={"capture_to_canvas": Spread(10, 41.5, 52.25, 60.125, 71.0)},
    model=ModelIdentity("us-fetal-head", "1.2", "ab" * 32),
    segmenter=SegmenterInfo("onnx", "CPUExecutionProvider", "float32", 2),
    source=SourceInfo("video", "clip [1].mp4", is_live=False),
    threshold=0.4,
    route="exact",
    outputs=("a.mp4",),
)


def text_of(summary):
    console = Console(width=120)
    with console.capture() as capture:
        console.print(summary_report(summary))
    return capture.get()


def test_the_report_says_frames_drops_rate_model_provider_outputs_and_what_it_is_for():
    text = text_of(SUMMARY)
    for part in (
        "clip [1].mp4",
        "12 in, 10 out, drops: 2 inference busy",
        "21.2 frames/s, exact route",
        "us-fetal-head 1.2 (sha256 abababababab), threshold 0.4",
        "onnx, CPUExecutionProvider, float32, 2 threads",
        "a.mp4",
        "Research use only",
    ):
        assert part in text


def test_stages_stand_with_their_percentiles():
    line = next(line for line in text_of(SUMMARY).splitlines() if "capture to canvas" in line)
    assert line.split()[-5:] == ["10", "41.50", "52.25", "60.12", "71.00"]


def test_the_volume_of_a_stack_is_said_and_written_and_that_of_no_stack_is_not():
    stack = StackVolume(volume_ml=12.345, slices_seen=20, slice_count=28, with_finding=7)
    summary = replace(SUMMARY, stack=stack)
    assert "12.35 mL; a finding in 7 of 20 slices seen, of 28: incomplete" in " ".join(text_of(summary).split())
    assert summary.to_json()["stack"]["volume_ml"] == 12.345
    assert not summary.to_json()["stack"]["is_complete"]
    assert "volume" not in text_of(SUMMARY)
    assert SUMMARY.to_json()["stack"] is None
