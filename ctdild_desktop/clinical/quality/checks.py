"""Everything that is checked in the records of one patient.

Sources stand in the table of checks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.codes import label
from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.issues import Issue
from ctdild_desktop.clinical.plausibility import (
    check_adverse_event,
    check_hrct,
    check_patient,
    check_therapy,
    check_visit,
)
from ctdild_desktop.clinical.quality.checks_dates import date_findings
from ctdild_desktop.clinical.quality.checks_tests import test_findings
from ctdild_desktop.clinical.quality.finding import Finding, of_patient
from ctdild_desktop.clinical.quality.lines import When, when
from ctdild_desktop.clinical.records import AdverseEvent, PatientRecord, TherapyLine
from ctdild_desktop.language import say

_NOT_ASKED = (None, "not_asked")


def findings_of(record: PatientRecord, as_of: dt.date) -> Iterator[Finding]:
    """What every check answers about one patient as of a day."""
    yield from test_findings(record, as_of)
    yield from _as_the_forms_ask(record, as_of)
    yield from date_findings(record)
    for line in record.therapy:
        if line.stop is None:
            yield _line_without_stop(line, record)
    for event in record.adverse_events:
        yield from _serious_open(event)
    consent = record.patient.consent_research
    answer = State.LACKING if consent in _NOT_ASKED else State.GOOD
    yield of_patient("no_consent_research", record.patient.id, answer)


def _as_the_forms_ask(record: PatientRecord, as_of: dt.date) -> Iterator[Finding]:
    patient = record.patient
    yield of_patient("entry_patient", patient.id, *_told(check_patient(patient, as_of)))

    def found(check: str, kind: str, record_id: str, days: When, issues: tuple[Issue, ...]) -> Finding:
        # dates have lines of their own
        return Finding(
            check, kind, record_id, days, *_told(issue for issue in issues if issue.code != "DATE")
        )

    for visit in record.visits:
        issues = check_visit(visit, patient, record.visits, as_of)
        yield found("entry_visit", "visit", visit.id, when(visit.date), issues)
    for scan in record.hrct:
        yield found("entry_hrct", "hrct", scan.id, when(scan.date), check_hrct(scan, patient, as_of))
    for line in record.therapy:
        yield found(
            "entry_therapy", "therapy", line.id, when(line.start), check_therapy(line, patient, as_of)
        )
    for event in record.adverse_events:
        issues = check_adverse_event(event, patient, record.therapy, as_of)
        yield found("entry_event", "adverse_event", event.id, when(event.onset), issues)


def _told(issues: Iterator[Issue] | tuple[Issue, ...]) -> tuple[State, str]:
    texts = dict.fromkeys(issue.text for issue in issues)
    return (State.LACKING, " ".join(texts)) if texts else (State.GOOD, "")


def _line_without_stop(line: TherapyLine, record: PatientRecord) -> Finding:
    later = [
        other
        for other in record.therapy
        if other.id != line.id
        and (other.drug, other.drug_name.casefold()) == (line.drug, line.drug_name.casefold())
        and other.start.earliest > line.start.latest
    ]
    state, detail = State.GOOD, ""
    if later:
        state = State.LACKING
        detail = say("A later line began on {date}.", date=wording.partial(later[0].start))
    return Finding("line_without_stop", "therapy", line.id, when(line.start), state, detail)


def _serious_open(event: AdverseEvent) -> Iterator[Finding]:
    if event.serious is False:
        return
    days = when(event.onset)
    if event.serious is None and not event.seriousness:
        yield Finding("serious_open", "adverse_event", event.id, days, State.SAID)
        return
    answered = event.outcome not in (None, "unknown")
    told = label("ae_outcome", event.outcome) if event.outcome else say("no outcome")
    state = State.GOOD if answered else State.LACKING
    yield Finding("serious_open", "adverse_event", event.id, days, state, "" if answered else told)
