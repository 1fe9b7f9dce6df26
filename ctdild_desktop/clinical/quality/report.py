"""Counts of a span and its periods, and the records behind each of them.

How percentages are rounded is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.quality.lines import Line, Person
from ctdild_desktop.clinical.quality.periods import OUTSIDE, UNDECIDED, VAGUE, Asked, places_of
from ctdild_desktop.clinical.quality.tally import Tally
from ctdild_desktop.language import say

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers of a line are of each state; together they are what was expected or looked at."""

    good: int = 0
    said: int = 0
    lacking: int = 0

    @property
    def expected(self) -> int:
        """All of them."""
        return self.good + self.said + self.lacking

    @property
    def answered(self) -> int:
        """Those with a value or a word that there is none."""
        return self.good + self.said

    def percent(self, count: int) -> Decimal | None:
        """So many in percent of the expected, to one decimal; None where nothing was expected.

        0 and 100 are said of none and of all alone: what would be rounded to them is 0.1 or 99.9.
        """
        if not self.expected:
            return None
        rounded = wording.rounded(Fraction(100 * count, self.expected), 1)
        if count:
            rounded = max(rounded, _TENTH)
        return rounded if count == self.expected else min(rounded, 100 - _TENTH)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report with its numbers."""

    line: Line
    whole: Counts
    periods: tuple[tuple[int, Counts], ...] = ()
    """From the first to the last period with anything in it; first the dates that are not exact enough."""
    outside: int = 0
    undecided: int = 0
    """Of which it is not known whether they lie in the span; they are in no other number."""


@dataclass(frozen=True, slots=True)
class Behind:
    """One record behind a number."""

    person: Person
    kind: str
    record_id: str
    first: dt.date | None
    last: dt.date | None
    state: State | None
    detail: str = ""

    @property
    def date(self) -> str:
        """The date in words, as exactly as it is known; empty when there is none."""
        return date_words(self.first, self.last)


def date_words(first: dt.date | None, last: dt.date | None) -> str:
    """A day, a month or a year, from the days that it may mean."""
    if first is None or last is None:
        return ""
    known = PartialDate.of(first)
    if first != last:
        month = last == add_months(first.replace(day=1), 1) - dt.timedelta(days=1)
        known = PartialDate(first.year, first.month) if month else PartialDate(first.year)
    return wording.partial(known)


@dataclass(slots=True)
class Report:
    """The numbers of a registry in a span; made anew for another span without reading again."""

    tally: Tally
    asked: Asked
    rows: tuple[Row, ...] = ()
    _places: array[int] = field(default_factory=lambda: array("i"), repr=False)

    @property
    def completeness(self) -> tuple[Row, ...]:
        """The lines of the core set."""
        return tuple(row for row in self.rows if not row.line.check)

    @property
    def checks(self) -> tuple[Row, ...]:
        """The lines of plausibility."""
        return tuple(row for row in self.rows if row.line.check)

    def row(self, line_id: str) -> Row:
        """A line by its id; raises KeyError when there is none."""
        for row in self.rows:
            if row.line.id == line_id:
                return row
        raise KeyError(line_id)

    def behind(
        self,
        line_id: str,
        states: Collection[State] = tuple(State),
        period: int | None = None,
    ) -> tuple[Behind, ...]:
        """The records behind a number, patient by patient.

        Args:
            line_id: the line.
            states: which of its answers.
            period: of which period; ``periods.UNDECIDED`` for those that are in no number; None for all that
                are counted.
        """
        line = self.tally.lines[line_id]
        found = []
        for number, (place, state) in enumerate(zip(line.places, line.states, strict=True)):
            at = self._places[place]
            if state in states and (at >= VAGUE if period is None else at == period):
                found.append(self._behind(place, State(state), line.details.get(number, "")))
        return tuple(found)

    def left_out(self, reason: str) -> tuple[Behind, ...]:
        """The records that are in no number for a reason of ``Tally.left``."""
        return tuple(self._behind(place, None, "") for place in self.tally.left[reason].entries)

    def _behind(self, place: int, state: State | None, detail: str) -> Behind:
        entries = self.tally.entries
        first, last = entries.first[place], entries.last[place]
        return Behind(
            person=self.tally.people[entries.people[place]],
            kind=entries.kind(place),
            record_id=entries.record_id(place),
            first=dt.date.fromordinal(first) if first else None,
            last=dt.date.fromordinal(last) if last else None,
            state=state,
            detail=detail,
        )


def report_of(tally: Tally, asked: Asked | None = None) -> Report:
    """Count a span and its periods."""
    wanted = asked or Asked()
    places = places_of(tally.entries, wanted)
    rows = tuple(_row(line, places, divided=bool(wanted.by)) for line in tally.lines.values())
    return Report(tally, wanted, rows, places)


def _row(line: Line, places: array[int], *, divided: bool) -> Row:
    counted = Counter((places[place], state) for place, state in zip(line.places, line.states, strict=True))

    def of(periods: Collection[int]) -> Counts:
        sums = dict.fromkeys(State, 0)
        for (period, state), count in counted.items():
            if period in periods:
                sums[State(state)] += count
        return Counts(sums[State.GOOD], sums[State.SAID], sums[State.LACKING])

    inside = sorted({period for period, _state in counted if period >= VAGUE})
    return Row(
        line=line,
        whole=of(inside),
        periods=tuple((period, of((period,))) for period in _contiguous(inside)) if divided else (),
        outside=of((OUTSIDE,)).expected,
        undecided=of((UNDECIDED,)).expected,
    )


def _contiguous(periods: list[int]) -> Iterator[int]:
    """The periods with those between them in which nothing was expected."""
    exact = [period for period in periods if period > VAGUE]
    if len(exact) < len(periods):
        yield VAGUE
    if exact:
        yield from range(exact[0], exact[-1] + 1)


def percent_words(percent: Decimal | None) -> str:
    """A percentage as it is shown; a dash where nothing was expected."""
    return "–" if percent is None else f"{wording.number(percent, 1)} %"


def reason_words(reason: str) -> str:
    """Why records are in no number, in words."""
    return {
        "withdrawn": say("patients who declined the registry or withdrew from it"),
        "later": say("records dated after the day of the report"),
        "appointment": say("visits that did not take place or are planned"),
        "unsigned": say("decisions of the MDT that are not signed"),
    }[reason]


def kind_words(kind: str) -> str:
    """A kind of record, or of line, in words."""
    words = {
        "patient": say("Patient"),
        "diagnosis": say("Diagnosis"),
        "visit": say("Visit"),
        "test": say("PFT"),
        "hrct": say("HRCT"),
        "therapy": say("Therapy line"),
        "infusion": say("Infusion"),
        "adverse_event": say("Adverse event"),
        "decision": say("MDT decision"),
        "follow_up": say("Follow-up"),
        "any": say("Any record"),
        "serology": say("Serology"),
        "procedure": say("Procedure"),
        "lab": say("Blood test"),
        "heart_test": say("Heart test"),
        "pro": say("Questionnaire"),
    }
    return words.get(kind, kind)
