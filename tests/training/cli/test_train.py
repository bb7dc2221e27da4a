"""``train`` finds its data, and tells a fault of the recipe before Keras is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from training.cli.train import train
from training.data.prepared import Prepared

RECIPE = 'modality = "US"\n{data}\n[[stage]]\nsize = 32\nepochs = 1\nbatch = 5\nepoch_pictures = 5\n'


def test_data_of_the_option_go_before_those_of_the_recipe(tiny_data: Prepared, tmp_path: Path) -> None:
    recipe, out = tmp_path / "tiny.toml", tmp_path / "run"
    recipe.write_text(RECIPE.format(data="data = 'elsewhere'"))
    arguments = [recipe, "--out", out, "--data", tiny_data.path]
    result = CliRunner().invoke(train, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert f"{out}: epoch 1, threshold" in result.output.replace("\n", "")
    assert (out / "best.npz").is_file()


def test_a_fault_of_the_recipe_is_one_line_and_exit_code_9(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(RECIPE.format(data="colour = 1"))
    arguments = [sys.executable, "-m", "training", "train", tmp_path / "a.toml"]
    result = subprocess.run(arguments, timeout=120, check=False, capture_output=True, text=True)
    assert result.returncode == 9
    assert result.stderr == (
        f"training: error: the configuration {tmp_path / 'a.toml'} is wrong at colour: Extra inputs are not permitted\n"
    )


def test_recipes_are_read_without_keras() -> None:
    script = "import sys, training.cli.train; sys.exit(any(n in sys.modules for n in ('keras', 'tensorflow')))"
    assert subprocess.run([sys.executable, "-c", script], timeout=120, check=False).returncode == 0
