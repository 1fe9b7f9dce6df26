"""Rituximab courses, the time of B-cell depletion, and the dates of re-treatment.

The source review states depletion for 6 to 9 months in more than 80 % of patients; a course is every infusion
within 28 days after its first one (decision of the registry). The next course is not earlier than 16 weeks
after the first infusion and usual at 24 weeks (rituximab label for rheumatoid arthritis).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from ctdild_desktop.clinical.dates import add_months

COURSE_DAYS = 28
EXPECTED_MONTHS, POSSIBLE_MONTHS = 6, 9
EARLIEST_WEEKS, USUAL_WEEKS = 16, 24


@dataclass(frozen=True, slots=True)
class RituximabCourse:
    """One course: the days of its infusions, oldest first."""

    infusions: tuple[dt.date, ...]

    @property
    def first(self) -> dt.date:
        """Day of the first infusion, from which the next course is counted."""
        return self.infusions[0]

    @property
    def last(self) -> dt.date:
        """Day of the last infusion, from which depletion is counted."""
        return self.infusions[-1]

    @property
    def depleted_expected(self) -> dt.date:
        """End of the expected depletion: 6 months after the last infusion."""
        return add_months(self.last, EXPECTED_MONTHS)

    @property
    def depleted_possible(self) -> dt.date:
        """End of the possible depletion: 9 months after the last infusion."""
        return add_months(self.last, POSSIBLE_MONTHS)

    @property
    def earliest_next(self) -> dt.date:
        """The earliest next course: 16 weeks after the first infusion."""
        return self.first + dt.timedelta(weeks=EARLIEST_WEEKS)

    @property
    def usual_next(self) -> dt.date:
        """The usual next course: 24 weeks after the first infusion."""
        return self.first + dt.timedelta(weeks=USUAL_WEEKS)


def rituximab_courses(infusions: Iterable[dt.date]) -> tuple[RituximabCourse, ...]:
    """Infusion days as courses, oldest first; the order and repeats of the days do not matter."""
    grouped: list[list[dt.date]] = []
    for day in sorted(set(infusions)):
        if grouped and (day - grouped[-1][0]).days <= COURSE_DAYS:
            grouped[-1].append(day)
        else:
            grouped.append([day])
    return tuple(RituximabCourse(tuple(days)) for days in grouped)
