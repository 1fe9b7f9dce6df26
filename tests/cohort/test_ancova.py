"""Differences between two groups, against R's ``lm`` and ``t.test``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctdild_desktop.cohort import ancova as of
from ctdild_desktop.cohort.ancova import Difference, ancova, welch
from ctdild_desktop.cohort.columns import Covariate, Subject
from tests.cohort.expected import expected, table

COVARIATES = (
    Covariate("age", "Age"),
    Covariate("sex", "Sex", category=True),
    Covariate("group", "Group", category=True),
    Covariate("prior", "Prior"),
)
ROWS = table("compared.csv")
PEOPLE = [
    Subject(
        patient=row["patient"],
        first=row["drug"] == "a",
        values={one.name: row[one.name] if one.category else float(row[one.name]) for one in COVARIATES},
    )
    for row in ROWS
]
CHANGE = [float(row["change"]) for row in ROWS]
BASELINE = [float(row["fvc"]) for row in ROWS]


def numbers(told: Difference) -> list[float | None]:
    assert told.ci95 is not None
    return [told.estimate, told.se, told.t, told.p, *told.ci95, told.df]


def test_ancova_is_that_of_r_with_its_degrees_of_freedom() -> None:
    told = expected("compared.txt")
    simple = ancova(PEOPLE, CHANGE, BASELINE)
    assert numbers(simple) == pytest.approx(told["ancova"], rel=1e-9)
    assert (simple.n, simple.df, simple.terms) == (48, 45, ("baseline",))
    later = [start + change for start, change in zip(BASELINE, CHANGE, strict=True)]
    assert numbers(ancova(PEOPLE, later, BASELINE)) == pytest.approx(told["later_value"], rel=1e-9)
    adjusted = ancova(PEOPLE, CHANGE, BASELINE, COVARIATES)
    assert numbers(adjusted) == pytest.approx(told["adjusted"], rel=1e-9)
    assert adjusted.terms == ("baseline", "age", "sex M", "group RA", "group IIM", "prior")


def test_a_difference_of_means_is_that_of_welch() -> None:
    first = [change for one, change in zip(PEOPLE, CHANGE, strict=True) if one.first]
    second = [change for one, change in zip(PEOPLE, CHANGE, strict=True) if not one.first]
    found = welch(first, second)
    wanted = expected("compared.txt")["welch"]
    assert numbers(found) == pytest.approx(wanted, rel=1e-9)


def test_a_covariate_made_of_others_takes_no_degree_of_freedom() -> None:
    twice = [replace(one, values={**one.values, "months": 12 * float(one.values["age"])}) for one in PEOPLE]
    found = ancova(twice, CHANGE, BASELINE, (COVARIATES[0], Covariate("months", "Months")))
    assert (found.df, found.left_out) == (44, ("months",))


def a_few(*firsts: bool) -> list[Subject]:
    return [Subject(patient=str(at), first=one, values={}) for at, one in enumerate(firsts)]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (ancova(a_few(True, False, True), [1, 2, 3], [1, 2, 4]), of.TOO_FEW),
        (ancova([], [], []), of.TOO_FEW),
        (ancova(a_few(True, True, True, True), [1, 2, 3, 5], [1, 2, 4, 5]), of.NOT_APART),
        (ancova(a_few(True, True, False, False), [1, 2, 3, 5], [7, 7, 5, 5]), of.NOT_APART),
        (ancova(a_few(True, True, False, False), [2, 3, 1, 2], [1, 2, 1, 2]), of.PERFECT_FIT),
        (ancova(a_few(True, True, False, False), [0, 0, 0, 0], [1, 2, 1, 3]), of.PERFECT_FIT),
        (welch([], [1, 2]), of.TOO_FEW),
        (welch([1], [1, 2]), of.TOO_FEW),
        (welch([0.3, 0.3], [0.1, 0.1]), of.PERFECT_FIT),
    ],
)
def test_what_cannot_be_computed_is_none_with_a_sentence(found: Difference, reason: str) -> None:
    assert (found.se, found.ci95, found.p, found.reason) == (None, None, None, reason)
    assert reason.endswith(".")


def test_groups_of_equal_values_on_both_sides_have_an_estimate_and_no_interval() -> None:
    found = welch([0.3, 0.3], [0.1, 0.1])
    assert found.estimate == pytest.approx(0.2)
