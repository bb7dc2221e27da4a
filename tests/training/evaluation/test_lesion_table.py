"""Lesions and false findings are sorted by their size, in square millimetres or in pixels."""

from __future__ import annotations

from tests.support.grey_model import sample_of, square_case
from training.evaluation.lesion_table import lesion_table


def table(*cases) -> dict[str, tuple[float, int]]:
    return {figure.metric: (figure.value, figure.n) for figure in lesion_table(sample_of(*cases))}


def test_small_and_large_lesions_have_figures_of_their_own() -> None:
    figures = table(
        square_case("a-1", expert=20, model=20),  # 400 px, found
        square_case("b-1", expert=4),  # 16 px, missed
        square_case("c-1", expert=4, model=4),  # 16 px, found
    )
    assert figures["lesions found"] == (2 / 3, 3)
    assert figures["lesions found, below 100 px"] == (0.5, 2)
    assert figures["lesions found, 100 to 500 px"] == (1, 1)
    assert "lesions found, 2500 px and more" not in figures
    assert figures["false findings per picture"] == (0, 3)


def test_false_findings_are_counted_per_picture() -> None:
    figures = table(square_case("a-1", model=12), square_case("b-1", expert=4, model=4, shift=10))
    assert figures["false findings per picture"] == (1, 2)
    assert figures["false findings per picture, below 100 px"] == (0.5, 2)
    assert figures["false findings per picture, 100 to 500 px"] == (0.5, 2)


def test_sizes_are_in_square_millimetres_where_the_spacing_is_known() -> None:
    figures = table(square_case("a-1", expert=4, model=4, spacing_mm=2.0))  # 64 mm²
    assert figures["lesions found, 20 to 100 mm²"] == (1, 1)
