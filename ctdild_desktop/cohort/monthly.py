"""A measure by group and month of follow-up: who has a visit then, and what it was.

Each month stands by itself: of those who have a visit then, so that the patients differ from month to month.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ctdild_desktop.cohort.courses import Course, change_at
from ctdild_desktop.cohort.describing import Summary, summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One group at one month."""

    month: int
    """Calendar months since the baseline; 0 for the baseline itself."""
    value: Summary
    change: Summary
    """Since the baseline, of the same patients."""
    patients: tuple[str, ...]
    """Their ids."""


def monthly(courses: Iterable[Course], months: Sequence[int]) -> dict[str, tuple[Month, ...]]:
    """The months of each group, the baseline first; the groups in the order of their names."""
    groups: dict[str, list[Course]] = {}
    for course in courses:
        if course.baseline is not None:
            groups.setdefault(course.group, []).append(course)
    wanted = sorted({0, *months})
    return {name: tuple(_month(held, month) for month in wanted) for name, held in sorted(groups.items())}


def _month(courses: Sequence[Course], month: int) -> Month:
    values: list[float] = []
    changes: list[float] = []
    patients: list[str] = []
    for course in courses:
        start, made = course.baseline, change_at(course, month) if month else None
        if made is not None:
            values.append(float(made.after.value))
            changes.append(float(made.absolute))
        elif start is not None and not month:
            values.append(float(start.value))
        else:
            continue
        patients.append(course.patient)
    return Month(month=month, value=summary(values), change=summary(changes), patients=tuple(patients))
