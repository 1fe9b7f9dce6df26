"""Which visits a study compares: before and after the start of a drug, in the windows of its design.

Without an option: the windows of :func:`ctdild_desktop.cohort.courses.around`, 6 to 12 months either side.
``month`` and ``week``: the visit nearest to so long after the start, within 8 weeks. ``latest``: the latest
visit from so many months on, up to so many. ``before``: how many months before the start its baseline may
lie, 6 when it is not said. FVC in litres where % predicted is not known at both visits.
"""

from __future__ import annotations

import datetime as dt

from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.cohort.courses import (
    BASELINE_MONTHS,
    EITHER_SIDE,
    Change,
    Visit,
    around,
    drug_baseline,
    nearest,
)
from ctdild_desktop.cohort.published import Design
from ctdild_desktop.services.cohort.study_groups import Member

_MEASURES = {"fvc": "fvc_percent_predicted", "dlco": "dlco_percent_predicted", "litres": "fvc_l"}
_Changes = tuple[Change | None, Change | None]


class Windows:
    """The windows of one design."""

    def __init__(self, design: Design) -> None:
        self._options = design.options
        self.months = int(design.options.get("before", BASELINE_MONTHS))

    def changes(self, member: Member, name: str) -> _Changes:
        """The change before the start and the change after it, of FVC or DLCO."""
        made = self._around(member.course(_MEASURES[name]).visits, member.start)
        if name != "fvc" or None not in made:
            return made
        litres = self._around(member.course("fvc_l").visits, member.start)
        return made[0] or litres[0], made[1] or litres[1]

    def on_scale(self, member: Member, name: str) -> Change | None:
        """The change after the start in % predicted alone, or in litres."""
        return self._around(member.course(_MEASURES[name]).visits, member.start)[1]

    def end(self, member: Member) -> dt.date:
        """The last day of the time after the start."""
        last = member.as_of
        if "month" in self._options:
            last = add_months(member.start, int(self._options["month"])) + EITHER_SIDE
        elif "week" in self._options:
            last = member.start + dt.timedelta(weeks=int(self._options["week"])) + EITHER_SIDE
        elif "latest" in self._options:
            until = self._options["latest"].partition("-")[2]
            last = add_months(member.start, int(until)) if until else last
        else:
            last = add_months(member.start, 12)
        return min(last, member.as_of)

    def _around(self, visits: tuple[Visit, ...], start: dt.date) -> _Changes:
        before, after = around(visits, start)
        if not self._options.keys() & {"month", "week", "latest", "before"}:
            return before, after
        baseline = drug_baseline(visits, start, self.months)
        if baseline is None:
            return None, None
        later = self._later([visit for visit in visits if visit.date > baseline.date], start)
        return before, Change(baseline, later) if later is not None else None

    def _later(self, visits: list[Visit], start: dt.date) -> Visit | None:
        if "latest" in self._options:
            first, _, last = self._options["latest"].partition("-")
            inside = [
                visit
                for visit in visits
                if visit.date >= add_months(start, int(first))
                and (not last or visit.date <= add_months(start, int(last)))
            ]
            return max(inside, default=None)
        if "week" in self._options:
            day = start + dt.timedelta(weeks=int(self._options["week"]))
        else:
            day = add_months(start, int(self._options.get("month", 9)))
        return nearest(visits, day, day - EITHER_SIDE, day + EITHER_SIDE)
