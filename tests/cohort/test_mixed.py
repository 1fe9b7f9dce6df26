"""The mixed model where its answer is known without one: balanced visits, no scatter, equal slopes."""

from __future__ import annotations

import numpy as np
import pytest

from ctdild_desktop.cohort.mixed import fitted

TIMES = np.array([0.0, 0.5, 1.0, 2.0, 3.0])


def balanced(patients: int, *, spread: float, seed: int) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    return [
        np.column_stack(
            [
                TIMES,
                80 + 9 * draw.normal() + (-2 + spread * draw.normal()) * TIMES + draw.normal(size=len(TIMES)),
            ]
        )
        for _patient in range(patients)
    ]


def test_of_visits_on_equal_days_it_is_the_mean_of_the_lines_with_their_standard_error() -> None:
    courses = balanced(12, spread=2.0, seed=4)
    lines = np.array([np.polyfit(*course.T, 1) for course in courses])
    told = fitted(courses)
    assert told is not None
    assert told.converged
    assert (told.slope, told.intercept) == pytest.approx(tuple(lines.mean(axis=0)), rel=1e-9)
    errors = lines.std(axis=0, ddof=1) / len(courses) ** 0.5
    assert (told.slope_se, told.intercept_se) == pytest.approx(tuple(errors), rel=1e-4)


@pytest.mark.parametrize("apart", [0.5, 5.0, 60.0])
def test_courses_near_and_far_apart_are_fitted_to_many_digits(apart: float) -> None:
    courses = balanced(15, spread=apart, seed=3)
    lines = np.array([np.polyfit(*course.T, 1) for course in courses])
    told = fitted(courses)
    assert told is not None
    assert told.converged
    errors = lines.std(axis=0, ddof=1) / len(courses) ** 0.5
    assert (told.slope_se, told.intercept_se) == pytest.approx(tuple(errors), rel=1e-6)


def test_slopes_that_are_equal_are_at_the_edge_and_still_give_a_model() -> None:
    told = fitted(balanced(6, spread=0.0, seed=11))
    assert told is not None
    assert told.converged
    assert told.slope == pytest.approx(-2, abs=0.5)
    assert 0 < told.slope_se < 0.5


def test_the_unit_and_the_height_of_the_values_change_no_digit_that_counts() -> None:
    courses = balanced(8, spread=1.0, seed=2)
    told = fitted(courses)
    scaled = fitted([course * np.array([1.0, 1e-3]) + np.array([0.0, 1e3]) for course in courses])
    assert told is not None
    assert scaled is not None
    assert scaled.slope == pytest.approx(told.slope * 1e-3, rel=1e-6)
    assert scaled.slope_se == pytest.approx(told.slope_se * 1e-3, rel=1e-4)


@pytest.mark.parametrize(
    "courses",
    [
        [np.array([[0.0, 2.0], [1.0, 2.0], [2.0, 2.0]])] * 4,
        [np.array([[0.0, 2.0], [1.0, at], [2.0, 2 * at - 2.0]]) for at in (1.0, 2.0, 3.0)],
        [np.array([[0.0, 2.0], [1.0, at]]) for at in (1.0, 2.0, 3.0)],
    ],
    ids=["all equal", "straight lines", "two visits each"],
)
def test_courses_without_scatter_about_their_lines_give_no_model(courses: list[np.ndarray]) -> None:
    assert fitted(courses) is None
