"""The log: one JSON object a line, whole at any moment, without paths and without numbers that JSON has no word for."""

import json
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from streamseg.errors import SinkError
from streamseg.frame import Event, Queue, Vitals
from streamseg.measurement import Measurement
from streamseg.protocols import SourceInfo
from streamseg.settings import ModelSettings, OutputSettings, SourceSettings
from streamseg.sinks.log import create
from tests.support.renderings import rendering_of, stream_of
from tests.support.slices import disc, slice_of

DEADLINE_S = 60
CHILD = textwrap.dedent("""
    import resource, sys
    from pathlib import Path
    from streamseg.errors import SinkError
    from streamseg.settings import OutputSettings
    from streamseg.sinks.log import create
    from tests.support.renderings import rendering_of, stream_of

    sink = create(sys.argv[1], OutputSettings())
    sink.open(stream_of(Path()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    try:
        for index in range(100):
            sink.write(rendering_of(index))
    except SinkError as err:
        print(index, err)
    sink.close()
""")


def refuse(word):
    raise AssertionError(f"{word} is no JSON")


def lines_of(path):
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


@pytest.fixture
def log(tmp_path):
    sink = create(str(tmp_path / "a.jsonl"), OutputSettings())
    sink.open(stream_of(tmp_path))
    yield sink
    sink.close()


def test_it_begins_with_what_runs_and_ends_with_the_number_of_frames(log, tmp_path):
    for index in range(3):
        log.write(rendering_of(index))
    log.close()
    start, *frames, end = lines_of(tmp_path / "a.jsonl")
    assert (start["type"], start["notice"], start["route"]) == ("start", "research use only", "exact")
    assert start["model"] == {"name": "disc", "version": "1.2", "modality": "US", "sha256": "0" * 64}
    assert (start["backend"], start["provider"], start["precision"], start["threads"]) == ("echo", "CPU", "float32", 1)
    assert start["settings"]["overlay"]["mode"] == "both"
    assert [frame["index"] for frame in frames] == [0, 1, 2]
    assert end == {"type": "end", "frames": 3}


def test_a_frame_says_when_where_and_how_much(log, tmp_path):
    log.write(replace(rendering_of(5), drops={"inference_busy": 2}))
    frame = lines_of(tmp_path / "a.jsonl")[1]
    assert frame["media_time_s"] == pytest.approx(0.2)
    assert frame["latency_ms"] == pytest.approx(6)
    assert frame["stamps_ns"]["captured_ns"] == 1_200_000_000
    assert frame["stamps_ns"]["drawn_ns"] == 1_206_000_000
    assert frame["drops"] == {"inference_busy": 2}
    assert set(frame["scores"]) == {"mean", "maximum", "top_percent", "area"}
    assert (frame["threshold"], frame["provider"], frame["fps"]) == (0.5, "CPU", 25.0)
    assert (frame["carried_from"], frame["is_new_scene"], frame["area_mm2"]) == (None, True, None)
    assert frame["area_px"] > 0


def test_measurements_have_their_units_and_say_what_is_cut(log, tmp_path):
    measured = (Measurement("hc", 176.3, "mm", ((1.0, 2.0),) * 4), Measurement("bpd", None, "mm", is_cut=True))
    rendering = rendering_of(5)
    log.write(replace(rendering, segmentation=replace(rendering.segmentation, measurements=measured)))
    assert lines_of(tmp_path / "a.jsonl")[1]["measurements"] == [
        {"kind": "hc", "value": 176.3, "unit": "mm", "is_cut": False},
        {"kind": "bpd", "value": None, "unit": "mm", "is_cut": True},
    ]


def test_events_stand_before_the_frame_that_they_took_effect_with(log, tmp_path):
    log.write(rendering_of(4, events=(Event("change", "threshold = 0.6", 9), Event("mark", "here: häm"))))
    _, change, mark, frame = lines_of(tmp_path / "a.jsonl")
    assert change == {"type": "event", "index": 4, "at_ns": 9, "kind": "change", "message": "threshold = 0.6"}
    assert mark["message"] == "here: häm"
    assert frame["type"] == "frame"


def test_lines_can_be_read_while_the_stream_runs(log, tmp_path):
    log.write(rendering_of())
    assert [line["type"] for line in lines_of(tmp_path / "a.jsonl")] == ["start", "frame"]


def test_a_number_that_is_not_finite_becomes_null(log, tmp_path):
    rendering = rendering_of()
    scores = replace(rendering.segmentation.scores, mean=float("nan"), maximum=float("inf"))
    log.write(replace(rendering, segmentation=replace(rendering.segmentation, scores=scores)))
    assert lines_of(tmp_path / "a.jsonl")[1]["scores"]["mean"] is None


def test_no_folder_is_written_down_anywhere(tmp_path):
    path = tmp_path / "a.jsonl"
    stream = stream_of(Path("/patients/Doe"), record=Path("/patients/Doe/x.mp4"), sinks=("log:/patients/Doe/y.jsonl",))
    settings = stream.settings.model_copy(
        update={"model": ModelSettings(name="/patients/Doe/m.onnx"), "source": SourceSettings(window="40/120")}
    )
    source = SourceInfo("video", "/patients/Doe/clip.mp4", is_live=False)
    sink = create(str(path), OutputSettings())
    sink.open(replace(stream, settings=settings, source=source))
    sink.close()
    assert "Doe" not in path.read_text(encoding="utf-8")
    start = lines_of(path)[0]
    assert (start["source"]["name"], start["settings"]["model"]["name"]) == ("clip.mp4", "m.onnx")
    assert start["settings"]["source"]["window"] == "40/120"


def test_on_a_full_disk_the_lines_so_far_are_whole(tmp_path):
    path = tmp_path / "a.jsonl"
    command = [sys.executable, "-c", CHILD, str(path), "12000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    count, message = done.stdout.split(" ", 1)
    assert (done.returncode, done.stderr) == (0, "")
    assert "File too large" in message
    assert [line["type"] for line in lines_of(path)] == ["start", *["frame"] * int(count)]


def test_an_existing_file_is_refused_unless_it_may_be_replaced(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("precious")
    with pytest.raises(SinkError, match="exists already; give another name or --overwrite"):
        create(str(path), OutputSettings()).open(stream_of(tmp_path))
    assert path.read_text() == "precious"
    sink = create(str(path), OutputSettings(overwrite=True))
    sink.open(stream_of(tmp_path))
    sink.close()
    assert lines_of(path)[0]["type"] == "start"


def test_a_log_without_a_name_is_refused(tmp_path):
    with pytest.raises(SinkError, match="needs the name of a file"):
        create("", OutputSettings()).open(stream_of(tmp_path))


def test_a_frame_before_the_start_or_after_the_end_is_refused(tmp_path):
    sink = create(str(tmp_path / "a.jsonl"), OutputSettings())
    with pytest.raises(SinkError, match="before it was opened"):
        sink.write(rendering_of())
    sink.open(stream_of(tmp_path))
    sink.close()
    with pytest.raises(SinkError, match="is closed"):
        sink.write(rendering_of())


def test_vitals_stand_before_the_frame_that_they_came_with(log, tmp_path):
    vitals = Vitals(5, 3, 30.0, 20.0, 19.5, None, 120.0, 250.0, (Queue("frames", 1, 4),))
    log.write(replace(rendering_of(4), vitals=vitals))
    _, line, frame = lines_of(tmp_path / "a.jsonl")
    assert (line["type"], line["index"], line["at_ns"], line["cpu_percent"]) == ("vitals", 4, 5, 120)
    assert line["queues"] == [{"name": "frames", "waiting": 1, "capacity": 4, "dropped": 0}]
    assert frame["media_index"] is None


def test_events_for_which_no_frame_came_stand_before_the_end(tmp_path):
    sink, stream = create(str(tmp_path / "a.jsonl"), OutputSettings()), stream_of(tmp_path)
    sink.open(stream)
    stream.controls.mark("too late")
    sink.close()
    _, event, end = lines_of(tmp_path / "a.jsonl")
    assert (event["message"], event["index"], end["type"]) == ("too late", None, "end")


@pytest.mark.usefixtures("log")
def test_it_says_with_which_settings_the_stream_began(tmp_path):
    start = lines_of(tmp_path / "a.jsonl")[0]
    assert (start["live"]["threshold"], start["live"]["overlay"]["mode"]) == (0.5, "both")
    assert start["started_ns"] > 0
    assert start["structure"] == {"name": "fetal head", "colour": "#35e0c2"}


def test_a_slice_says_where_it_lies_and_what_was_found_in_the_stack_so_far(log, tmp_path):
    for place in (0, 1, 1):
        log.write(replace(rendering_of(place), segmentation=slice_of(disc(9), place, position_mm=5.0 * place)))
    log.write(rendering_of(2))
    first, second, again, plain = lines_of(tmp_path / "a.jsonl")[1:]
    assert (first["position_mm"], second["position_mm"], plain["position_mm"]) == (0.0, 5.0, None)
    assert (first["stack"]["slices_seen"], second["stack"]["slices_seen"]) == (1, 2)
    assert again["stack"] == second["stack"] == plain["stack"]
    assert second["stack"]["volume_ml"] == pytest.approx(2 * 5 * second["area_mm2"] / 1000)


def test_a_stream_of_no_slices_has_no_stack(log, tmp_path):
    log.write(rendering_of())
    assert lines_of(tmp_path / "a.jsonl")[1]["stack"] is None
