"""The model card: what it refuses, its digests, and the golden frame's round trip."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from streamseg.errors import ChecksumError, ModelCardError
from streamseg.model_card import (
    LOWEST_HU,
    Agreement,
    Golden,
    check_weights,
    decode_frame,
    decode_png,
    encode_frame,
    encode_png,
    golden_map,
    golden_output,
    read_card,
    sha256_of,
)
from tests.support.tiny_models import SPEC, golden_of, listed, make_card, onnx_unet

SIZES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=24)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("card")
    weights = folder / "tiny.onnx"
    weights.write_bytes(b"weights")
    return make_card(folder, [listed(weights)], {"float32": golden_of(onnx_unet())})


@settings(deadline=None)
@given(hnp.arrays(np.float32, SIZES, elements=st.floats(0, 1, width=32)))
def test_a_golden_map_comes_back_within_one_16_bit_level(probability):
    restored = golden_map(golden_output(probability, 0.01))
    assert restored.dtype == np.float32
    assert restored.shape == probability.shape
    assert np.abs(restored - probability).max() <= 1 / 65535


@settings(deadline=None)
@given(hnp.arrays(np.float32, SIZES, elements=st.floats(-10, 10, width=32)))
def test_a_golden_map_is_clipped_to_probabilities(values):
    restored = golden_map(golden_output(values, 0.01))
    np.testing.assert_allclose(restored, np.clip(values, 0, 1), atol=1 / 65535)


@settings(deadline=None)
@given(st.sampled_from([np.uint8, np.uint16]).flatmap(lambda dtype: hnp.arrays(dtype, SIZES)))
def test_a_picture_comes_back_from_png_as_it_was(image):
    restored = decode_png(encode_png(image))
    assert restored.dtype == image.dtype
    np.testing.assert_array_equal(restored, image)


@settings(deadline=None)
@given(
    st.one_of(
        hnp.arrays(np.uint8, SIZES),
        hnp.arrays(np.int16, SIZES, elements=st.integers(LOWEST_HU, np.iinfo(np.int16).max)),
    )
)
def test_a_golden_frame_keeps_grey_levels_and_hounsfield_units(image):
    restored = decode_frame(Golden(frame_png=encode_frame(image), outputs={}))
    assert restored.dtype == image.dtype
    np.testing.assert_array_equal(restored, image)


def test_densities_below_air_become_the_lowest_that_a_golden_frame_keeps():
    frame = encode_frame(np.full((2, 2), -2000, np.int16))
    assert (decode_frame(Golden(frame_png=frame, outputs={})) == LOWEST_HU).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not base64!", "not base64"),
        ("", "not a grey PNG"),
        ("aGVsbG8gd29ybGQ=", "not a grey PNG"),
        (encode_png(np.zeros((4, 4, 3), np.uint8)), "not a grey PNG"),
    ],
)
def test_what_is_no_grey_png_is_refused(text, message):
    with pytest.raises(ModelCardError, match=message):
        decode_png(text)


def test_a_tampered_golden_map_is_refused():
    output = golden_output(np.zeros((4, 4), np.float32), 0.01)
    tampered = output.model_copy(update={"map_png": encode_png(np.full((4, 4), 7, np.uint16))})
    with pytest.raises(ModelCardError, match="does not match its own sha256"):
        golden_map(tampered)


def test_a_card_of_0_1_0_which_states_no_agreement_still_loads(good, tmp_path):
    content = json.loads(good.read_text())
    del content["agreement"]
    (tmp_path / "old.json").write_text(json.dumps(content))
    assert read_card(tmp_path / "old.json") == read_card(good)


def test_a_card_states_how_far_each_file_is_from_training(good, tmp_path):
    agreement = (
        Agreement(file="tiny.onnx", format="onnx", batch=1, frames=32, max_abs_difference=3e-6),
        Agreement(file="tiny.mlpackage", format="coreml", batch=1, frames=0, max_abs_difference=None),
    )
    (tmp_path / "a.json").write_text(read_card(good).model_copy(update={"agreement": agreement}).model_dump_json())
    assert read_card(tmp_path / "a.json").agreement == agreement


def test_a_card_comes_back_from_its_file_as_it_was(good):
    card = read_card(good)
    assert card.input == SPEC
    assert read_card(good).model_dump_json() == card.model_dump_json()
    assert "Not a medical device" in card.notice


def test_a_card_cannot_be_changed(good):
    with pytest.raises(ValueError, match="frozen"):
        read_card(good).threshold = 0.1


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("format_version", 2),
        ("name", "Us Head"),
        ("version", ""),
        ("task", ""),
        ("modality", "XR"),
        ("input.height", 8),
        ("input.width", 4096),
        ("input.colour", "rgb"),
        ("input.window", {"centre_hu": 40, "width_hu": 0}),
        ("structure.name", ""),
        ("structure.colour", "green"),
        ("threshold", 1.5),
        ("threshold", float("nan")),
        ("weights", []),
        ("weights.0.file", "../elsewhere.onnx"),
        ("weights.0.file", "C:\\elsewhere.onnx"),
        ("weights.0.format", "pickle"),
        ("weights.0.precision", "float16"),
        ("weights.0.sha256", "ABC"),
        ("golden.outputs.float32.tolerance", -1),
        ("golden.outputs.float32.sha256", ""),
        ("licence", ""),
        ("training_data", []),
        ("training_data.0.licence", ""),
        ("accuracy", [{"metric": "Dice", "value": 0.9, "data": "test", "n": 0}]),
        ("intended_use", ""),
        ("limits", ""),
        ("colour", "a key that no card has"),
        ("weights.0.url", "a key that no weights have"),
    ],
)
def test_a_wrong_field_is_refused_in_one_line_that_names_it(good, tmp_path, where, value):
    tree = json.loads(good.read_text())
    *parents, last = where.split(".")
    branch = tree
    for part in parents:
        branch = branch[int(part) if part.isdigit() else part]
    branch[last] = value
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(tree))
    with pytest.raises(ModelCardError) as error:
        read_card(path)
    assert f"is wrong at {where}" in str(error.value)
    assert "wrong.json" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "field", ["name", "version", "task", "modality", "input", "weights", "golden", "licence", "limits"]
)
def test_a_missing_field_is_refused_by_name(good, tmp_path, field):
    tree = json.loads(good.read_text())
    del tree[field]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(tree))
    with pytest.raises(ModelCardError, match=f"is wrong at {field}: Field required"):
        read_card(path)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe"])
def test_what_is_no_card_at_all_is_refused_in_one_line(tmp_path, data):
    path = tmp_path / "wrong.json"
    path.write_bytes(data)
    with pytest.raises(ModelCardError, match=r"wrong\.json is wrong at the file") as error:
        read_card(path)
    assert "\n" not in str(error.value)


def test_a_missing_card_is_refused(tmp_path):
    with pytest.raises(ModelCardError, match=r"cannot read the model card .*gone\.json: No such file"):
        read_card(tmp_path / "gone.json")


def test_weights_as_described_pass_and_tampered_ones_do_not(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"weights")
    entry = listed(path)
    check_weights(entry, path)
    path.write_bytes(b"Weights")
    with pytest.raises(ChecksumError, match=r"net\.onnx is not the file .* restore the file or export"):
        check_weights(entry, path)
    path.unlink()
    with pytest.raises(ChecksumError, match="missing"):
        check_weights(entry, path)


def test_the_digest_of_a_folder_covers_contents_and_names_but_not_where_it_is(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name / "variables").mkdir(parents=True)
        (tmp_path / name / "variables" / "data").write_bytes(b"1")
    first, second = tmp_path / "a", tmp_path / "b"
    assert sha256_of(first) == sha256_of(second)
    (second / "variables" / "data").rename(second / "variables" / "date")
    assert sha256_of(first) != sha256_of(second)
    (second / "variables" / "date").rename(second / "variables" / "data")
    (second / "variables" / "data").write_bytes(b"2")
    assert sha256_of(first) != sha256_of(second)
