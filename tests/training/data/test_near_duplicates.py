"""A picture that is in two parts of a split is found, also after small changes; similar ones are not taken for it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from streamseg.phantom import Phantom
from training.data.case import Case
from training.data.near_duplicates import find_near_duplicates, perceptual_hash
from training.data.split import Split

SPLIT = Split(dataset="heads", seed=0, train=("s0",), validation=("s1",), test=("s2",))
Picture = NDArray[np.uint8]


def head(seed: int) -> Picture:
    return Phantom(size=(270, 400), seed=seed).render(0.0)[0]


def case_of(image: NDArray, subject: str, name: str = "", **changes: object) -> Case:
    return Case(name or subject, subject, image, np.zeros(image.shape, bool), **changes)


def jpeg(image: Picture) -> Picture:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], cv2.IMREAD_GRAYSCALE)


def noisy(image: Picture) -> Picture:
    return np.clip(image + np.random.default_rng(1).normal(0, 8, image.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "change",
    [
        np.copy,
        jpeg,
        noisy,
        lambda image: np.clip(image * 1.2 + 5, 0, 255).astype(np.uint8),
        lambda image: np.roll(image, 4, axis=1),
        lambda image: cv2.resize(image, (200, 135), interpolation=cv2.INTER_AREA),
    ],
    ids=["copy", "compressed", "noise", "brighter", "shifted", "halved"],
)
def test_a_changed_copy_in_another_part_is_found(change: Callable[[Picture], Picture]) -> None:
    image = head(1)
    (pair,) = find_near_duplicates([case_of(image, "s0"), case_of(head(2), "s1"), case_of(change(image), "s2")], SPLIT)
    assert (pair.first, pair.first_part, pair.second, pair.second_part) == ("s0", "train", "s2", "test")


def test_different_heads_are_not_taken_for_copies() -> None:
    cases = [case_of(head(seed), f"s{seed % 3}", f"head{seed}") for seed in range(9)]
    assert find_near_duplicates(cases, SPLIT) == ()


def test_copies_within_a_part_or_outside_the_split_leak_nothing() -> None:
    image = head(1)
    cases = [case_of(image, "s0", "a"), case_of(image, "s0", "b"), case_of(image, "s9", "c")]
    assert find_near_duplicates(cases, SPLIT) == ()


def test_the_closest_pair_comes_first() -> None:
    image = head(1)
    cases = [case_of(image, "s0"), case_of(np.roll(image, 4, axis=1), "s1"), case_of(image, "s2")]
    distances = [pair.distance for pair in find_near_duplicates(cases, SPLIT)]
    assert distances[0] == 0
    assert distances == sorted(distances)


def test_empty_pictures_are_not_compared() -> None:
    black = np.zeros((50, 60), np.uint8)
    assert find_near_duplicates([case_of(black, "s0"), case_of(black, "s2")], SPLIT) == ()


def test_densities_are_compared_through_the_brain_window() -> None:
    hu = head(1).astype(np.int16) // 4
    bone = np.where(hu > 50, 1500, hu).astype(np.int16)
    windowed = [perceptual_hash(case_of(image, "s0", unit="hu")) for image in (np.where(hu > 50, 100, hu), bone)]
    np.testing.assert_array_equal(*windowed)
