"""What a prepared data set holds, counted by reading every file of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from training.data.case import Case
from training.data.near_duplicates import NearDuplicate, find_near_duplicates
from training.data.prepared import Prepared
from training.data.split import PARTS

LEFT_OUT = "left out"
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PartCount:
    """One part of the split: its subjects, its pictures, and how much of them the structure fills.

    Attributes
    ----------
    positive
        Pictures with a mask that is not empty.
    share
        Mean share of a picture that the mask fills, 0 to 1, over the positive ones.
    """

    part: str
    subjects: int
    pictures: int
    positive: int
    share: float


@dataclass(frozen=True, slots=True)
class Inventory:
    """The whole data set; ``sizes`` counts pictures by (height, width), the most frequent first."""

    parts: tuple[PartCount, ...]
    sizes: tuple[tuple[Size, int], ...]
    spacing_mm: tuple[float, float] | None
    with_circumference: int
    near_duplicates: tuple[NearDuplicate, ...]


def take_inventory(prepared: Prepared) -> Inventory:
    """Read every file of ``prepared`` and count.

    Raises
    ------
    TrainingError
        A file is missing or broken, or there is no split.
    """
    split = prepared.split()
    subjects: dict[str, set[str]] = {part: set() for part in (*PARTS, LEFT_OUT)}
    shares: dict[str, list[float]] = {part: [] for part in subjects}
    sizes: Counter[Size] = Counter()

    def count(case: Case) -> Case:
        part = split.part_of(case.subject) or LEFT_OUT
        subjects[part].add(case.subject)
        shares[part].append(float(case.mask.mean()))
        sizes[case.mask.shape[0], case.mask.shape[1]] += 1
        return case

    near_duplicates = find_near_duplicates(map(count, prepared.cases()), split)
    spacings_mm = [row.spacing_mm for row in prepared.rows if row.spacing_mm is not None]
    return Inventory(
        parts=tuple(_count_part(part, len(subjects[part]), shares[part]) for part in subjects),
        sizes=tuple(sizes.most_common()),
        spacing_mm=(min(spacings_mm), max(spacings_mm)) if spacings_mm else None,
        with_circumference=sum(row.circumference_mm is not None for row in prepared.rows),
        near_duplicates=near_duplicates,
    )


def _count_part(part: str, subjects: int, shares: list[float]) -> PartCount:
    positive = [share for share in shares if share > 0]
    mean = sum(positive) / len(positive) if positive else 0.0
    return PartCount(part, subjects, len(shares), len(positive), mean)
