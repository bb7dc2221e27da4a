"""Finding, checking and proving a model."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint

import numpy as np
import onnx
import pytest
from onnx import helper

from streamseg.backends.uses import lanes_for
from streamseg.errors import (
    ChecksumError,
    GoldenFrameError,
    ModelCardError,
    ModelError,
    ModelNotFoundError,
    SettingsError,
)
from streamseg.golden import check_golden
from streamseg.model import bundled_models, choose_weights, find_card, load_model
from streamseg.model_card import Golden, decode_frame, encode_frame, encode_png, golden_map, golden_output, read_card
from streamseg.protocols import SegmenterInfo
from streamseg.registry import Plugin, find, plugins
from streamseg.settings import ModelSettings
from tests.support.tiny_models import frame_tensor, golden_of, listed, make_card, onnx_model, onnx_unet, quantised

SHAPE = [1, 32, 32, 1]


@pytest.fixture
def folder(tmp_path):
    """Write a folder with a card, its float32 weights and its 8-bit ones."""
    onnx.save(onnx_unet(), tmp_path / "tiny.onnx")
    onnx.save(quantised(onnx_unet()), tmp_path / "tiny.int8.onnx")
    entries = [listed(tmp_path / "tiny.onnx"), listed(tmp_path / "tiny.int8.onnx", "int8")]
    golden = golden_of(onnx_unet())
    make_card(tmp_path, entries, {"float32": golden, "int8": golden.model_copy(update={"tolerance": 0.1})})
    return tmp_path


def _settings(path, **changes):
    return ModelSettings(**({"name": str(path), "backend": "onnx"} | changes))


def _rewrite(folder, **changes):
    path = folder / "tiny.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_loaded_model_has_its_card_its_weights_and_what_runs_it(folder):
    with load_model(_settings(folder / "tiny.json")) as model:
        assert model.card.name == "tiny"
        assert model.weights.file == "tiny.onnx"
        assert model.info.backend == "onnx"
        expected = golden_map(model.card.golden.outputs["float32"])
        np.testing.assert_allclose(model.infer(frame_tensor()), expected, atol=1e-4)


def test_after_its_with_block_a_model_is_closed(folder):
    with load_model(_settings(folder / "tiny.json")) as model:
        pass
    with pytest.raises(ModelError, match="closed"):
        model.infer(frame_tensor())


@pytest.mark.parametrize("backend", [name for name, plugin in plugins("segmenters").items() if plugin.has_lanes])
def test_a_model_for_several_pictures_at_once_gives_the_same_maps_bit_by_bit(folder, backend):
    if find("segmenters", backend).missing:
        pytest.skip(f"{backend} is not installed")
    tensors = [frame_tensor(seed=seed) for seed in range(24)]
    with load_model(_settings(folder / "tiny.json", backend=backend, threads=3)) as model:
        assert model.lanes is model.lanes
        assert (len(model.lanes), len(model.single)) == (3, 1)
        with ThreadPoolExecutor(6) as pool:
            at_once = list(pool.map(model.lanes.infer, tensors))
            in_turn = list(pool.map(model.infer, tensors))
    np.testing.assert_array_equal(at_once, in_turn)
    assert not np.array_equal(at_once[0], at_once[1])
    with pytest.raises(ModelError, match="closed"):
        model.lanes.infer(tensors[0])


def test_what_is_open_for_several_pictures_is_not_kept_open_for_one_but_opened_again_for_it(folder):
    with load_model(_settings(folder / "tiny.json", threads=2)) as model:
        before = model.single
        assert len(model.lanes) == 2
        with pytest.raises(ModelError, match="closed"):
            before.infer(frame_tensor())
        np.testing.assert_array_equal(model.infer(frame_tensor()), model.lanes.infer(frame_tensor()))
    with pytest.raises(ModelError, match="closed"):
        model.infer(frame_tensor())


@pytest.mark.parametrize(("use", "closed"), [("at once", "single"), ("single", "lanes")])
def test_a_model_is_opened_for_its_use_alone(folder, use, closed):
    with load_model(_settings(folder / "tiny.json", threads=2), use=use) as model:
        assert model.info.threads == 2
        (folder / "tiny.onnx").unlink()
        assert len(lanes_for(use, model)) == {"single": 1, "at once": 2}[use]
        with pytest.raises(ModelError, match=r"tiny\.onnx"):
            getattr(model, closed)


def test_a_lane_that_answers_wrong_is_refused_as_a_single_one_is(folder):
    outputs = {"float32": golden_output(np.zeros(SHAPE[1:3], np.float32), 0.01)}
    make_card(folder, [listed(folder / "tiny.onnx")], outputs)
    for use in ("single", "at once"):
        with pytest.raises(GoldenFrameError, match="does not reproduce its golden frame"):
            load_model(_settings(folder / "tiny.json", threads=2), use=use)


def test_a_model_on_one_thread_infers_one_picture_at_a_time(folder):
    for use in ("single", "at once"):
        with load_model(_settings(folder / "tiny.json", threads=1), use=use) as model:
            assert model.lanes is model.single


def test_a_lane_that_cannot_be_opened_is_an_error(folder):
    with load_model(_settings(folder / "tiny.json", threads=2)) as model:
        (folder / "tiny.onnx").write_bytes(b"this is no model at all")
        with pytest.raises(ModelError, match=r"tiny\.onnx"):
            _ = model.lanes


@pytest.mark.parametrize(
    ("file", "precision", "loaded"),
    [
        ("tiny.json", "float32", "tiny.onnx"),
        ("tiny.json", "int8", "tiny.int8.onnx"),
        ("tiny.onnx", "int8", "tiny.onnx"),
        ("tiny.int8.onnx", "float32", "tiny.int8.onnx"),
    ],
)
def test_a_card_is_played_in_the_precision_asked_for_and_a_file_in_its_own(folder, file, precision, loaded):
    with load_model(_settings(folder / file, precision=precision)) as model:
        assert model.weights.file == loaded
        assert model.info.precision == model.weights.precision


def test_a_file_is_found_relative_to_the_working_directory(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with load_model(_settings("tiny.onnx")) as model:
        assert model.weights.file == "tiny.onnx"


@pytest.mark.parametrize("name", ["net", "net.onnx", "net.int8.onnx", "net.v1.2.keras"])
def test_the_card_of_weights_is_beside_them_under_the_longest_name_that_is_there(tmp_path, name):
    weights = tmp_path / name
    weights.write_bytes(b"")
    (tmp_path / "net.json").write_text("{}")
    assert find_card(str(weights)) == tmp_path / "net.json"
    (tmp_path / f"{name}.json").write_text("{}")
    assert find_card(str(weights)) == tmp_path / f"{name}.json"


def test_weights_without_a_card_are_an_error_that_says_what_is_needed(tmp_path):
    weights = tmp_path / "net.onnx"
    weights.write_bytes(b"")
    with pytest.raises(ModelCardError, match=r"net\.onnx has no model card; put net\.json beside it"):
        find_card(str(weights))


def test_an_unknown_name_is_an_error_that_lists_the_bundled_models():
    names = ", ".join(bundled_models()) or "none"
    with pytest.raises(ModelNotFoundError, match=re.escape(f"'us-fetal-hed'; bundled are: {names}")):
        load_model(ModelSettings(name="us-fetal-hed"))


def test_an_unknown_backend_is_an_error(folder):
    with pytest.raises(SettingsError, match="no segmenter 'abacus'"):
        load_model(_settings(folder / "tiny.json", backend="abacus"))


def test_a_file_that_its_card_does_not_name_is_an_error_that_lists_those_it_names(folder):
    (folder / "tiny.other.onnx").write_bytes(b"")
    with pytest.raises(ModelCardError, match=r"does not name tiny\.other\.onnx; it names: tiny\.onnx, tiny\.int8"):
        load_model(_settings(folder / "tiny.other.onnx"))


def test_a_backend_that_plays_no_weights_of_a_precision_is_an_error_that_lists_what_there_is(folder):
    _rewrite(folder, weights=[listed(folder / "tiny.onnx").model_dump()])
    with pytest.raises(ModelError, match=r"no int8 weights for backend onnx; it has: tiny\.onnx \(float32\)"):
        load_model(_settings(folder / "tiny.json", precision="int8"))


def test_a_backend_takes_the_file_made_for_it_and_passes_over_those_made_for_others(folder):
    entries = [listed(folder / "tiny.onnx"), listed(folder / "tiny.int8.onnx")]
    made_for = entries[1].model_copy(update={"backends": ("onnx",)})
    card = read_card(folder / "tiny.json").model_copy(update={"weights": (entries[0], made_for)})
    assert choose_weights(card, _settings(folder / "tiny.json"), find("segmenters", "onnx")).file == "tiny.int8.onnx"
    assert choose_weights(card, _settings(folder / "tiny.json"), find("segmenters", "openvino")).file == "tiny.onnx"


def test_a_file_made_for_another_backend_is_played_where_it_is_named(folder):
    made_for = listed(folder / "tiny.onnx").model_copy(update={"backends": ("openvino",)})
    _rewrite(folder, weights=[made_for.model_dump()])
    with load_model(_settings(folder / "tiny.onnx")) as model:
        assert model.info.backend == "onnx"


def test_of_files_for_all_backends_the_first_of_the_card_is_taken(folder):
    entries = (listed(folder / "tiny.onnx"), listed(folder / "tiny.int8.onnx"))
    card = read_card(folder / "tiny.json").model_copy(update={"weights": entries})
    assert choose_weights(card, _settings(folder / "tiny.json"), find("segmenters", "onnx")).file == "tiny.onnx"


def test_a_model_is_loaded_on_the_fastest_backend_by_default(folder, user_cache):
    with load_model(ModelSettings(name=str(folder / "tiny.json"))) as model:
        assert model.info.backend in ("ncnn", "onnx", "openvino")
    assert user_cache.is_dir()


def test_a_file_that_the_backend_does_not_play_is_an_error_that_names_the_backends_that_do(folder):
    (folder / "tiny.keras").write_bytes(b"")
    _rewrite(folder, weights=[listed(folder / "tiny.keras").model_dump()])
    with pytest.raises(ModelError, match=r"backend onnx does not play tiny\.keras; these do: tensorflow"):
        load_model(_settings(folder / "tiny.keras"))


def test_a_saved_model_is_for_backends_that_play_folders(folder):
    (folder / "tiny").mkdir()
    _rewrite(folder, weights=[listed(folder / "tiny").model_dump()])
    card = read_card(folder / "tiny.json")
    settings = _settings(folder / "tiny")
    assert choose_weights(card, settings, find("segmenters", "tensorflow")).file == "tiny"
    with pytest.raises(ModelError, match="does not play tiny"):
        choose_weights(card, settings, find("segmenters", "onnx"))


def test_a_plugin_of_another_distribution_is_given_any_weights(folder):
    point = EntryPoint("mine", "mine:create", "streamseg.segmenters")
    plugin = Plugin("segmenters", "mine", "", entry_point=point)
    card = read_card(folder / "tiny.json")
    assert choose_weights(card, _settings(folder / "tiny.json"), plugin).file == "tiny.onnx"


def test_other_weights_than_the_card_describes_are_refused_before_they_are_loaded(folder):
    onnx.save(onnx_unet(seed=1), folder / "tiny.onnx")
    with pytest.raises(ChecksumError, match=r"tiny\.onnx is not the file that its card describes"):
        load_model(_settings(folder / "tiny.json"))


def test_missing_weights_are_refused(folder):
    (folder / "tiny.onnx").unlink()
    with pytest.raises(ChecksumError, match=r"tiny\.onnx named in the model card are missing"):
        load_model(_settings(folder / "tiny.json"))


def test_weights_that_answer_otherwise_are_refused_with_difference_tolerance_backend_and_provider(folder):
    onnx.save(onnx_unet(seed=1), folder / "tiny.onnx")
    _rewrite(folder, weights=[listed(folder / "tiny.onnx").model_dump()])
    with pytest.raises(GoldenFrameError) as error:
        load_model(_settings(folder / "tiny.json", providers=("CPU",)))
    assert re.search(
        r"golden frame on onnx, CPUExecutionProvider: largest difference 0\.\d+, tolerance 0\.001;", str(error.value)
    )
    assert "\n" not in str(error.value)


def test_a_difference_within_the_tolerance_passes(folder):
    onnx.save(onnx_unet(seed=1), folder / "tiny.onnx")
    generous = golden_of(onnx_unet(), tolerance=1.0).model_dump()
    golden = json.loads((folder / "tiny.json").read_text())["golden"] | {"outputs": {"float32": generous}}
    _rewrite(folder, weights=[listed(folder / "tiny.onnx").model_dump()], golden=golden)
    load_model(_settings(folder / "tiny.json")).close()


def test_a_model_that_answers_not_a_number_is_refused_whatever_the_tolerance(folder):
    nodes = [helper.make_node("Sub", ["x", "one"], ["negative"]), helper.make_node("Sqrt", ["negative"], ["y"])]
    constants = {"one": np.array(2, np.float32)}
    onnx.save(onnx_model(nodes, {"x": SHAPE}, {"y": SHAPE}, constants), folder / "tiny.onnx")
    generous = golden_of(onnx_unet(), tolerance=1.0).model_dump()
    golden = json.loads((folder / "tiny.json").read_text())["golden"] | {"outputs": {"float32": generous}}
    _rewrite(folder, weights=[listed(folder / "tiny.onnx").model_dump()], golden=golden)
    with pytest.raises(GoldenFrameError, match="1024 of 1024 probabilities are not numbers"):
        load_model(_settings(folder / "tiny.json"))


class RecordedSegmenter:
    """A segmenter that answers 0 everywhere, and counts."""

    def __init__(self, card):
        self.info = SegmenterInfo("recorded", "paper", "float32", 1)
        self.runs = 0
        self._size = card.input.size

    def infer(self, tensor):
        assert tensor.shape == (1, *self._size, 1)
        self.runs += 1
        return np.zeros(self._size, np.float32)


def test_the_golden_frame_is_judged_after_a_warm_up(folder):
    card = read_card(folder / "tiny.json")
    segmenter = RecordedSegmenter(card)
    with pytest.raises(GoldenFrameError, match="on recorded, paper: largest difference"):
        check_golden(card, segmenter)
    assert segmenter.runs >= 2


def test_a_card_without_an_answer_at_the_precision_is_an_error(folder):
    golden = json.loads((folder / "tiny.json").read_text())["golden"]
    del golden["outputs"]["int8"]
    _rewrite(folder, golden=golden)
    with pytest.raises(ModelCardError, match="no golden output at precision int8"):
        load_model(_settings(folder / "tiny.int8.onnx"))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (np.zeros((16, 32), np.uint8), r"is \(16, 32\); expected is \(32, 32\)"),
        (np.zeros((32, 32), np.int16), r"is in Hounsfield units, but its input has no window"),
    ],
)
def test_a_golden_frame_of_another_size_or_unit_is_an_error(folder, frame, message):
    card = read_card(folder / "tiny.json")
    broken = card.model_copy(update={"golden": Golden(frame_png=encode_frame(frame), outputs=card.golden.outputs)})
    with pytest.raises(ModelCardError, match=message):
        check_golden(broken, RecordedSegmenter(card))


def _densities_as_golden(folder, window):
    """Turn the golden frame's grey levels into densities that the brain window shows as these, within half a unit."""
    golden = read_card(folder / "tiny.json").golden
    hu = np.rint(decode_frame(golden) * (120 / 255) - 20).astype(np.int16)
    output = golden.outputs["float32"].model_copy(update={"tolerance": 0.02})
    changed = Golden(frame_png=encode_frame(hu), outputs={"float32": output})
    _rewrite(folder, input={"height": 32, "width": 32, "window": window}, golden=changed.model_dump())


def test_a_golden_frame_in_hounsfield_units_is_windowed_as_the_stream_does(folder):
    _densities_as_golden(folder, {"centre_hu": 40, "width_hu": 120})
    load_model(_settings(folder / "tiny.onnx")).close()


def test_a_card_with_a_wrong_window_does_not_reproduce_its_golden_frame(folder):
    _densities_as_golden(folder, {"centre_hu": 60, "width_hu": 80})
    with pytest.raises(GoldenFrameError, match="does not reproduce its golden frame"):
        load_model(_settings(folder / "tiny.onnx"))


def test_a_golden_map_of_another_size_is_an_error(folder):
    card = read_card(folder / "tiny.json")
    outputs = {"float32": golden_output(np.zeros((16, 16), np.float32), 0.01)}
    broken = card.model_copy(update={"golden": card.golden.model_copy(update={"outputs": outputs})})
    with pytest.raises(ModelCardError, match=r"golden map of tiny is \(16, 16\), its input \(32, 32\)"):
        check_golden(broken, RecordedSegmenter(card))


def test_a_tampered_golden_map_is_an_error(folder):
    golden = json.loads((folder / "tiny.json").read_text())["golden"]
    golden["outputs"]["float32"]["map_png"] = encode_png(np.zeros((32, 32), np.uint16))
    _rewrite(folder, golden=golden)
    with pytest.raises(ModelCardError, match="golden map in the model card does not match its own sha256"):
        load_model(_settings(folder / "tiny.json"))


def test_models_are_bundled():
    assert bundled_models()


@pytest.mark.parametrize(("name", "card"), bundled_models().items())
def test_a_bundled_card_is_named_as_its_file_and_its_weights_are_there(name, card):
    read = read_card(card)
    assert read.name == name
    assert {entry.precision for entry in read.weights} == set(read.golden.outputs)
    for entry in read.weights:
        assert card.with_name(entry.file).exists()
