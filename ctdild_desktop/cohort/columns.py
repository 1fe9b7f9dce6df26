"""Covariates of patients as the columns of a model: numbers as they are, categories as levels.

A number that is not recorded leaves a patient out of a model; a category that is not recorded is a level of
its own. The most frequent level of a category is its reference. Decisions of the registry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

NOT_RECORDED = "not recorded"
"""What stands in place of a property that is not recorded."""
Value: TypeAlias = float | str
"""A number, or the level of a category."""


@dataclass(frozen=True, slots=True)
class Covariate:
    """One property of a patient on the day that counts."""

    name: str
    label: str
    category: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One patient of a comparison of two groups."""

    patient: str
    """Id of the patient."""
    first: bool
    """Whether the patient is in the first group."""
    values: Mapping[str, Value]
    """By the name of the covariate; every covariate of the comparison is there."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The part of a model's design that belongs to the covariates."""

    names: tuple[str, ...]
    """``age``, or ``pattern UIP`` for a level."""
    matrix: np.ndarray
    """One row for each subject."""


def levels(subjects: Sequence[Subject], covariate: Covariate) -> tuple[str, ...]:
    """The levels that occur, the most frequent first; of equally frequent ones by the alphabet."""
    counted = Counter(str(one.values[covariate.name]) for one in subjects)
    return tuple(sorted(counted, key=lambda level: (-counted[level], level)))


def indicators(subjects: Sequence[Subject], covariate: Covariate, level: str) -> np.ndarray:
    """1 for each subject who has the level, else 0."""
    return np.array([float(str(one.values[covariate.name]) == level) for one in subjects])


def numbers(subjects: Sequence[Subject], covariate: Covariate) -> np.ndarray:
    """The values of a covariate that is a number."""
    return np.array([float(one.values[covariate.name]) for one in subjects])


def columns(subjects: Sequence[Subject], covariates: Sequence[Covariate]) -> Columns:
    """The columns of the covariates, the reference levels left out."""
    names: list[str] = []
    made: list[np.ndarray] = []
    for covariate in covariates:
        if not covariate.category:
            names.append(covariate.name)
            made.append(numbers(subjects, covariate))
            continue
        for level in levels(subjects, covariate)[1:]:
            names.append(f"{covariate.name} {level}")
            made.append(indicators(subjects, covariate, level))
    matrix = np.column_stack(made) if made else np.empty((len(subjects), 0))
    return Columns(tuple(names), matrix)


def independent(design: np.ndarray) -> list[int]:
    """The places of the columns of which none is made of those before it.

    Columns are scaled to the same size first, so that units do not matter.
    """
    kept: list[int] = []
    basis: list[np.ndarray] = []
    for place in range(design.shape[1]):
        column = design[:, place]
        size = float(np.linalg.norm(column))
        if size == 0:
            continue
        rest = column / size
        for _twice in range(2):  # a second pass takes away what rounding left
            for one in basis:
                rest = rest - (one @ rest) * one
        left = float(np.linalg.norm(rest))
        if left > 1e-8:
            kept.append(place)
            basis.append(rest / left)
    return kept
