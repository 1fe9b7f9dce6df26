"""Change per year: a straight line through the visits of each patient, and one model of all of them.

A year has 365.25 days. Each patient's line is by ordinary least squares (:mod:`clinical.trajectory`).
The pooled model is a linear mixed one with a random intercept and a random slope for each patient,
correlated, by restricted maximum likelihood (Laird and Ware, Biometrics 1982;38:963-974), fitted by
statsmodels; time runs from each patient's baseline. That three patients are the fewest is a decision here.
The standard error is that of generalised least squares under the fitted variances.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ctdild_desktop.clinical import trajectory
from ctdild_desktop.clinical.exposure import person_years
from ctdild_desktop.cohort.courses import Course

_LEAST_PATIENTS = 3
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The mean course of the cohort; what could not be fitted is None."""

    slope_per_year: float | None
    se: float | None = None
    ci95: tuple[float, float] | None = None
    intercept: float | None = None
    converged: bool = False
    n: int = 0
    """Patients in the model, those with fewer visits than a line of their own needs among them."""


def per_year(course: Course) -> float | None:
    """The slope of a patient's line; None with fewer than three visits."""
    start = course.baseline
    if start is None:
        return None
    found = trajectory.slope([(visit.date, visit.value) for visit in (start, *course.later)])
    return None if found is None else float(found.per_year)


def _from_baseline(course: Course) -> list[tuple[float, float]]:
    start = course.baseline
    if start is None:
        return []
    return [
        (float(person_years((visit.date - start.date).days)), float(visit.value))
        for visit in (start, *course.later)
    ]


def pooled(courses: Sequence[Course]) -> Pooled:
    """The mixed model of all patients who have at least two visits."""
    held = [np.array(visits) for course in courses if len(visits := _from_baseline(course)) > 1]
    if len(held) < _LEAST_PATIENTS:
        return Pooled(slope_per_year=None, n=len(held))
    from statsmodels.regression.mixed_linear_model import MixedLM

    who = np.repeat(np.arange(len(held)), [len(visits) for visits in held])
    years, values = np.concatenate(held).T
    design = np.column_stack([np.ones_like(years), years])
    with warnings.catch_warnings():
        # whether it converged is part of the answer
        warnings.simplefilter("ignore")
        try:
            model = MixedLM(values, design, groups=who, exog_re=design)
            found = model.fit(reml=True, method=["lbfgs", "bfgs"])
            intercept, slope = (float(value) for value in found.fe_params)
            se = _slope_error(held, np.asarray(found.cov_re), float(found.scale))
        except (np.linalg.LinAlgError, ValueError):
            return Pooled(slope_per_year=None, n=len(held))
    if not np.isfinite([intercept, slope, se]).all():
        return Pooled(slope_per_year=None, n=len(held))
    return Pooled(
        slope_per_year=slope,
        se=se,
        ci95=(slope - _Z * se, slope + _Z * se),
        intercept=intercept,
        converged=bool(found.converged),
        n=len(held),
    )


def _slope_error(held: Sequence[np.ndarray], between: np.ndarray, within: float) -> float:
    """The standard error of the slope: the inverse of the sum of X' V⁻¹ X over the patients."""
    summed = np.zeros((2, 2))
    for visits in held:
        design = np.column_stack([np.ones(len(visits)), visits[:, 0]])
        spread = design @ between @ design.T + within * np.eye(len(visits))
        summed += design.T @ np.linalg.solve(spread, design)
    return float(np.sqrt(np.linalg.inv(summed)[1, 1]))
