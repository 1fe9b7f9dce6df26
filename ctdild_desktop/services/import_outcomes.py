"""Rows of a clinic's table of outcomes: where in the registry each event is kept, and what is told of it.

Death, transplant and loss to follow-up are fields of the patient. A patient who was withdrawn has withdrawn
the consent to the registry. A treatment failure is the response to the line that was running.
"""

from __future__ import annotations

from dataclasses import replace

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.consent import check_consent, in_force
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.event_date import event_date
from ctdild_desktop.clinical.plausibility import check_patient
from ctdild_desktop.clinical.records import Consent, Patient, TherapyLine
from ctdild_desktop.interchange.clinic_words import Known
from ctdild_desktop.interchange.records import ClinicRow, Outcome
from ctdild_desktop.interchange.values import CellError
from ctdild_desktop.language import say, say_n
from ctdild_desktop.services.import_chart import Chart, agree
from ctdild_desktop.services.import_tests import Effect
from ctdild_desktop.services.import_therapy import covers, drug_name

_BEFORE_TRANSPLANT = (None, "not_referred", "referred", "listed", "unknown")
_FAILED = "Treatment failure"
_NOT_JUDGED = (None, "too_early", "not_judged")


def take_outcome(chart: Chart, row: ClinicRow) -> None:
    """Take one event but a treatment failure."""
    event: Outcome = row.record
    if event.event == "withdrawn":
        _take_withdrawal(chart, row, event)
        return
    change = {"death": _death, "transplant": _transplant, "lost": _lost}[event.event]
    told = f"{wording.partial(event.date)}: {_words(event)}"
    patient = change(chart, row, event)
    if patient is None:
        return
    if patient == chart.patient:
        chart.accept(row, Effect.KNOWN, told)
        return
    issues = [
        *event_date("date", event.date, "The event", replace(patient, death_date=None), chart.shared.today)
    ]
    issues += check_patient(patient, chart.shared.today)
    if chart.refused(row, issues):
        return
    chart.patient = patient
    chart.accept(row, Effect.NEW, told)


def _words(event: Outcome) -> str:
    words = {
        "death": say("death"),
        "transplant": say("transplantation"),
        "lost": say("lost to follow-up"),
        "withdrawn": say("withdrawn"),
        "treatment_failure": say("treatment failure"),
    }[event.event]
    return f"{words} ({event.cause})" if event.cause else words


def _death(chart: Chart, row: ClinicRow, event: Outcome) -> Patient | None:
    patient = chart.patient
    if patient.death_date is not None:
        if not agree(patient.death_date, event.date):
            _tell_recorded(chart, row, say("death"), patient.death_date)
            return patient
    elif patient.vital_status == "alive" and not _earlier(patient.vital_status_date, event.date):
        reason = say("the patient is recorded as alive, not before this day; record the death by hand")
        chart.reject(row, "event", reason)
        return None
    _tell_later(chart, row, event.date)
    told = replace(patient, vital_status="dead", death_date=patient.death_date or event.date)
    if patient.death_date is None:
        told = replace(told, vital_status_date=None)
    if not event.cause or patient.cause_of_death is not None:
        return told
    try:
        return replace(told, cause_of_death=Known().code("cause_of_death", event.cause))
    except CellError:
        reason = say("is none of the listed causes; it is noted in words, with the cause “other”")
        chart.warn(row, "cause", reason)
        return replace(told, cause_of_death="other", cause_of_death_note=event.cause)


def _tell_later(chart: Chart, row: ClinicRow, date: PartialDate) -> None:
    """Tell of tests and visits that are recorded after the day of a death."""
    seen = {one.date for one in chart.record.tests} | {one.date for one in chart.record.visits}
    days = {day for day in seen if day > date.latest}
    if days:
        first, count = wording.day(min(days)), len(days)
        chart.warn(
            row,
            "date",
            say_n(
                "{n} day with a test or visit is recorded after this, from {first} on",
                "{n} days with tests or visits are recorded after this, from {first} on",
                count,
                first=first,
            ),
        )


def _transplant(chart: Chart, row: ClinicRow, event: Outcome) -> Patient:
    patient = chart.patient
    since = patient.transplant_date
    if patient.transplant == "transplanted" and since is not None and agree(since, event.date):
        return patient
    open_still = patient.transplant in _BEFORE_TRANSPLANT and (since is None or _earlier(since, event.date))
    if open_still or (patient.transplant == "transplanted" and since is None):
        return replace(patient, transplant="transplanted", transplant_date=event.date)
    _tell_recorded(chart, row, codes.label("transplant", patient.transplant), since)
    return patient


def _lost(chart: Chart, row: ClinicRow, event: Outcome) -> Patient:
    patient = chart.patient
    since = patient.vital_status_date
    if patient.vital_status == "lost" and since is not None and agree(since, event.date):
        return patient
    open_still = patient.vital_status in {None, "unknown"} or (
        patient.vital_status == "alive" and _earlier(since, event.date)
    )
    if open_still or (patient.vital_status == "lost" and since is None):
        return replace(patient, vital_status="lost", vital_status_date=event.date)
    _tell_recorded(chart, row, codes.label("vital_status", patient.vital_status), patient.death_date or since)
    return patient


def _earlier(recorded: PartialDate | None, date: PartialDate) -> bool:
    """Whether what is recorded was so before an event; not known without a date."""
    return recorded is not None and recorded.latest <= date.earliest


def _tell_recorded(chart: Chart, row: ClinicRow, what: str, date: PartialDate | None) -> None:
    day = wording.partial(date) if date is not None else say("no date")
    chart.warn(row, "date", say("recorded is: {what}, {day}; it is not changed", what=what, day=day))


def _take_withdrawal(chart: Chart, row: ClinicRow, event: Outcome) -> None:
    told = f"{wording.partial(event.date)}: {_words(event)}"
    answers = [one for one in chart.all(Consent) if one.kind == "registry"]
    if any(one.answer == "withdrawn" and agree(one.date, event.date) for one in answers):
        chart.accept(row, Effect.KNOWN, told)
        return
    answer = Consent(
        id=chart.shared.new_id(), date=event.date, kind="registry", answer="withdrawn", note=event.cause
    )
    issues = check_consent(answer, chart.record, chart.shared.today)
    if chart.refused(row, issues):
        return
    reason = say("noted as: consent to the registry withdrawn; nothing is listed as due any more")
    chart.warn(row, "event", reason)
    chart.add(answer, row)
    counting = in_force([*answers, answer])
    if counting is answer:
        chart.patient = replace(chart.patient, consent_registry="withdrawn")
    chart.accept(row, Effect.NEW, told)


def take_failure(chart: Chart, row: ClinicRow) -> None:
    """Take a treatment failure: the response to the line that was running is worse, on that day."""
    event: Outcome = row.record
    told = f"{wording.partial(event.date)}: {_words(event)}"
    line = _failed_line(chart, row, event)
    if line is None:
        return
    if issues := event_date("date", event.date, "The event", chart.patient, chart.shared.today):
        chart.refused(row, issues)
        return
    judged = line.response_date
    if line.response == "worse" and judged is not None and agree(judged, event.date):
        chart.accept(row, Effect.KNOWN, told)
        return
    if line.response not in _NOT_JUDGED:
        response = codes.label("response", line.response)
        _tell_recorded(chart, row, f"{drug_name(line)}, {response}", judged)
        chart.accept(row, Effect.KNOWN, told)
        return
    note = f"{_FAILED}: {event.cause}" if event.cause else _FAILED
    whole = "\n".join(part for part in (line.note, note) if part)
    chart.change(line, replace(line, response="worse", response_date=event.date, note=whole))
    drug = drug_name(line)
    chart.warn(row, "event", say("noted as the response to {drug}: worse", drug=drug))
    chart.accept(row, Effect.NEW, told)


def _failed_line(chart: Chart, row: ClinicRow, event: Outcome) -> TherapyLine | None:
    """The one line that ran on the day; None when it cannot be told, which is said."""
    lines: list[TherapyLine] = [
        line for line in chart.all(TherapyLine) if covers(line, event.date) and event.drug in {"", line.drug}
    ]
    if len(lines) == 1:
        return lines[0]
    if lines:
        reason = say(
            "several lines cover this day ({drugs}); name the drug that failed in a column drug",
            drugs=", ".join(drug_name(line) for line in lines),
        )
    else:
        reason = say("no line of therapy covers this day; which treatment failed cannot be told")
    chart.reject(row, "event", reason)
    return None
