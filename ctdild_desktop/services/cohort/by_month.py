"""A measure by group and month since the first visit: means as a trial's table has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ctdild_desktop.cohort.courses import Course
from ctdild_desktop.cohort.monthly import Month
from ctdild_desktop.cohort.monthly import monthly as by_month
from ctdild_desktop.services.cohort.data import REGISTRY, Chosen, Counts, counts, the_cohort
from ctdild_desktop.services.cohort.times import NO_BASELINE, check_group, group_of
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """A measure month by month."""

    n: Counts
    groups: Mapping[str, tuple[Month, ...]]


@for_everybody
def monthly(
    desk: Desk,
    measure: str,
    months: Sequence[int],
    *,
    by: str = "none",
    chosen: Chosen = REGISTRY,
    progress: Progress | None = None,
) -> Monthly:
    """The measure at the first usable visit and so many months later, by group.

    Args:
        months: since the first usable visit of each patient, above 0.
        by: one of :data:`times.GROUPS`.

    Raises:
        RefusedError: there is no such measure or group.
        CancelledError: the work was stopped.
    """
    check_group(by)
    cohort = the_cohort(desk, chosen, progress)
    held: list[Course] = []
    left: list[tuple[str, str]] = []
    for record, course in cohort.courses(measure):
        start = course.baseline
        if start is None:
            left.append((record.patient.id, NO_BASELINE))
        else:
            held.append(replace(course, group=group_of(record, by, start.date, cohort.as_of)))
    return Monthly(n=counts(cohort, (course.patient for course in held), left), groups=by_month(held, months))
