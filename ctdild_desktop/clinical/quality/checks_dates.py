"""Dates that contradict each other; a date that is not exact contradicts only where it certainly does.

Decisions of the registry.
"""

from __future__ import annotations

from collections.abc import Iterator

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.quality.finding import Finding
from ctdild_desktop.clinical.quality.lines import When, when
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.language import say

_Dated = tuple[str, str, When]
_Pair = tuple[_Dated, PartialDate, PartialDate, str]


def date_findings(record: PatientRecord) -> Iterator[Finding]:
    """What the checks of dates answer about one patient."""
    birth, death = record.patient.birth_date, record.patient.death_date
    for kind, record_id, days in _dated(record):
        if death is not None:
            after = days[0] > death.latest.toordinal()
            yield _finding("after_death", (kind, record_id, days), after)
        if birth is not None:
            before = days[1] < birth.earliest.toordinal()
            yield _finding("before_birth", (kind, record_id, days), before)
    yield from _out_of_order(record)
    yield from _before_diagnosis(record)


def _finding(check: str, of: _Dated, wrong: bool, detail: str = "") -> Finding:
    return Finding(check, *of, State.LACKING if wrong else State.GOOD, detail if wrong else "")


def _dated(record: PatientRecord) -> Iterator[_Dated]:
    for name, kind in (
        ("diagnoses", "diagnosis"),
        ("visits", "visit"),
        ("tests", "test"),
        ("hrct", "hrct"),
        ("serology", "serology"),
        ("procedures", "procedure"),
        ("labs", "lab"),
        ("heart_tests", "heart_test"),
        ("pros", "pro"),
    ):
        for item in getattr(record, name):
            yield kind, item.id, when(item.date)
    for line in record.therapy:
        yield "therapy", line.id, when(line.start)
        for infusion in line.infusions:
            yield "infusion", line.id, when(infusion.date)
    for event in record.adverse_events:
        yield "adverse_event", event.id, when(event.onset)


def _out_of_order(record: PatientRecord) -> Iterator[Finding]:
    """Each record with two dates of which one must not lie before the other; of several the wrong one."""
    found: dict[_Dated, str] = {}
    for of, first, last, words in _pairs(record):
        wrong = last.latest < first.earliest
        found[of] = words if wrong else found.get(of, "")
    for of, words in found.items():
        yield _finding("dates_order", of, bool(words), words)


def _pairs(record: PatientRecord) -> Iterator[_Pair]:
    for line in record.therapy:
        if line.stop is not None:
            of = ("therapy", line.id, when(line.start))
            yield of, line.start, line.stop, say("The stop lies before the start.")
    for event in record.adverse_events:
        if event.end is not None:
            of = ("adverse_event", event.id, when(event.onset))
            yield of, event.onset, event.end, say("The end lies before the onset.")
    for scan in record.hrct:
        if scan.read_date is not None:
            of = ("hrct", scan.id, when(scan.date))
            text = say("The reading lies before the scan.")
            yield of, PartialDate.of(scan.date), PartialDate.of(scan.read_date), text
    for view in record.diagnoses:
        if view.first_symptom is not None and view.ctd_diagnosed is not None:
            of = ("diagnosis", view.id, when(view.date))
            text = say("The first symptom lies after the diagnosis of the CTD.")
            yield of, view.first_symptom, view.ctd_diagnosed, text


def _before_diagnosis(record: PatientRecord) -> Iterator[Finding]:
    """Lines that began before both diagnoses; before one date alone it cannot be told of the other."""
    told = [
        [date for date in dates if date is not None]
        for dates in (
            [view.ctd_diagnosed for view in record.diagnoses],
            [view.ild_diagnosed for view in record.diagnoses],
        )
    ]
    known = [date for dates in told for date in dates]
    first = min(known, key=lambda date: date.earliest, default=None)
    for line in record.therapy:
        of = ("therapy", line.id, when(line.start))
        before = first is None or line.start.latest < first.earliest
        if first is None or (before and not all(told)):
            yield Finding("therapy_before_diagnosis", *of, State.SAID)
            continue
        text = say("First diagnosis {date}.", date=wording.partial(first))
        yield _finding("therapy_before_diagnosis", of, before, text)
