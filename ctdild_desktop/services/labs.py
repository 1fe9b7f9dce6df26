"""Blood results: those of one sample are kept together, and each can be corrected or removed by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.ctcae import LabGrade, lab_grade, term_of_test
from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.plausibility_measured import (
    check_lab_record,
    check_labs,
    comparable_value,
    lab_name,
    previous_lab,
)
from ctdild_desktop.clinical.records import AdverseEvent, Lab, PatientRecord
from ctdild_desktop.clinical.units import UnitError
from ctdild_desktop.language import say
from ctdild_desktop.services import entries
from ctdild_desktop.services.desk import RECORDING, Desk, Done, requires

OFFERED_FROM = 2
"""The grade from which recording an adverse event is offered."""


def check(lab: Lab, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about a result, hard and soft; pure, for the form's live feedback."""
    return check_lab_record(lab, record.patient, record.labs, today)


def check_all(labs: Sequence[Lab], record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything implausible about the results of one sample; the finding about a value is named by its
    test.
    """
    return check_labs(labs, record.patient, record.labs, today)


def _name(lab: Lab) -> str:
    return f"{lab_name(lab)} {wording.partial(lab.date)}"


def _names(labs: Sequence[Lab]) -> str:
    if len(labs) == 1:
        return _name(labs[0])
    return say("{labs} blood results {date}", labs=len(labs), date=wording.partial(labs[0].date))


_LAB = entries.Noun(Lab, _name, check)
_LABS = entries.Panel(Lab, _names, check_all)


@requires(*RECORDING)
def record_labs(
    desk: Desk, patient_id: str, labs: Sequence[Lab], *, confirmed: Collection[str] = ()
) -> Done[tuple[Lab, ...]]:
    """Record the results of one sample in one act; undo takes all of them back.

    Args:
        labs: the results; at least one.
        confirmed: fields or issue codes whose unlikely value was confirmed, as :func:`check_all` names them.

    Raises:
        RefusedError: carries the issues; nothing was saved.
    """
    return entries.keep_all(desk, _LABS, patient_id, labs, confirmed)


@requires(*RECORDING)
def amend_lab(desk: Desk, lab: Lab, *, confirmed: Collection[str] = (), reason: str = "") -> Done[Lab]:
    """Replace a result; raises StaleError when somebody else changed it meanwhile."""
    return entries.amend(desk, _LAB, lab, confirmed, reason)


@requires(*RECORDING)
def remove_lab(desk: Desk, lab_id: str, reason: str) -> Done[Lab]:
    """Void a result with the reason."""
    return entries.remove(desk, _LAB, lab_id, reason)


def grade_of(lab: Lab, record: PatientRecord) -> LabGrade | None:
    """The CTCAE grade of a result, against the laboratory's limits alone; None where no term grades it.

    A value before treatment could raise or lower the grade: which one counts is known only when a drug is
    suspected. A value beyond the range of the method is graded when it is beyond every limit of its side.
    """
    term = term_of_test(lab.test)
    if term is None or lab.value is None or lab.value < 0:
        return None
    if (lab.detection == "above" and term.limit == "lln") or (
        lab.detection == "below" and term.limit == "uln"
    ):
        return None
    given = {line.drug for line in record.therapy if line.start.earliest <= lab.date.latest}
    try:
        return lab_grade(term.term, lab.value, lab.unit, lln=lab.lln, uln=lab.uln, drugs=given)
    except (UnitError, InputError):
        return None


def event_offered(lab: Lab, record: PatientRecord) -> AdverseEvent | None:
    """The adverse event that a result suggests, to be completed by a person; None below grade 2.

    None too when an event of that term and at least this grade is recorded for the day or was running on it.
    """
    found = grade_of(lab, record)
    if found is None or (found.grade or 0) < OFFERED_FROM:
        return None
    for event in record.adverse_events:
        if event.term != found.term.ae_term or (event.grade or 0) < (found.grade or 0):
            continue
        over = event.end is not None and event.end.latest < lab.date.earliest
        began = event.onset.earliest <= lab.date.latest
        if event.onset == lab.date or (began and not over and event.ongoing is not False):
            return None
    term = codes.ae_terms().get(found.term.ae_term)
    return AdverseEvent(
        id="",
        onset=lab.date,
        term=found.term.ae_term,
        category=term.category if term is not None else None,
        grade=found.grade,
    )


def worst_offer(labs: Sequence[Lab], record: PatientRecord) -> AdverseEvent | None:
    """The adverse event of the highest grade that results of one sample suggest."""
    offers = [event for lab in labs if (event := event_offered(lab, record)) is not None]
    return max(offers, key=lambda event: event.grade or 0, default=None)


def flag_of(lab: Lab) -> str:
    """``above`` or ``below`` where a value certainly lies outside the limits that were given; else empty."""
    if lab.value is None:
        return ""
    if lab.detection == "below":
        return "below" if lab.lln is not None and lab.value <= lab.lln else ""
    if lab.detection == "above":
        return "above" if lab.uln is not None and lab.value >= lab.uln else ""
    if lab.uln is not None and lab.value > lab.uln:
        return "above"
    return "below" if lab.lln is not None and lab.value < lab.lln else ""


@dataclass(frozen=True, slots=True)
class LabChange:
    """How a value differs from the one before it of the same test, in the usual unit of the test."""

    previous: Lab
    difference: Decimal
    percent: Fraction | None
    """Of the value before; None where that is 0."""


def change_of(lab: Lab, record: PatientRecord) -> LabChange | None:
    """The change to the latest earlier value that can be compared; None without one."""
    previous, value = previous_lab(lab, record.labs), comparable_value(lab)
    before = comparable_value(previous) if previous is not None else None
    if previous is None or before is None or value is None:
        return None
    percent = Fraction(value - before) * 100 / Fraction(before) if before else None
    return LabChange(previous, value - before, percent)
