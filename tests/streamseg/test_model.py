"""Finding and checking a model, and opening it for its use."""

import re
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import EntryPoint

import numpy as np
import onnx
import pytest

from streamseg.backends.uses import lanes_for
from streamseg.errors import ChecksumError, ModelCardError, ModelError, ModelNotFoundError, SettingsError
from streamseg.model import bundled_models, choose_weights, find_card, load_model
from streamseg.model_card import golden_map, read_card
from streamseg.registry import Plugin, find, plugins
from streamseg.settings import ModelSettings
from tests.support.tiny_models import frame_tensor, listed, onnx_settings, onnx_unet, rewrite_card


def test_a_loaded_model_has_its_card_its_weights_and_what_runs_it(models):
    with load_model(onnx_settings(models / "tiny.json")) as model:
        assert model.card.name == "tiny"
        assert model.weights.file == "tiny.onnx"
        assert model.info.backend == "onnx"
        expected = golden_map(model.card.golden.outputs["float32"])
        np.testing.assert_allclose(model.infer(frame_tensor()), expected, atol=1e-4)


def test_after_its_with_block_a_model_is_closed(models):
    with load_model(onnx_settings(models / "tiny.json")) as model:
        pass
    with pytest.raises(ModelError, match="closed"):
        model.infer(frame_tensor())


@pytest.mark.parametrize("backend", [name for name, plugin in plugins("segmenters").items() if plugin.has_lanes])
def test_a_model_for_several_pictures_at_once_gives_the_same_maps_bit_by_bit(models, backend):
    if find("segmenters", backend).missing:
        pytest.skip(f"{backend} is not installed")
    tensors = [frame_tensor(seed=seed) for seed in range(24)]
    with load_model(onnx_settings(models / "tiny.json", backend=backend, threads=3)) as model:
        assert model.lanes is model.lanes
        assert (len(model.lanes), len(model.single)) == (3, 1)
        with ThreadPoolExecutor(6) as pool:
            at_once = list(pool.map(model.lanes.infer, tensors))
            in_turn = list(pool.map(model.infer, tensors))
    np.testing.assert_array_equal(at_once, in_turn)
    assert not np.array_equal(at_once[0], at_once[1])
    with pytest.raises(ModelError, match="closed"):
        model.lanes.infer(tensors[0])


def test_what_is_open_for_several_pictures_is_not_kept_open_for_one_but_opened_again_for_it(models):
    with load_model(onnx_settings(models / "tiny.json", threads=2)) as model:
        before = model.single
        assert len(model.lanes) == 2
        with pytest.raises(ModelError, match="closed"):
            before.infer(frame_tensor())
        np.testing.assert_array_equal(model.infer(frame_tensor()), model.lanes.infer(frame_tensor()))
    with pytest.raises(ModelError, match="closed"):
        model.infer(frame_tensor())


@pytest.mark.parametrize(("use", "closed"), [("at once", "single"), ("single", "lanes")])
def test_a_model_is_opened_for_its_use_alone(models, use, closed):
    with load_model(onnx_settings(models / "tiny.json", threads=2), use=use) as model:
        assert model.info.threads == 2
        (models / "tiny.onnx").unlink()
        assert len(lanes_for(use, model)) == {"single": 1, "at once": 2}[use]
        with pytest.raises(ModelError, match=r"tiny\.onnx"):
            getattr(model, closed)


def test_a_model_on_one_thread_infers_one_picture_at_a_time(models):
    for use in ("single", "at once"):
        with load_model(onnx_settings(models / "tiny.json", threads=1), use=use) as model:
            assert model.lanes is model.single


def test_a_lane_that_cannot_be_opened_is_an_error(models):
    with load_model(onnx_settings(models / "tiny.json", threads=2)) as model:
        (models / "tiny.onnx").write_bytes(b"this is no model at all")
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
def test_a_card_is_played_in_the_precision_asked_for_and_a_file_in_its_own(models, file, precision, loaded):
    with load_model(onnx_settings(models / file, precision=precision)) as model:
        assert model.weights.file == loaded
        assert model.info.precision == model.weights.precision


def test_a_file_is_found_relative_to_the_working_directory(models, monkeypatch):
    monkeypatch.chdir(models)
    with load_model(onnx_settings("tiny.onnx")) as model:
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


def test_an_unknown_backend_is_an_error(models):
    with pytest.raises(SettingsError, match="no segmenter 'abacus'"):
        load_model(onnx_settings(models / "tiny.json", backend="abacus"))


def test_a_file_that_its_card_does_not_name_is_an_error_that_lists_those_it_names(models):
    (models / "tiny.other.onnx").write_bytes(b"")
    with pytest.raises(ModelCardError, match=r"does not name tiny\.other\.onnx; it names: tiny\.onnx, tiny\.int8"):
        load_model(onnx_settings(models / "tiny.other.onnx"))


def test_a_backend_that_plays_no_weights_of_a_precision_is_an_error_that_lists_what_there_is(models):
    rewrite_card(models, weights=[listed(models / "tiny.onnx").model_dump()])
    with pytest.raises(ModelError, match=r"no int8 weights for backend onnx; it has: tiny\.onnx \(float32\)"):
        load_model(onnx_settings(models / "tiny.json", precision="int8"))


def test_a_backend_takes_the_file_made_for_it_and_passes_over_those_made_for_others(models):
    entries = [listed(models / "tiny.onnx"), listed(models / "tiny.int8.onnx")]
    made_for = entries[1].model_copy(update={"backends": ("onnx",)})
    card = read_card(models / "tiny.json").model_copy(update={"weights": (entries[0], made_for)})
    assert (
        choose_weights(card, onnx_settings(models / "tiny.json"), find("segmenters", "onnx")).file == "tiny.int8.onnx"
    )
    assert choose_weights(card, onnx_settings(models / "tiny.json"), find("segmenters", "openvino")).file == "tiny.onnx"


def test_a_file_made_for_another_backend_is_played_where_it_is_named(models):
    made_for = listed(models / "tiny.onnx").model_copy(update={"backends": ("openvino",)})
    rewrite_card(models, weights=[made_for.model_dump()])
    with load_model(onnx_settings(models / "tiny.onnx")) as model:
        assert model.info.backend == "onnx"


def test_of_files_for_all_backends_the_first_of_the_card_is_taken(models):
    entries = (listed(models / "tiny.onnx"), listed(models / "tiny.int8.onnx"))
    card = read_card(models / "tiny.json").model_copy(update={"weights": entries})
    assert choose_weights(card, onnx_settings(models / "tiny.json"), find("segmenters", "onnx")).file == "tiny.onnx"


def test_a_model_is_loaded_on_the_fastest_backend_by_default(models, user_cache):
    with load_model(ModelSettings(name=str(models / "tiny.json"))) as model:
        assert model.info.backend in ("ncnn", "onnx", "openvino")
    assert user_cache.is_dir()


def test_a_file_that_the_backend_does_not_play_is_an_error_that_names_the_backends_that_do(models):
    (models / "tiny.keras").write_bytes(b"")
    rewrite_card(models, weights=[listed(models / "tiny.keras").model_dump()])
    with pytest.raises(ModelError, match=r"backend onnx does not play tiny\.keras; these do: tensorflow"):
        load_model(onnx_settings(models / "tiny.keras"))


def test_a_saved_model_is_for_backends_that_play_folders(models):
    (models / "tiny").mkdir()
    rewrite_card(models, weights=[listed(models / "tiny").model_dump()])
    card = read_card(models / "tiny.json")
    settings = onnx_settings(models / "tiny")
    assert choose_weights(card, settings, find("segmenters", "tensorflow")).file == "tiny"
    with pytest.raises(ModelError, match="does not play tiny"):
        choose_weights(card, settings, find("segmenters", "onnx"))


def test_a_plugin_of_another_distribution_is_given_any_weights(models):
    point = EntryPoint("mine", "mine:create", "streamseg.segmenters")
    plugin = Plugin("segmenters", "mine", "", entry_point=point)
    card = read_card(models / "tiny.json")
    assert choose_weights(card, onnx_settings(models / "tiny.json"), plugin).file == "tiny.onnx"


def test_other_weights_than_the_card_describes_are_refused_before_they_are_loaded(models):
    onnx.save(onnx_unet(seed=1), models / "tiny.onnx")
    with pytest.raises(ChecksumError, match=r"tiny\.onnx is not the file that its card describes"):
        load_model(onnx_settings(models / "tiny.json"))


def test_missing_weights_are_refused(models):
    (models / "tiny.onnx").unlink()
    with pytest.raises(ChecksumError, match=r"tiny\.onnx named in the model card are missing"):
        load_model(onnx_settings(models / "tiny.json"))


def test_models_are_bundled():
    assert bundled_models()


@pytest.mark.parametrize(("name", "card"), bundled_models().items())
def test_a_bundled_card_is_named_as_its_file_and_its_weights_are_there(name, card):
    read = read_card(card)
    assert read.name == name
    assert {entry.precision for entry in read.weights} == set(read.golden.outputs)
    for entry in read.weights:
        assert card.with_name(entry.file).exists()
