"""Who lost how much since the baseline, when, and at what rate.

A loss is reached at the first later visit where it is as large as the limit; it is confirmed when the next
visit reaches it, too (the time is that of the first of the two). Limits are compared as exact fractions.

Relative losses of 10 and 5 % are those of FVC in INBUILD (Flaherty 2019, doi 10.1056/NEJMoa1908681), 5 points
of FVC and 10 of DLCO those of the PPF guideline (Raghu 2022, doi 10.1164/rccm.202202-0399ST). That all four
are counted of either measure, and what is confirmed, are decisions of the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ctdild_desktop.clinical.exposure import Rate, person_years, rate
from ctdild_desktop.cohort.courses import Change, Course
from ctdild_desktop.cohort.describing import Proportion, proportion
from ctdild_desktop.cohort.survival import Curve, Followed, kaplan_meier


@dataclass(frozen=True, slots=True)
class Loss:
    """A limit that a change from the baseline may reach."""

    name: str
    relative: bool
    """In per cent of the baseline; otherwise in points of % predicted."""
    limit: int

    def reached(self, change: Change) -> bool | None:
        """Whether the loss is as large; None where it cannot be computed."""
        if not self.relative:
            return -Fraction(change.absolute) >= self.limit
        relative = change.relative
        return None if relative is None else -relative >= self.limit


LOSSES = (
    Loss("relative_10", True, 10),
    Loss("relative_5", True, 5),
    Loss("absolute_5", False, 5),
    Loss("absolute_10", False, 10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declines:
    """One loss in the patients who have a baseline and at least one later visit."""

    any_time: Proportion
    within: Proportion
    confirmed: Proportion
    at_last_visit: Proportion
    curve: Curve
    """Days from the baseline to the loss, censored at the last visit."""
    incidence: Rate
    """First losses per 100 patient-years up to the loss or the last visit."""
    by_patient: Mapping[str, Followed]
    """By id: the days to the loss, or to the last visit without one."""


def followed(course: Course, loss: Loss) -> Followed | None:
    """Days to the first visit with the loss, or to the last visit; None without a later visit."""
    start, later = course.baseline, course.later
    if start is None or not later:
        return None
    first = next((visit for visit in later if loss.reached(Change(start, visit))), None)
    end = first or later[-1]
    return Followed((end.date - start.date).days, int(first is not None))


def declines(courses: Sequence[Course], loss: Loss, *, within_days: int) -> Declines:
    """Count one loss in a cohort."""
    made = [(course.patient, followed(course, loss)) for course in courses]
    named = [(patient, one) for patient, one in made if one is not None]
    told = [one for _patient, one in named]
    known = [course for course in courses if course.later]
    n, days = len(told), int(sum(one.time for one in told))
    return Declines(
        any_time=proportion(sum(one.event for one in told), n),
        within=proportion(sum(one.event and one.time <= within_days for one in told), n),
        confirmed=proportion(_count(known, lambda course: _confirmed(course, loss)), n),
        at_last_visit=proportion(_count(known, lambda course: _at_last(course, loss)), n),
        curve=kaplan_meier(told),
        incidence=rate(sum(one.event for one in told), person_years(days)),
        by_patient=dict(named),
    )


def _count(courses: Sequence[Course], holds: Callable[[Course], bool]) -> int:
    return sum(map(holds, courses))


def _reached(course: Course, loss: Loss) -> list[bool]:
    start = course.baseline
    return [] if start is None else [bool(loss.reached(Change(start, visit))) for visit in course.later]


def _confirmed(course: Course, loss: Loss) -> bool:
    reached = _reached(course, loss)
    return any(one and other for one, other in pairwise(reached))


def _at_last(course: Course, loss: Loss) -> bool:
    return _reached(course, loss)[-1]
