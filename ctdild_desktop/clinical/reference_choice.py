"""The reference test that a reader may choose in place of the criterion's, with the pair that it makes.

It changes what is shown beside a test and no verdict. The pairs are those of the criteria
(:mod:`ctdild_desktop.clinical.criteria.pairs`): the latest usable test against an earlier one. What the
choices are called and mean is a decision of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ctdild_desktop.clinical.codes import drugs
from ctdild_desktop.clinical.criteria.pairs import Pair, dlco_relative, fvc_relative, largest
from ctdild_desktop.clinical.dates import Precision, add_months
from ctdild_desktop.clinical.haemoglobin import Haemoglobin
from ctdild_desktop.clinical.records import PatientRecord, TherapyLine
from ctdild_desktop.clinical.series import DlcoVisit, FvcVisit, dlco_visits, fvc_visits
from ctdild_desktop.clinical.verdict import Evidence, Sentence, sentence

WINDOW_MONTHS = 24
"""The window of the choices where a criterion has none of its own."""


class Choice(StrEnum):
    """Which test the latest one is compared with."""

    HIGHEST = "highest"
    """That of the window from which the fall is largest."""
    FIRST = "first"
    """The first of the window."""
    BEFORE_THERAPY = "before_therapy"
    """The last up to the start of the line of therapy that was begun last."""
    THIS = "this"
    """One that was pointed at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The pair that a choice makes, or why it makes none."""

    choice: Choice
    pair: Evidence | None = None
    why_not: Sentence | None = None
    drug: str = ""
    """Label of the drug whose start a test was looked for before."""
    months: int = WINDOW_MONTHS


def reference_choices(
    record: PatientRecord,
    as_of: dt.date,
    *,
    measure: str = "fvc",
    months: int = WINDOW_MONTHS,
    test_id: str = "",
    haemoglobins: Sequence[Haemoglobin] = (),
) -> tuple[Chosen, ...]:
    """Every choice of :class:`Choice` with the pair that it makes at a date, in that order.

    Args:
        record: everything recorded of the patient.
        as_of: later tests and lines are ignored.
        measure: ``fvc`` or ``dlco``.
        months: of the window that ends at ``as_of``.
        test_id: the test that is pointed at.
        haemoglobins: laboratory results, for DLCO tests without an own one.
    """
    if measure == "dlco":
        visits = dlco_visits(record.tests, record.patient, as_of, haemoglobins)
        return _choices(visits, dlco_relative(record.patient), record, as_of, months=months, test_id=test_id)
    return _choices(
        fvc_visits(record.tests, record.patient, as_of),
        fvc_relative(record.patient),
        record,
        as_of,
        months=months,
        test_id=test_id,
    )


Visit = TypeVar("Visit", FvcVisit, DlcoVisit)


def _choices(
    visits: Sequence[Visit],
    make: Callable[[Visit, Visit], Pair | None],
    record: PatientRecord,
    as_of: dt.date,
    *,
    months: int,
    test_id: str,
) -> tuple[Chosen, ...]:
    earlier = [(visit, make(visit, visits[-1])) for visit in visits[:-1]]
    start = add_months(as_of, -months)
    inside = [(visit, pair) for visit, pair in earlier if visit.date >= start and visits[-1].date >= start]
    pairs = [pair for _visit, pair in inside if pair is not None]
    none = sentence("no earlier test of the last {months} months can be compared", months=months)
    best = largest(pairs, lambda pair: pair.relative_fall)
    first = min(pairs, key=lambda pair: pair.baseline.date, default=None)
    line = _last_begun(record.therapy, as_of)
    return (
        _chosen(Choice.HIGHEST, best, none, months),
        _chosen(Choice.FIRST, first, none, months),
        _before(earlier, line, months),
        _this(earlier, visits, test_id, months),
    )


def _chosen(choice: Choice, pair: Pair | None, why_not: Sentence, months: int, drug: str = "") -> Chosen:
    return Chosen(
        choice=choice,
        pair=pair.evidence if pair is not None else None,
        why_not=why_not if pair is None else None,
        drug=drug,
        months=months,
    )


def _last_begun(therapy: Sequence[TherapyLine], as_of: dt.date) -> TherapyLine | None:
    begun = [line for line in therapy if line.start.earliest <= as_of]
    return max(begun, key=lambda line: (line.start.earliest, line.id), default=None)


def _before(earlier: Sequence[tuple[Visit, Pair | None]], line: TherapyLine | None, months: int) -> Chosen:
    if line is None:
        return _chosen(Choice.BEFORE_THERAPY, None, sentence("no therapy is recorded"), months)
    drug = drugs().label(line.drug)
    if line.start.precision is Precision.YEAR:
        text = sentence("the start of {drug} is known to the year only", drug=drug)
        return _chosen(Choice.BEFORE_THERAPY, None, text, months, drug)
    pairs = [pair for visit, pair in earlier if visit.date <= line.start.earliest and pair is not None]
    last = max(pairs, key=lambda pair: pair.baseline.date, default=None)
    text = sentence("no test before the start of {drug} can be compared", drug=drug)
    return _chosen(Choice.BEFORE_THERAPY, last, text, months, drug)


def _this(
    earlier: Sequence[tuple[Visit, Pair | None]], visits: Sequence[Visit], test_id: str, months: int
) -> Chosen:
    if not test_id:
        text = sentence("no test is selected")
    elif visits and test_id in visits[-1].ids:
        text = sentence("it is the latest test")
    else:
        text = sentence("it cannot be compared with the latest test")
    found = next((pair for visit, pair in earlier if test_id in visit.ids), None)
    return _chosen(Choice.THIS, found, text, months)
