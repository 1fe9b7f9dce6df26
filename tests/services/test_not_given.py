"""What was planned and did not happen counts nowhere as given or seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.dosing.cumulative import cumulative
from ctdild_desktop.clinical.dosing.taken import infused
from ctdild_desktop.clinical.exposure import exposure_of
from ctdild_desktop.clinical.records import Hrct, Infusion, Patient, PatientRecord, TherapyLine, Visit
from ctdild_desktop.figures.scene import Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline
from ctdild_desktop.services import patients, pft, therapy_text
from ctdild_desktop.services.assessment import assess, default_as_of, derive_all
from ctdild_desktop.services.desk import Desk, new_id
from ctdild_desktop.services.due import due_facts
from ctdild_desktop.services.verdicts import verdicts_of_all
from tests.support import holloway, people
from tests.support.desks import fill

TODAY = holloway.TODAY
LATER = dt.date(2026, 3, 10)


def picture(record: PatientRecord) -> Timeline:
    return build_timeline(record, derive_all(record), scale=Scale.PERCENT, today=TODAY)


def with_late_infusion(record: PatientRecord, status: str) -> PatientRecord:
    """The record with one more infusion of rituximab that did not happen."""
    missed = Infusion(date=LATER, status=status, reason="infection")
    lines = tuple(
        replace(line, infusions=(*line.infusions, missed)) if line.drug == "rituximab" else line
        for line in record.therapy
    )
    return replace(record, therapy=lines)


@pytest.mark.parametrize("status", ["deferred", "cancelled"])
def test_an_infusion_that_was_not_given_changes_nothing(status: str) -> None:
    record = holloway.record()
    missed = with_late_infusion(record, status)
    line, other = (next(line for line in one.therapy if line.drug == "rituximab") for one in (record, missed))
    assert len(other.infusions) == len(line.infusions) + 1
    assert infused(other, TODAY) == infused(line, TODAY)
    assert exposure_of([other], "rituximab", TODAY) == exposure_of([line], "rituximab", TODAY)
    assert picture(missed) == picture(record)
    assert therapy_text.short(other, TODAY) == therapy_text.short(line, TODAY)
    assert therapy_text.dates(other, TODAY) == therapy_text.dates(line, TODAY)
    courses = (due_facts(one, TODAY).running() for one in (record, missed))
    before, after = ([course.given(TODAY) for course in running] for running in courses)
    assert after == before


def test_a_course_of_which_nothing_was_given_exposes_to_nothing() -> None:
    line = TherapyLine(
        id="l",
        drug="rituximab",
        start=PartialDate(2025, 3),
        infusions=(Infusion(date=dt.date(2025, 3, 3), status="deferred"),),
    )
    found = exposure_of([line], "rituximab", TODAY)
    assert (found.intervals, found.untold) == ((), ())
    pulses = replace(line, drug="cyclophosphamide_iv")
    total = cumulative([pulses], TODAY)
    assert (total.iv_mg, len(total.gaps)) == (Decimal(0), 1), "only the time before is not known"


def test_what_ran_in_of_a_partial_infusion_counts() -> None:
    part = Infusion(date=dt.date(2025, 3, 3), dose_mg=Decimal(400), status="partial", reason="reaction")
    line = TherapyLine(id="l", drug="rituximab", start=PartialDate(2025, 3), infusions=(part,))
    assert line.given_infusions == (part,)
    assert infused(line, TODAY).mg == 400


def planned(day: dt.date, status: str = "planned") -> Visit:
    return Visit(id=new_id(), date=day, status=status)


@pytest.mark.parametrize("status", ["planned", "cancelled", "did_not_attend"])
def test_a_visit_that_did_not_take_place_stands_apart_and_changes_no_answer(desk: Desk, status: str) -> None:
    record = holloway.record()
    day = TODAY + dt.timedelta(days=30 if status == "planned" else -1)
    fill(desk, replace(record, appointments=(planned(day, status),)))
    loaded = patients.load(desk, record.patient.id)
    assert [visit.status for visit in loaded.appointments] == [status]
    assert loaded.visits == record.visits
    assert default_as_of(loaded) == default_as_of(record)
    assert assess(loaded) == assess(record)
    assert picture(loaded) == picture(record)
    assert due_facts(loaded, TODAY) == due_facts(record, TODAY)
    found = verdicts_of_all(desk)
    for answer in assess(record):
        assert found.verdict(0, answer.criterion) is answer.verdict
    assert found.as_of(0) == default_as_of(record)


def test_logging_a_test_on_the_day_of_a_planned_visit_makes_it_attended(desk: Desk) -> None:
    patient = Patient(id=new_id(), mrn="X-1")
    visit = replace(planned(TODAY), absent=(("weight_kg", "declined"), ("mmrc", "unknown")))
    fill(desk, PatientRecord(patient=patient, appointments=(visit,)))
    seen = Visit(id="draft", date=TODAY, weight_kg=Decimal("70.0"))
    pft.record_pft(desk, patient.id, people.pft(TODAY.isoformat(), id="draft", fvc_l="2.31"), seen)
    loaded = patients.load(desk, patient.id)
    (kept,) = loaded.visits
    assert (kept.id, kept.status, str(kept.weight_kg)) == (visit.id, "attended", "70.0")
    assert kept.absent == (("mmrc", "unknown"),)
    assert loaded.appointments == ()


def test_a_normal_scan_is_no_sign_of_ild(desk: Desk) -> None:
    patient = Patient(id=new_id(), mrn="X-1")
    scans = tuple(
        Hrct(id=f"h{number}", date=dt.date(2024, number, 1), pattern=pattern)
        for number, pattern in enumerate(("NORMAL", "ILA", "fNSIP"), start=1)
    )
    anchor = due_facts(PatientRecord(patient=patient, hrct=scans), TODAY).anchor
    assert anchor is not None
    assert (anchor.source, anchor.date) == ("first HRCT with ILD", dt.date(2024, 3, 1))
