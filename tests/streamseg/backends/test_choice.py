"""Backend ``auto``: what it tries, what it leaves out, and what it remembers."""

import itertools
import logging

import numpy as np
import pytest

from streamseg.backends import choice
from streamseg.backends.answers import recall
from streamseg.backends.choice import installed, open_fastest, question_of, settle
from streamseg.backends.lanes import Lanes
from streamseg.backends.uses import lanes_for
from streamseg.errors import ChecksumError, GoldenFrameError, ModelCardError, ModelError, UnplayableError
from streamseg.model import bundled_models
from streamseg.model_card import read_card
from streamseg.notice import NOTICE
from streamseg.registry import Plugin
from streamseg.settings import ModelSettings

pytestmark = pytest.mark.usefixtures("clock", "user_cache")

TENSOR = np.zeros((1, 32, 32, 1), np.float32)
SETTINGS = ModelSettings()


class Stub:
    """A model that is opened on a backend, and closed."""

    def __init__(self, backend):
        self.backend = backend
        self.runs = self.closes = 0
        self.single, self.lanes = Lanes([self]), Lanes([self, self])

    def infer(self, tensor):
        self.runs += 1
        return tensor[0, :, :, 0]

    def close(self):
        self.closes += 1


class Bench:
    """Opens stubs, or fails as it is told to; knows all that it opened."""

    def __init__(self, **faults):
        self.faults = faults
        self.opened = []

    def __call__(self, settings):
        if settings.backend in self.faults:
            raise self.faults[settings.backend]
        self.opened.append(Stub(settings.backend))
        return self.opened[-1]

    @property
    def backends(self):
        return [stub.backend for stub in self.opened]


@pytest.fixture
def card():
    return read_card(next(iter(bundled_models().values())))


@pytest.fixture(autouse=True)
def three_backends(monkeypatch):
    """Let there be a slow backend, a quick one, and one of last resort that would be the quickest."""
    plugins = [Plugin("segmenters", name, "") for name in ("slow", "quick")]
    plugins.append(Plugin("segmenters", "heavy", "", is_last_resort=True))
    monkeypatch.setattr(choice, "plugins", lambda _: {plugin.name: plugin for plugin in plugins})


@pytest.fixture
def clock(monkeypatch):
    """Give every backend its own times, in milliseconds, again and again; at once, the slow one takes a tenth."""
    times_ms = {"slow": [20.0], "quick": [10.0], "heavy": [1.0]}

    def time_pictures(models, tensor, use, _):
        for model in models.values():
            lanes_for(use, model).infer(tensor)
        share = {"slow": 0.1} if use == "at once" else {}
        cycles = {name: itertools.cycle(times_ms[name]) for name in models}
        return {
            name: [time_ms * share.get(name, 1) for time_ms in itertools.islice(cycle, 8)]
            for name, cycle in cycles.items()
        }

    monkeypatch.setattr(choice, "time_pictures", time_pictures)
    return times_ms


def test_the_fastest_is_kept_and_the_others_are_closed(card):
    bench = Bench()
    assert open_fastest(SETTINGS, card, TENSOR, bench, use="single").backend == "quick"
    assert {stub.backend: stub.closes for stub in bench.opened} == {"slow": 1, "quick": 0}
    assert all(stub.runs for stub in bench.opened)


def test_the_second_time_only_the_fastest_is_opened(card):
    open_fastest(SETTINGS, card, TENSOR, Bench(), use="single")
    bench = Bench()
    assert open_fastest(SETTINGS, card, TENSOR, bench, use="single").backend == "quick"
    assert bench.backends == ["quick"]


def test_one_that_answers_wrong_is_left_out_with_a_warning_however_fast_it_is(card, caplog):
    bench = Bench(quick=GoldenFrameError("largest difference 0.9"))
    assert open_fastest(SETTINGS, card, TENSOR, bench, use="single").backend == "slow"
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "backend quick is left out: largest difference 0.9")
    ]


def test_one_that_does_not_play_the_model_is_left_out_without_a_word(card, caplog):
    bench = Bench(slow=UnplayableError("does not play this"))
    assert open_fastest(SETTINGS, card, TENSOR, bench, use="single").backend == "quick"
    assert not caplog.records


def test_the_last_resort_is_opened_where_nothing_else_plays_such_files(card):
    bench = Bench(slow=UnplayableError("no"), quick=UnplayableError("no"))
    assert open_fastest(SETTINGS, card, TENSOR, bench, use="single").backend == "heavy"
    assert bench.backends == ["heavy"]


def test_where_all_that_play_such_files_fail_the_first_says_why_and_seconds_are_not_spent_on_the_last_resort(
    card, caplog
):
    bench = Bench(slow=GoldenFrameError("difference 0.9"), quick=ModelError("two inputs"))
    with pytest.raises(GoldenFrameError, match=r"difference 0\.9"):
        open_fastest(SETTINGS, card, TENSOR, bench, use="single")
    assert bench.backends == []
    assert not caplog.records


@pytest.mark.parametrize("fault", [ChecksumError("not the file of its card"), ModelCardError("no golden frame")])
def test_a_fault_of_the_model_itself_is_raised_at_once(card, fault):
    bench = Bench(slow=fault)
    with pytest.raises(type(fault), match=str(fault)):
        open_fastest(SETTINGS, card, TENSOR, bench, use="single")
    assert bench.backends == []


def test_where_the_remembered_one_fails_later_the_others_are_measured_again(card, caplog):
    open_fastest(SETTINGS, card, TENSOR, Bench(), use="single")
    bench = Bench(quick=ModelError("its library is broken"))
    assert open_fastest(SETTINGS, card, TENSOR, bench, use="single").backend == "slow"
    assert "backend quick was the fastest, but fails now: its library is broken" in caplog.text


def test_the_choice_is_said_once_with_the_times(card, caplog):
    with caplog.at_level(NOTICE):
        open_fastest(SETTINGS, card, TENSOR, Bench(), use="single")
        open_fastest(SETTINGS, card, TENSOR, Bench(), use="single")
    (record,) = caplog.records
    assert record.levelno == NOTICE
    assert "float32), one frame at a time, is quick here: quick 10.0 ms, slow 20.0 ms; this is" in record.getMessage()


def test_what_is_the_fastest_at_several_pictures_at_once_is_another_question_said_in_rates(card, caplog):
    with caplog.at_level(NOTICE):
        assert open_fastest(SETTINGS, card, TENSOR, Bench(), use="single").backend == "quick"
        assert open_fastest(SETTINGS, card, TENSOR, Bench(), use="at once").backend == "slow"
    said = caplog.records[1].getMessage()
    assert "several frames at once, is slow here: slow 500.0 frames/s, quick 100.0 frames/s; this is remembered" in said
    assert [recall(question_of(SETTINGS, card, use)) for use in ("single", "at once")] == ["quick", "slow"]


def test_what_a_busy_machine_gives_is_used_but_not_remembered(clock, card, caplog):
    clock["slow"] = [20.0, 8.0, 25.0, 90.0]
    with caplog.at_level(NOTICE):
        assert open_fastest(SETTINGS, card, TENSOR, Bench(), use="single").backend == "quick"
    assert recall(question_of(SETTINGS, card, "single")) is None
    assert "the next start measures again" in caplog.text


def test_of_two_that_are_as_good_as_equal_the_first_is_taken(card):
    question = question_of(SETTINGS, card, "single")
    assert settle(question, {"onnx": [10.4] * 4, "openvino": [10.0] * 4}).backend == "onnx"
    assert settle(question, {"onnx": [11.4] * 4, "openvino": [10.0] * 4}).backend == "openvino"


def test_those_that_need_the_fewest_packages_are_the_first_so_that_an_extra_must_be_faster(monkeypatch):
    requires = {"extra": {"numpy": "a", "onnxruntime": "a"}, "usual": {"numpy": "b"}, "own": {}, "heavy": {}}
    found = {
        name: Plugin("segmenters", name, "", requires=needed, is_last_resort=name == "heavy")
        for name, needed in requires.items()
    }
    monkeypatch.setattr(choice, "plugins", lambda _: found)
    assert [plugin.name for plugin in installed()] == ["own", "usual", "extra", "heavy"]


def test_who_wins_every_round_is_remembered_on_a_busy_machine_too(clock, card):
    clock["slow"] = [20.0, 60.0, 25.0, 90.0]
    open_fastest(SETTINGS, card, TENSOR, Bench(), use="single").close()
    assert recall(question_of(SETTINGS, card, "single")) == "quick"


def test_without_a_cache_it_measures_every_time(user_cache, card):
    user_cache.write_text("a file where the folder should be")
    for _ in range(2):
        bench = Bench()
        assert open_fastest(SETTINGS, card, TENSOR, bench, use="single").backend == "quick"
        assert bench.backends == ["slow", "quick"]


def test_each_precision_is_a_question_of_its_own(card):
    questions = [question_of(ModelSettings(precision=precision), card, "single") for precision in ("float32", "int8")]
    assert questions[0].weights != questions[1].weights


def test_a_file_named_by_its_path_is_asked_about_itself(card, tmp_path):
    by_path = ModelSettings(name=str(tmp_path / card.weights[1].file))
    assert question_of(by_path, card, "single").weights == (card.weights[1].sha256,)


def test_the_question_holds_no_path(card, tmp_path):
    by_path = ModelSettings(name=str(tmp_path / card.weights[1].file))
    assert str(tmp_path) not in question_of(by_path, card, "single").model_dump_json()
