"""Slopes of patients and of all of them, against R."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import groupby

import pytest

from ctdild_desktop.cohort.courses import Course, Visit
from ctdild_desktop.cohort.slopes import per_year, pooled
from tests.cohort.expected import expected, table

START = dt.date(2015, 3, 1)


def courses() -> list[Course]:
    return [
        Course(
            patient=patient,
            visits=tuple(
                Visit(START + dt.timedelta(days=int(row["day"])), Decimal(row["value"])) for row in rows
            ),
        )
        for patient, rows in groupby(table("visits.csv"), key=lambda row: row["patient"])
    ]


def line(*values: tuple[int, str]) -> Course:
    return Course(
        patient="p",
        visits=tuple(Visit(START + dt.timedelta(days=day), Decimal(value)) for day, value in values),
    )


def test_the_mixed_model_is_that_of_nlme() -> None:
    told = pooled(courses())
    intercept, slope, _intercept_se, se = expected()["lme"]
    assert told.converged
    assert (told.intercept, told.slope_per_year) == pytest.approx((intercept, slope), rel=1e-4)
    assert told.se == pytest.approx(se, rel=1e-3)
    assert told.ci95 == pytest.approx((slope - 1.96 * se, slope + 1.96 * se), rel=1e-3)
    assert told.n == sum(len(course.visits) > 1 for course in courses())


def test_a_patients_slope_is_per_year_of_365_and_a_quarter_days() -> None:
    assert per_year(line((0, "2.0"), (365, "1.9"), (730, "1.8"))) == pytest.approx(-0.1 * 365.25 / 365)
    assert per_year(line((0, "2.0"), (730, "1.8"))) is None
    assert per_year(line()) is None


def test_too_few_patients_give_no_model() -> None:
    assert pooled([]).slope_per_year is None
    assert pooled(courses()[:1]).slope_per_year is None


def test_values_without_any_scatter_end_in_a_fit_or_in_none_but_never_in_a_crash() -> None:
    same = [line((0, "2.0"), (365, "2.0"), (730, "2.0")) for _patient in range(5)]
    told = pooled(same)
    assert told.slope_per_year is None or told.slope_per_year == pytest.approx(0, abs=1e-9)
