"""Plausibility of what is entered: refused when it cannot be, asked about once when it is unlikely.

Limits are inclusive. A value that was confirmed (``confirmed_unusual``) is still reported as SOFT; who calls
leaves those out with :func:`open_issues`. z-scores are not limited here: they are computed, and a true DLCO
of 15 % predicted already lies below −10. Limits and checks are decisions of the registry; those of a change
since the last test allow for the variation that Pellegrino 2005 gives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.codes import ae_terms, drugs
from ctdild_desktop.clinical.dates import PartialDate, completed_years
from ctdild_desktop.clinical.event_date import event_date
from ctdild_desktop.clinical.issues import Fix, Issue, Severity, refused, unlikely
from ctdild_desktop.clinical.limits import check_value, field_limits, nadir_above_rest
from ctdild_desktop.clinical.plausibility_pft import pft_issues
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Hrct,
    HrctResult,
    Patient,
    Pft,
    TherapyLine,
    Visit,
)
from ctdild_desktop.language import say

__all__ = [
    "Fix",
    "Issue",
    "Severity",
    "check_adverse_event",
    "check_hrct",
    "check_patient",
    "check_pft",
    "check_therapy",
    "check_visit",
    "open_issues",
]

_MMRC_TEXT = "mMRC has the grades 0 to 4; a six-step scale that ends at 5 is a different one."


def open_issues(issues: Iterable[Issue], confirmed: Iterable[str]) -> tuple[Issue, ...]:
    """The issues that still stand: every HARD one, and SOFT ones whose field was not confirmed."""
    known = frozenset(confirmed)
    return tuple(issue for issue in issues if issue.hard or issue.field not in known)


def check_pft(draft: Pft, patient: Patient, previous: Sequence[Pft], today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a test; ``previous`` are the patient's other tests."""
    issues = [*event_date("date", PartialDate.of(draft.date), "The test", patient, today)]
    if not issues:
        issues += _age_at_test(draft.date, patient)
    issues += pft_issues(draft, patient, [test for test in previous if test.id != draft.id])
    return (*issues, *absence_issues(draft))


def check_visit(
    draft: Visit, patient: Patient, previous: Sequence[Visit], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a visit; ``previous`` are the patient's other visits."""
    issues = [*event_date("date", PartialDate.of(draft.date), "The visit", patient, today)]
    nights = None if draft.admitted_nights is None else Decimal(draft.admitted_nights)
    issues += _limited(draft, "weight_kg", "spo2_rest", "spo2_nadir")
    issues += _found(check_value("admitted_nights", nights, field_limits()["admitted_nights"]))
    if draft.mmrc is not None and not 0 <= draft.mmrc <= 4:
        issues.append(refused("mmrc", "RANGE", _MMRC_TEXT))
    issues += nadir_above_rest(draft.spo2_rest, draft.spo2_nadir)
    earlier = [
        visit
        for visit in previous
        if visit.id != draft.id and visit.weight_kg and 0 <= (draft.date - visit.date).days <= 90
    ]
    last = max(earlier, key=lambda visit: visit.date, default=None)
    if last is not None and last.weight_kg and draft.weight_kg is not None:
        change = draft.weight_kg - last.weight_kg
        if abs(change) * 100 > 15 * last.weight_kg:
            days = (draft.date - last.date).days
            text = say(
                "Weight changed by {change} kg in {days} days.", change=wording.signed(change, 1), days=days
            )
            issues.append(unlikely("weight_kg", "CHANGE", text))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def check_patient(draft: Patient, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a patient's own data."""
    issues = _limited(draft, "height_cm", "pack_years")
    if not draft.mrn.strip():
        issues.append(refused("mrn", "MISSING", "The MRN is needed."))
    birth = draft.birth_date
    if birth is not None:
        if birth.earliest > today:
            issues.append(refused("birth_date", "DATE", "The birth date is in the future."))
        elif completed_years(birth.latest, max(today, birth.latest)) > 120:
            issues.append(refused("birth_date", "DATE", "The birth date is more than 120 years ago."))
        elif completed_years(birth.earliest, today) < 16:
            issues.append(unlikely("birth_date", "UNUSUAL", "The patient is younger than 16 years."))
    death = draft.death_date
    if death is not None and death.earliest > today:
        issues.append(refused("death_date", "DATE", "The date of death is in the future."))
    if death is not None and birth is not None and death.latest < birth.earliest:
        issues.append(refused("death_date", "DATE", "The date of death lies before the birth date."))
    if draft.ethnic_group is not None and not 1 <= draft.ethnic_group <= 5:
        issues.append(refused("ethnic_group", "RANGE", "The GLI-2012 group is a number from 1 to 5."))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def check_therapy(draft: TherapyLine, patient: Patient, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in a therapy line."""
    issues = [*event_date("start", draft.start, "The therapy line", patient, today)]
    if not draft.drug:
        issues.append(refused("drug", "MISSING", "A drug is needed."))
    elif draft.drug not in drugs():
        issues.append(refused("drug", "CODE", say("{drug} is not in the drug list.", drug=draft.drug)))
    if draft.dose is not None and draft.dose <= 0:
        issues.append(refused("dose", "RANGE", "The dose must be more than 0."))
    if draft.dose is not None and not draft.dose_unit:
        issues.append(refused("dose_unit", "MISSING", "The dose needs a unit."))
    if draft.stop is not None:
        if draft.stop.latest < draft.start.earliest:
            issues.append(refused("stop", "DATE", "The stop lies before the start."))
        elif draft.stop.earliest > today:
            issues.append(refused("stop", "DATE", "The stop is in the future."))
    elif draft.stop_reason:
        issues.append(refused("stop", "MISSING", "A reason for stopping needs the date of stopping."))
    issues += code_issues(draft)
    issues += _line_parts(draft, today)
    return (*issues, *absence_issues(draft))


def _line_parts(line: TherapyLine, today: dt.date) -> list[Issue]:
    """Dose changes, interruptions and infusions must lie inside their line and not in the future."""
    issues: list[Issue] = []
    parts = [("dose_changes", "dose change", change.date) for change in line.dose_changes]
    parts += [("interruptions", "interruption", gap.start) for gap in line.interruptions]
    parts += [("infusions", "infusion", PartialDate.of(given.date)) for given in line.infusions]
    for field, name, date in parts:
        if date.latest < line.start.earliest:
            issues.append(
                refused(field, "DATE", say("The {name} lies before the start of the line.", name=name))
            )
        elif line.stop is not None and date.earliest > line.stop.latest:
            issues.append(
                refused(field, "DATE", say("The {name} lies after the stop of the line.", name=name))
            )
        elif date.earliest > today:
            issues.append(refused(field, "DATE", say("The {name} is in the future.", name=name)))
    if any(change.dose < 0 for change in line.dose_changes):
        issues.append(refused("dose_changes", "RANGE", "A dose cannot be negative."))
    if any(given.dose_mg is not None and given.dose_mg <= 0 for given in line.infusions):
        issues.append(refused("infusions", "RANGE", "The dose of an infusion must be more than 0."))
    if any(gap.stop is not None and gap.stop.latest < gap.start.earliest for gap in line.interruptions):
        issues.append(refused("interruptions", "DATE", "The interruption ends before it begins."))
    for field in ("dose_changes", "interruptions", "infusions"):
        for part in getattr(line, field):
            issues += [*code_issues(part, field=field), *absence_issues(part, field=field)]
    return issues


def check_adverse_event(
    draft: AdverseEvent, patient: Patient, lines: Sequence[TherapyLine], today: dt.date
) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in an adverse event; ``lines`` are the patient's therapy lines."""
    issues = [*event_date("onset", draft.onset, "The onset", patient, today)]
    issues += _grading(draft)
    if draft.end is not None:
        if draft.end.latest < draft.onset.earliest:
            issues.append(refused("end", "DATE", "The end lies before the onset."))
        elif draft.end.earliest > today:
            issues.append(refused("end", "DATE", "The end is in the future."))
        if draft.ongoing:
            issues.append(refused("ongoing", "CONTRADICTION", "An event with an end date is not ongoing."))
    if draft.outcome == "recovered" and draft.end is None:
        issues.append(refused("end", "MISSING", "A recovered event needs its end date."))
    if draft.outcome == "fatal" and patient.death_date is None:
        issues.append(refused("outcome", "MISSING", "A fatal event needs the patient's date of death."))
    issues += code_issues(draft)
    known = {line.id: line for line in lines}
    for line_id in draft.suspected_lines:
        line = known.get(line_id)
        if line is None:
            issues.append(
                refused("suspected_lines", "CODE", "A suspected line is not one of this patient's.")
            )
        elif draft.onset.latest < line.start.earliest:
            text = say("The event began before {drug} was started.", drug=drugs().label(line.drug))
            issues.append(unlikely("suspected_lines", "DATE", text))
    return (*issues, *absence_issues(draft))


def _grading(event: AdverseEvent) -> list[Issue]:
    """Term, CTCAE grade and seriousness (ICH E2A), which are independent but for two checks."""
    issues: list[Issue] = []
    term = ae_terms().get(event.term)
    if not event.term.strip():
        issues.append(refused("term", "MISSING", "A term is needed."))
    grades = term.grades if term is not None else (1, 2, 3, 4, 5)
    if event.grade is not None and event.grade not in grades:
        shown = ", ".join(str(grade) for grade in grades)
        name = term.label if term is not None else say("an adverse event")
        issues.append(
            refused(
                "grade", "RANGE", say("CTCAE has these grades for {name}: {shown}.", name=name, shown=shown)
            )
        )
    if event.grade == 5 and "death" not in event.seriousness:
        issues.append(refused("seriousness", "CONTRADICTION", "Grade 5 is death: tick death as well."))
    if event.grade == 4 and not event.seriousness:
        issues.append(unlikely("seriousness", "UNUSUAL", "Grade 4 is usually serious: is no criterion met?"))
    if event.serious is False and event.seriousness:
        issues.append(refused("serious", "CONTRADICTION", "A seriousness criterion is ticked."))
    if event.serious is True and not event.seriousness and event.grade != 4:
        issues.append(unlikely("seriousness", "MISSING", "Which criterion makes the event serious?"))
    return issues


def check_hrct(draft: Hrct, patient: Patient, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong or unlikely in an HRCT reading."""
    issues = [*event_date("date", PartialDate.of(draft.date), "The HRCT", patient, today)]
    issues += _limited(draft, "extent_percent", "fibrosis_percent")
    issues += [issue for field in ("extent_percent", "fibrosis_percent") for issue in _tiny(draft, field)]
    if draft.compared_with is not None and draft.compared_with >= draft.date:
        issues.append(refused("compared_with", "DATE", "The earlier HRCT must lie before this one."))
    issues += code_issues(draft)
    if draft.result is HrctResult.PROGRESSION and not draft.signs:
        text = "Without a sign of progression the PPF criterion cannot use this reading."
        issues.append(unlikely("signs", "MISSING", text))
    if draft.signs and draft.result in {HrctResult.STABLE, HrctResult.IMPROVED}:
        text = "Signs of progression are ticked, but the result is not progression."
        issues.append(unlikely("signs", "CONTRADICTION", text))
    if draft.result is HrctResult.PROGRESSION and draft.fibrosis is False:
        text = "Progression is recorded for an HRCT without fibrosis."
        issues.append(unlikely("fibrosis", "CONTRADICTION", text))
    return (*issues, *absence_issues(draft))


def _tiny(scan: Hrct, field: str) -> list[Issue]:
    """A share below 1 % is seldom meant: 0.25 is a quarter in many tables, and a quarter is extensive."""
    value = getattr(scan, field)
    if value is None or not 0 < value < 1:
        return []
    limits = field_limits()[field]
    text = say(
        "{name} below {soft_low}{unit} is unusual.", name=say(limits.name), soft_low=1, unit=f" {limits.unit}"
    )
    return [unlikely(field, "UNUSUAL", text)]


def _age_at_test(date: dt.date, patient: Patient) -> list[Issue]:
    birth = patient.birth_date
    if birth is None:
        return []
    youngest = completed_years(birth.latest, date) if birth.latest <= date else 0
    oldest = completed_years(birth.earliest, date)
    if oldest < 3 or youngest > 95:
        return [
            refused(
                "date",
                "RANGE",
                say("The patient's age on that day, {oldest} years, is outside 3 to 95.", oldest=oldest),
            )
        ]
    if oldest < 18:
        return [
            unlikely("date", "UNUSUAL", say("The patient was {oldest} years old on that day.", oldest=oldest))
        ]
    return []


def _limited(record: Patient | Visit | Hrct, *fields: str) -> list[Issue]:
    limits = field_limits()
    made: list[Issue] = []
    for field in fields:
        made += _found(check_value(field, getattr(record, field), limits[field]))
    return made


def _found(issue: Issue | None) -> list[Issue]:
    return [] if issue is None else [issue]
