"""What is kept of a measurement, and what spoils it."""

import json

import pytest

from streamseg.backends.answers import Answer, Question, recall, remember

pytestmark = pytest.mark.usefixtures("user_cache")

QUESTION = Question(
    model="tiny",
    use="single",
    weights=("0" * 64,),
    precision="float32",
    providers=(),
    require_provider=None,
    threads=None,
    cpu="abacus",
    cores=2,
    versions={"streamseg": "1", "onnx": "1"},
)
ANSWER = Answer(question=QUESTION, backend="onnx", median_ms={"onnx": 1.0, "openvino": 2.0})
CHANGES = {
    "use": "at once",
    "weights": ("1" * 64,),
    "precision": "int8",
    "providers": ("CPU",),
    "require_provider": "CPU",
    "threads": 1,
    "cpu": "slide rule",
    "cores": 3,
    "versions": {"streamseg": "1", "onnx": "2"},
}


def _kept(user_cache):
    (path,) = (user_cache / "backends").iterdir()
    return path


def test_what_was_never_asked_has_no_answer():
    assert recall(QUESTION) is None


def test_an_answer_is_kept():
    remember(ANSWER)
    assert recall(QUESTION) == "onnx"


def test_a_later_answer_replaces_the_earlier_one(user_cache):
    remember(ANSWER)
    remember(ANSWER.model_copy(update={"backend": "openvino"}))
    assert recall(QUESTION) == "openvino"
    assert _kept(user_cache).suffix == ".json"


@pytest.mark.parametrize("field", sorted(CHANGES))
def test_for_another_use_with_other_weights_settings_machine_or_versions_it_is_another_question(field):
    remember(ANSWER)
    assert recall(QUESTION.model_copy(update={field: CHANGES[field]})) is None


def test_the_changes_above_are_all_that_a_question_holds_but_the_name():
    assert set(Question.model_fields) == {"model", *CHANGES}


def test_an_answer_from_before_uses_were_told_apart_is_none(user_cache):
    remember(ANSWER)
    path = _kept(user_cache)
    answer = json.loads(path.read_text())
    del answer["question"]["use"]
    path.write_text(json.dumps(answer))
    assert recall(QUESTION) is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"backend": "onnx"}'])
def test_a_damaged_answer_is_none(user_cache, content):
    remember(ANSWER)
    _kept(user_cache).write_bytes(content)
    assert recall(QUESTION) is None


def test_an_answer_under_the_name_of_another_question_is_none(user_cache):
    remember(ANSWER)
    other = QUESTION.model_copy(update={"cores": 64})
    _kept(user_cache).rename(user_cache / "backends" / other.file_name)
    assert recall(other) is None


def test_where_nothing_can_be_kept_nothing_is_and_nothing_fails(user_cache):
    user_cache.write_text("a file where the folder should be")
    remember(ANSWER)
    assert recall(QUESTION) is None


def test_a_folder_in_the_place_of_an_answer_does_no_harm(user_cache):
    (user_cache / "backends" / QUESTION.file_name).mkdir(parents=True)
    remember(ANSWER)
    assert recall(QUESTION) is None
