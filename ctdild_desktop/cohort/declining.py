"""Who lost how much since the baseline, when, and at what rate.

A loss is reached at the first later visit where it is as large as the limit; it is confirmed when the next
visit reaches it, too (the time is that of the first of the two). Limits are compared as exact fractions.

Relative losses of 10 and 5 % are those of FVC in INBUILD (Flaherty 2019, doi 10.1056/NEJMoa1908681), 5 points
of FVC and 10 of DLCO those of the PPF guideline (Raghu 2022, doi 10.1164/rccm.202202-0399ST). That all four
are counted of either measure, and what is confirmed, are decisions of the registry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ctdild_desktop.clinical.exposure import Rate, person_years, rate
from ctdild_desktop.cohort.courses import Change, Course, Visit
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
            return -change.absolute >= self.limit
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
    return None if start is None or not later else _followed(start, later, _reached(start, later, loss))


def declines(courses: Sequence[Course], loss: Loss, *, within_days: int) -> Declines:
    """Count one loss in a cohort."""
    told: list[Followed] = []
    by_patient: dict[str, Followed] = {}
    confirmed = at_last = 0
    for course in courses:
        start, later = course.baseline, course.later
        if start is None or not later:
            continue
        reached = _reached(start, later, loss)
        one = _followed(start, later, reached)
        told.append(one)
        by_patient[course.patient] = one
        confirmed += any(first and second for first, second in pairwise(reached))
        at_last += reached[-1]
    n, days = len(told), int(sum(one.time for one in told))
    return Declines(
        any_time=proportion(sum(one.event for one in told), n),
        within=proportion(sum(one.event and one.time <= within_days for one in told), n),
        confirmed=proportion(confirmed, n),
        at_last_visit=proportion(at_last, n),
        curve=kaplan_meier(told),
        incidence=rate(sum(one.event for one in told), person_years(days)),
        by_patient=by_patient,
    )


def _reached(start: Visit, later: Sequence[Visit], loss: Loss) -> list[bool]:
    return [bool(loss.reached(Change(start, visit))) for visit in later]


def _followed(start: Visit, later: Sequence[Visit], reached: Sequence[bool]) -> Followed:
    first = next((visit for visit, lost in zip(later, reached, strict=True) if lost), None)
    end = first or later[-1]
    return Followed((end.date - start.date).days, int(first is not None))
