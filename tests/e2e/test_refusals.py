"""Whatever is wrong, a user gets one line that says so, the documented exit code, and no traceback."""

import onnx
import pytest
from onnx import helper

from tests.support.numbered_clip import write_picture
from tests.support.tiny_models import golden_of, listed, make_card, onnx_model, onnx_unet

USAGE, SETTINGS, SOURCE, MODEL, SINK = 2, 3, 4, 5, 6


@pytest.fixture
def refused(streamseg):
    """Run a command that must fail, and return its one line on standard error."""

    def run(exit_code, *arguments):
        result = streamseg(*arguments)
        assert result.returncode == exit_code, result.stderr
        assert result.stdout == ""
        assert result.stderr.startswith("streamseg: error: ")
        assert result.stderr.count("\n") == 1
        return result.stderr

    return run


def test_a_missing_file(refused, tiny):
    assert "nothing.mp4" in refused(SOURCE, "run", "nothing.mp4", "--model", tiny)


def test_a_file_that_is_no_video(refused, tiny, tmp_path):
    (tmp_path / "text.mp4").write_text("This is no video.\n" * 100, encoding="utf-8")
    assert "text.mp4" in refused(SOURCE, "run", "text.mp4", "--model", tiny)


def test_a_video_without_a_byte(refused, tiny, tmp_path):
    (tmp_path / "empty.mp4").touch()
    assert "empty.mp4" in refused(SOURCE, "run", "empty.mp4", "--model", tiny)


def test_a_video_cut_short_before_its_index(refused, tiny, clip, tmp_path):
    whole = clip.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    assert "cut.mp4" in refused(SOURCE, "run", "cut.mp4", "--model", tiny)


def test_a_file_that_is_to_be_shown_as_it_comes_and_as_fast_as_it_can(refused, tiny, clip):
    message = refused(SETTINGS, "run", clip.name, "--model", tiny, "--route", "live", "--pace", "max")
    assert "leave out --pace max" in message


def test_an_empty_folder(refused, tiny, tmp_path):
    (tmp_path / "pictures").mkdir()
    assert "pictures" in refused(SOURCE, "run", "pictures", "--model", tiny)


def test_pictures_of_two_sizes(refused, tiny, tmp_path):
    for number, size in enumerate([(48, 64), (48, 64), (64, 48)]):
        write_picture(tmp_path / "pictures" / f"{number}.png", size)
    message = refused(SOURCE, "run", "pictures", "--model", tiny, "--quiet")
    assert "48x64" in message
    assert "64x48" in message


def test_a_camera_that_is_not_there(refused, tiny):
    assert "camera" in refused(SOURCE, "run", "97", "--model", tiny)


def test_a_model_that_is_not_there(refused, clip):
    assert "no-such-model" in refused(MODEL, "run", clip, "--model", "no-such-model")


def test_a_model_with_two_inputs(refused, clip, tmp_path):
    shape = [1, 32, 32, 1]
    nodes = [helper.make_node("Add", ["frame", "other"], ["map"])]
    path = tmp_path / "two.onnx"
    onnx.save(onnx_model(nodes, {"frame": shape, "other": shape}, {"map": shape}), path)
    make_card(tmp_path, [listed(path)], {"float32": golden_of(onnx_unet())}).rename(tmp_path / "two.json")
    assert "2 inputs" in refused(MODEL, "run", clip, "--model", path)


def test_a_model_that_is_not_the_one_of_its_card(refused, clip, tiny, tmp_path):
    for suffix in (".onnx", ".json"):
        (tmp_path / f"tiny{suffix}").write_bytes(tiny.with_suffix(suffix).read_bytes())
    with (tmp_path / "tiny.onnx").open("ab") as file:
        file.write(b"\0")
    assert "sha256" in refused(MODEL, "run", clip, "--model", "tiny.onnx")


def test_an_unknown_option(refused):
    assert "--treshold" in refused(USAGE, "run", "clip.mp4", "--treshold", "0.5")


def test_an_unknown_command(refused):
    assert "rnu" in refused(USAGE, "rnu")


def test_a_run_of_nothing(refused):
    assert "SOURCE" in refused(USAGE, "run")


def test_a_setting_out_of_range(refused):
    assert "threshold" in refused(SETTINGS, "run", "clip.mp4", "--threshold", "1.5")


def test_a_configuration_file_that_is_not_there(refused):
    assert "nothing.toml" in refused(SETTINGS, "run", "clip.mp4", "--config", "nothing.toml")


def test_a_configuration_file_that_is_not_toml(refused, tmp_path):
    (tmp_path / "c.toml").write_text("threshold: 0.5", encoding="utf-8")
    assert "not TOML" in refused(SETTINGS, "run", "clip.mp4", "--config", "c.toml")


def test_a_configuration_file_with_an_unknown_key(refused, tmp_path):
    (tmp_path / "c.toml").write_text("[postprocess]\ntreshold = 0.5\n", encoding="utf-8")
    assert "postprocess.treshold" in refused(SETTINGS, "run", "clip.mp4", "--config", "c.toml")


def test_a_window_without_a_display(refused):
    assert "display" in refused(SETTINGS, "run", "clip.mp4", "--view", "window")


@pytest.mark.parametrize(
    ("option", "name"),
    [("--record", "a.mp4"), ("--record-raw", "a.mp4"), ("--log", "a.jsonl"), ("--summary", "a.json")],
)
def test_an_output_in_a_folder_that_is_not_there(refused, tiny, clip, option, name):
    assert name in refused(SINK, "run", clip, "--model", tiny, option, f"missing/{name}")


@pytest.mark.parametrize(
    ("option", "name"),
    [("--record", "a.mp4"), ("--record-raw", "a.mp4"), ("--log", "a.jsonl"), ("--summary", "a.json")],
)
def test_an_output_that_exists_already_and_stays_as_it_is(refused, tiny, clip, tmp_path, option, name):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    assert "--overwrite" in refused(SINK, "run", clip, "--model", tiny, option, name)
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_segmenting_into_a_folder_that_holds_results(refused, tiny, tmp_path):
    write_picture(tmp_path / "a.png", (48, 64))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scores.csv").touch()
    assert "--overwrite" in refused(SINK, "segment", "a.png", "--model", tiny, "--out", "out")


def test_two_pictures_that_would_share_a_name(refused, tiny, tmp_path):
    for name in ("a.png", "a.jpg"):
        write_picture(tmp_path / name, (48, 64))
    assert "a_mask.png" in refused(SETTINGS, "segment", "a.png", "a.jpg", "--model", tiny, "--out", "out")


def test_an_unknown_model_card(refused):
    assert "no-such-model" in refused(MODEL, "models", "no-such-model")
