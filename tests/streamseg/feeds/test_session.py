"""One stream after another in the same process, and the view of it."""

import json
import threading
import time
from dataclasses import replace

import onnx
import pytest

from streamseg.errors import SourceNotFoundError, StreamsegError
from streamseg.feeds.session import Session
from streamseg.model import load_model
from streamseg.settings import ModelSettings, OutputSettings, PostprocessSettings, SourceSettings, StreamSettings
from tests.support.clips import grey_levels, write_clip
from tests.support.tiny_models import golden_of, listed, make_card, onnx_unet

DEADLINE_S = 60


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Write the models ``first`` and ``second``, and return the folders of their cards by name."""
    folders = {}
    for seed, name in enumerate(("first", "second")):
        folders[name] = folder = tmp_path_factory.mktemp(name)
        model = onnx_unet(seed=seed)
        onnx.save(model, folder / "tiny.onnx")
        threshold = 0.3 + 0.1 * seed
        outputs = {"float32": golden_of(model)}
        make_card(folder, [listed(folder / "tiny.onnx")], outputs, name=name, threshold=threshold)
    return {name: str(folder / "tiny.json") for name, folder in folders.items()}


@pytest.fixture
def settings(models, tmp_path):
    return StreamSettings(
        model=ModelSettings(name=models["first"], backend="onnx"),
        source=SourceSettings(size="96x64"),
        output=OutputSettings(folder=tmp_path),
    )


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return str(write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", grey_levels(60), g=12))


@pytest.fixture
def sessions():
    """Start sessions, and end them whatever happens."""
    opened = []

    def start(location, settings, **more):
        session = Session(location, settings, **more)
        opened.append(session)
        session.start()
        return session

    yield start
    for session in opened:
        session.stop()
        session.join(DEADLINE_S)
        session.close()


def wait(session, condition):
    """Wait until a snapshot fulfils ``condition``, and return it."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        snapshot = session.snapshot()
        if condition(snapshot):
            return snapshot
        time.sleep(0.01)
    raise AssertionError(f"not within {DEADLINE_S} s: {session.snapshot()}")


def wait_for_model(session, name):
    """Wait until frames come out of the model of that name, and nothing is left of the switch to it."""
    return wait(
        session,
        lambda snapshot: (
            snapshot.frames_out > 0 and snapshot.identity.model.name == name and snapshot.state in ("running", "held")
        ),
    )


def with_model(settings, name):
    return settings.model_copy(update={"model": settings.model.model_copy(update={"name": name})})


def test_a_file_plays_at_its_own_rate_and_is_held_at_its_end_until_it_is_ended(sessions, settings, clip):
    session = sessions(clip, settings)
    snapshot = wait(session, lambda snapshot: snapshot.state == "held" and snapshot.file_scores.index[-1] >= 0)
    assert snapshot.frames_out == 60
    assert snapshot.position.media_index == 59
    assert snapshot.position.is_paced
    assert snapshot.file_scores.index.tolist() == list(range(60))
    assert session.transport is session.controls
    session.transport.seek(10)
    again = wait(session, lambda snapshot: snapshot.position.media_index == 10)
    assert again.position.index == 60
    session.stop()
    assert session.join(DEADLINE_S).frames_out == 61


def test_another_model_goes_on_at_the_same_place_of_the_file_and_brings_its_own_threshold(
    sessions, settings, clip, models
):
    session = sessions(clip, settings)
    session.controls.pause()
    session.controls.seek(20)
    wait(session, lambda snapshot: snapshot.position.media_index == 20)
    session.controls.change(smoothing=0.4, overlay={"mode": "contour"})
    session.switch(settings=with_model(session.settings, models["second"]))
    snapshot = wait(session, lambda snapshot: snapshot.frames_out and snapshot.identity.model.name == "second")
    assert (snapshot.state, snapshot.position.media_index) == ("held", 20)
    live = session.controls.current
    assert (live.threshold, live.smoothing, live.overlay.mode) == (pytest.approx(0.4), 0.4, "contour")
    assert [event.kind for event in snapshot.events].count("switch") == 1
    assert len(session.summaries) == 1


def test_a_switch_can_be_taken_back(sessions, settings, clip, models):
    session = sessions(clip, settings)
    wait(session, lambda snapshot: snapshot.frames_out)
    assert session.can_switch_back == ""
    session.switch(settings=with_model(session.settings, models["second"]))
    wait_for_model(session, "second")
    assert "first" in session.can_switch_back or models["first"] in session.can_switch_back
    session.switch_back()
    wait_for_model(session, "first")
    assert session.can_switch_back == ""


def test_another_source_begins_at_its_start_and_a_live_one_cannot_be_moved_in(sessions, settings, clip):
    session = sessions(clip, settings)
    session.controls.change(region="8,8,40,40")
    wait(session, lambda snapshot: snapshot.frames_out > 3)
    session.switch(location="synthetic:vessel:live")
    snapshot = wait(session, lambda snapshot: snapshot.frames_out and snapshot.identity.source.is_live)
    assert session.location == "synthetic:vessel:live"
    assert (session.transport, snapshot.file_scores) == (None, None)
    assert session.controls.current.region == "auto"


def test_the_model_is_loaded_anew_where_the_other_source_uses_it_for_something_else(
    sessions, settings, clip, monkeypatch
):
    uses = []

    def load_noted(wanted, *, use):
        uses.append(use)
        return load_model(wanted, use=use)

    monkeypatch.setattr("streamseg.feeds.session_part.load_model", load_noted)
    session = sessions(clip, settings)
    session.switch(location="synthetic:frames=900")
    wait(session, lambda snapshot: snapshot.frames_out and snapshot.identity.source.kind == "synthetic")
    assert uses == ["at once"]
    session.switch(location="synthetic:live")
    wait(session, lambda snapshot: snapshot.frames_out and snapshot.identity.source.is_live)
    assert uses == ["at once", "single"]


def test_the_same_camera_is_given_back_before_it_is_opened_again(sessions, settings, models):
    session = sessions("synthetic:head:live", settings)
    wait(session, lambda snapshot: snapshot.frames_out)
    session.switch(settings=with_model(session.settings, models["second"]))
    wait(session, lambda snapshot: snapshot.frames_out and snapshot.identity.model.name == "second")


def test_what_cannot_be_switched_to_is_told_and_the_stream_goes_on(sessions, settings, clip, models):
    session = sessions(clip, settings)
    wait(session, lambda snapshot: snapshot.frames_out)
    session.switch(location="nothing.mp4")
    wait(session, lambda snapshot: any("cannot switch to nothing.mp4" in event.message for event in snapshot.events))
    wait(session, lambda snapshot: snapshot.state in ("running", "held") and snapshot.frames_out > 5)
    session.switch(settings=with_model(session.settings, models["first"] + "x"))
    wait(session, lambda snapshot: sum("cannot switch" in event.message for event in snapshot.events) == 2)
    assert session.location == clip
    assert session.summaries == ()


def test_every_part_has_a_log_and_recording_of_its_own_and_none_is_overwritten(
    sessions, settings, clip, models, tmp_path
):
    output = settings.output.model_copy(
        update={"log": tmp_path / "run.jsonl", "record": tmp_path / "run.mp4", "overwrite": True}
    )
    session = sessions(clip, settings.model_copy(update={"output": output}))
    wait(session, lambda snapshot: snapshot.frames_out > 3)
    for name in ("second", "first"):
        session.switch(settings=with_model(session.settings, models[name]))
        wait_for_model(session, name)
    session.stop()
    session.join(DEADLINE_S)
    for part, name in (("run", "first"), ("run-2", "second"), ("run-3", "first")):
        lines = [json.loads(line) for line in (tmp_path / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()]
        assert lines[0]["model"]["name"] == name
        assert lines[-1]["type"] == "end"
        assert (tmp_path / f"{part}.mp4").stat().st_size > 0
    assert len(session.summaries) == 3


def test_settings_in_force_hold_what_was_changed_while_it_ran(sessions, settings, clip):
    session = sessions(clip, settings)
    session.controls.change(threshold=0.77)
    assert session.settings.postprocess.threshold == 0.77
    assert session.settings.model == settings.model


def test_what_cannot_be_used_is_said_before_anything_runs(settings, models):
    with pytest.raises(SourceNotFoundError):
        Session("nothing.mp4", settings)
    with pytest.raises(StreamsegError):
        Session("synthetic", with_model(settings, models["first"] + "x"))


def test_a_session_may_run_in_the_thread_that_made_it(settings):
    with Session("synthetic:frames=12", settings, has_dashboard=False) as session:
        summary = session.run()
    assert summary.frames_out == 12
    assert session.snapshot().state == "ended"


def test_a_stream_that_fails_ends_the_session_with_its_error(settings, clip):
    post = PostprocessSettings(region="0,0,500,500")
    with Session(clip, settings.model_copy(update={"postprocess": post})) as session:
        session.start()
        with pytest.raises(StreamsegError, match="does not fit"):
            session.join(DEADLINE_S)
        assert session.snapshot().state == "failed"


def test_a_switch_that_comes_too_late_leaves_nothing_open(settings, models):
    before = threading.active_count()
    with Session("synthetic", settings) as session:
        session.start()
        wait(session, lambda snapshot: snapshot.frames_out)
        session.switch(settings=with_model(session.settings, models["second"]))
        session.stop()
        session.join(DEADLINE_S)
    assert threading.active_count() <= before + 1  # the thread that was started ends by itself


def test_a_frame_is_inspected_when_a_view_asks(sessions, settings):
    session = sessions("synthetic", settings)
    wait(session, lambda snapshot: snapshot.frames_out)
    assert session.inspect().histogram.sum() == pytest.approx(1)


def test_a_snapshot_is_immutable(sessions, settings):
    session = sessions("synthetic", settings)
    snapshot = wait(session, lambda snapshot: snapshot.frames_out)
    with pytest.raises(AttributeError):
        snapshot.frames_out = 0
    assert replace(snapshot, frames_out=0).frames_out == 0
