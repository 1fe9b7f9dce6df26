"""The lines of the page's boxes: diagnosis, latest facts, adverse events and HRCT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import add_months
from ctdild_desktop.clinical.derived import DerivedTest, DerivedValue
from ctdild_desktop.clinical.records import AdverseEvent, Patient, PatientRecord
from ctdild_desktop.figures.events import is_ongoing
from ctdild_desktop.language import say
from ctdild_desktop.services import texts
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.test_table import TestRow


def birth_year(patient: Patient) -> str:
    """The year of birth for a page without identity."""
    return str(patient.birth_date.year) if patient.birth_date is not None else say(texts.NOT_RECORDED)


def diagnosis_lines(view: PatientView) -> tuple[str, ...]:
    """CTD and antibodies; pattern with confidence and who said so; smoking, oxygen and ILD-GAP."""
    found, head = view.diagnosis, view.header
    if found is None:
        first, second = (
            say("CTD {NOT_RECORDED}", NOT_RECORDED=texts.NOT_RECORDED),
            say("ILD pattern {NOT_RECORDED}", NOT_RECORDED=texts.NOT_RECORDED),
        )
    else:
        since = found.ild_diagnosed
        ild = (
            f"{wording.partial(since)} ({texts.duration(since, view.today)})"
            if since
            else say(texts.NOT_RECORDED)
        )
        first = say("{ctd} · ILD since {ild}", ctd=head.ctd, ild=ild)
        said = f"{codes.label('basis', found.basis)} " if found.basis else ""
        pattern = (
            head.pattern
            if found.pattern
            else say("ILD pattern {NOT_RECORDED}", NOT_RECORDED=texts.NOT_RECORDED)
        )
        second = f"{pattern} · {said}{wording.partial(found.date)}"
    antibodies = texts.antibodies(found, ", ")
    return (
        first,
        say("Antibodies: {antibodies}", antibodies=antibodies),
        second,
        f"{wording.capital(head.smoking)} · O₂ {head.oxygen} · "
        + say("ILD-GAP {ild_gap}", ild_gap=head.ild_gap)
        + (f" ({head.ild_gap_detail})" if head.ild_gap_detail else ""),
    )


def _value(measure: str, value: DerivedValue, corrected: Decimal | None = None) -> str:
    """``DLCO 10.3 mL/min/mmHg, 46.7 % (Hb-corr. 47.6 %), z −4.6``."""
    name = wording.measure(measure)
    parts = []
    if value.value is not None:
        parts.append(f"{wording.as_typed(value.value)} {value.unit}".rstrip())
    if value.percent is not None:
        shown = wording.number(value.percent, 1)
        hb = "" if corrected is None else wording.number(corrected, 1)
        parts.append(
            say("{percent} % (Hb-corr. {hb} %)", percent=shown, hb=hb)
            if hb
            else say("{percent} % predicted", percent=shown)
        )
    if value.z is not None:
        parts.append(f"z {wording.number(value.z, 1)}")
    return f"{name} {', '.join(parts)}" if parts else f"{name} {texts.NOT_RECORDED}"


def _dlco(test: DerivedTest) -> str:
    told = test.dlco.shown and not test.test.dlco_hb_corrected
    return _value("dlco", test.dlco, test.dlco_hb.percent if told else None)


def _to_previous(row: TestRow) -> str:
    parts = [
        f"{wording.measure(measure)} {wording.signed(change, 1)} %"
        for measure, change in (("fvc", row.fvc_to_previous), ("dlco", row.dlco_to_previous))
        if change is not None
    ]
    return say("To the test before: {parts}", parts=", ".join(parts)) if parts else ""


def _symptoms(view: PatientView) -> str:
    asked = [
        visit
        for visit in view.record.visits
        if visit.date <= view.today and (visit.symptom_change is not None or visit.mmrc is not None)
    ]
    if not asked:
        return say("Symptoms: {NOT_RECORDED}", NOT_RECORDED=texts.NOT_RECORDED)
    latest = max(asked, key=lambda visit: visit.date)
    parts = []
    if latest.symptom_change is not None:
        parts.append(codes.label("symptom_change", latest.symptom_change.value).lower())
    if latest.mmrc is not None:
        parts.append(say("mMRC {mmrc}", mmrc=latest.mmrc))
    return say("Symptoms {date}: {parts}", date=wording.day(latest.date), parts=", ".join(parts))


def _admissions(view: PatientView) -> str:
    start = add_months(view.today, -12)
    stays = [
        visit
        for visit in view.record.visits
        if visit.admitted_nights is not None and start <= visit.date <= view.today
    ]
    if not stays:
        return say("Admissions in 12 months: none recorded")
    days = ", ".join(
        say(
            "{date} ({admitted_nights} nights)",
            date=wording.day(stay.date),
            admitted_nights=stay.admitted_nights,
        )
        for stay in stays
    )
    return say("Admissions in 12 months: {days}", days=days)


def fact_lines(view: PatientView) -> tuple[str, ...]:
    """Latest FVC and DLCO with the change, therapy now, symptoms, admissions."""
    lines: list[str] = []
    if view.rows:
        latest = view.rows[0]
        fvc = _value("fvc", latest.derived.fvc)
        if latest.test.excluded:
            fvc = say("{fvc} (excluded)", fvc=fvc)
        lines += [fvc, _dlco(latest.derived), _to_previous(latest)]
    lines += [
        say("Therapy now: {therapy_now}", therapy_now=view.header.therapy_now),
        _symptoms(view),
        _admissions(view),
    ]
    return tuple(line for line in lines if line)


def dlco_unit(tests: Sequence[DerivedTest]) -> str:
    """The unit of the DLCO of these tests, for the head of its column; units that differ are all named."""
    units = {test.dlco.unit for test in tests if test.dlco.value is not None}
    return " / ".join(sorted(units))


def event_lines(record: PatientRecord, today: dt.date) -> tuple[str, ...]:
    """One text per event up to a day: running ones first, then by gravity, then the latest."""

    def place(event: AdverseEvent) -> tuple[bool, bool, int, int]:
        grave = bool(event.serious)
        return (
            not is_ongoing(event, today),
            not grave,
            -(event.grade or 0),
            -event.onset.earliest.toordinal(),
        )

    known = [event for event in record.adverse_events if event.onset.earliest <= today]
    return tuple(texts.event(event, record.therapy, today) for event in sorted(known, key=place))


def scan_line(record: PatientRecord, today: dt.date) -> str:
    """The latest HRCT reading in a line."""
    latest = texts.latest_scan(record, today)
    return texts.scan(latest) if latest is not None else say(texts.NOT_RECORDED)
