"""Change per year: a straight line through the visits of each patient, and one model of all of them.

A year has 365.25 days. Each patient's line is by ordinary least squares (:mod:`clinical.trajectory`).
The pooled model is a linear mixed one with a random intercept and a random slope for each patient,
correlated, by restricted maximum likelihood (:mod:`cohort.mixed`); time runs from each patient's baseline.
That three patients are the fewest is a decision here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ctdild_desktop.clinical import trajectory
from ctdild_desktop.clinical.exposure import person_years
from ctdild_desktop.cohort.courses import Course
from ctdild_desktop.cohort.mixed import fitted

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
    found = fitted(held)
    if found is None:
        return Pooled(slope_per_year=None, n=len(held))
    return Pooled(
        slope_per_year=found.slope,
        se=found.slope_se,
        ci95=(found.slope - _Z * found.slope_se, found.slope + _Z * found.slope_se),
        intercept=found.intercept,
        converged=found.converged,
        n=len(held),
    )
