"""What the MDT page prints, as values."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AdverseEvent, Patient, PatientRecord, TherapyLine
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import pages
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from tests.support import holloway
from tests.support.desks import fill

PATIENT_ID = holloway.patient().id


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A registry that holds one full history."""
    fill(desk, holloway.record())
    return desk


def test_the_page_says_who_asks_what_and_when(filled: Desk) -> None:
    page = pages.mdt_page(
        filled,
        PATIENT_ID,
        question="  FVC falling on MMF 1.5 g.\n Second line? ",
        asked_by="rheumatology",
        meeting_date=dt.date(2026, 3, 19),
    )
    assert page.name == "HOLLOWAY, Ingrid"
    assert page.identity == (
        "F · 55 y · born 18.09.1970 · MRN DEMO-0417 · consent: registry yes, research yes"
    )
    assert page.meeting == "MDT 19.03.2026"
    assert page.question == "FVC falling on MMF 1.5 g. Second line?"
    assert page.asked_by == "rheumatology"
    assert page.printed_by == "R. Amsel"
    assert page.printed_on == "12.03.2026"
    assert not page.demo
    assert not page.pseudonymised


def test_its_numbers_are_those_of_the_invented_patient() -> None:
    page = pages.build_page(holloway.record(), holloway.TODAY)
    latest = page.tests[0]
    assert (latest.fvc_l, latest.fvc_lln, latest.fvc_z, latest.fvc_percent) == (
        "2.31",
        "2.64",
        "−2.2",
        "64.4",
    )
    assert (latest.dlco, latest.dlco_z, latest.dlco_percent) == ("10.3", "−4.6", "46.7")
    assert (latest.dlco_hb_percent, latest.hb, latest.spo2) == ("47.6", "128", "95 / 87")
    assert (latest.fvc_to_previous, latest.dlco_to_previous) == ("−3.9 %", "−4.4 %")
    assert (latest.mmrc, latest.quality) == ("2", "A / A")
    assert len(page.tests) == 6
    assert page.older_tests == 9
    assert [(item.title, item.verdict_text, item.detail) for item in page.criteria] == [
        ("FVC > 10 %", "MET", "−11.6 % since 09.12.2024"),
        ("INBUILD", "MET", "−11.6 % since 09.12.2024"),
        ("OMERACT", "MET", "−11.6 % since 09.12.2024"),
        ("Erice", "MET", "−11.6 % since 09.12.2024"),
        ("PPF 2022", "CANNOT TELL", "needs an HRCT read since 12.03.2025"),
        ("DLCO > 15 %", "NOT MET", "−13.6 % since 09.12.2024"),
        ("RELIEF", "NOT MET", "−3.0 pt/y since 18.03.2024"),
        (
            "EUSTAR, MCID (SSc)",
            "NOT APPLICABLE",
            "Defined for systemic sclerosis; the diagnosis is another",
        ),
    ]
    assert [(item.name, item.before, item.on) for item in page.therapy][:2] == [
        ("RTX 2 × 1 g", "−422 (3)", "−55 (8)"),
        ("MMF 1.5 g/d", "+517 (3)", "−93 (12)"),
    ]
    assert page.adverse_events[0] == "hypogammaglobulinaemia (low IgG) G1 since 10.2025 (RTX)"
    assert page.adverse_events[1] == "lung infection G3 serious 02.2023 (MMF)"
    assert page.hrct == "18.11.2024: extent 22 %, fibrosis, no emphysema; stable against 18.10.2023"
    assert page.facts_title == "AT 12.03.2026"
    assert page.figures.panel.band is not None
    assert page.figures.panel.band.start == holloway.REFERENCE_DAY


def test_what_is_unknown_is_said_to_be_not_recorded() -> None:
    page = pages.build_page(PatientRecord(patient=Patient(id=new_id(), mrn="X-1")), holloway.TODAY)
    assert page.name == "X-1"
    assert page.tests == ()
    assert page.hrct == "not recorded"
    assert page.facts_title == "NO TEST YET"
    assert page.diagnosis[:3] == ("CTD not recorded", "Antibodies: not recorded", "ILD pattern not recorded")
    assert page.references == "reference set not recorded"
    assert page.data_as_of == ""
    assert page.criteria_title == "CRITERIA, no entry yet"
    assert {item.verdict_text for item in page.criteria} <= {"CANNOT TELL", "NOT APPLICABLE"}


def test_an_earlier_day_leaves_out_everything_later(filled: Desk) -> None:
    page = pages.mdt_page(filled, PATIENT_ID, as_of=dt.date(2023, 12, 31))
    assert page.tests[0].date == "16.10.2023"
    assert page.criteria_title == "CRITERIA, as of 18.10.2023"
    names = [item.name for item in page.therapy]
    assert "MMF 2 g/d" in names
    assert "RTX 2 × 1 g" in names
    assert page.therapy[names.index("RTX 2 × 1 g")].dates == "11.2023"
    assert page.hrct.startswith("18.10.2023")
    assert all("2024" not in text and "2025" not in text for text in page.adverse_events)
    assert page.identity.startswith("F · 53 y")


def test_a_line_that_stopped_later_is_running_on_the_earlier_day() -> None:
    record = holloway.record()
    stopped = tuple(
        replace(line, stop=PartialDate(2026, 1), stop_reason="switched")
        if line.drug == "mycophenolate"
        else line
        for line in record.therapy
    )
    record = replace(record, therapy=stopped)
    page = pages.build_page(pages.until(record, dt.date(2025, 12, 1)), dt.date(2025, 12, 1))
    assert "01.2022 – now" in [item.dates for item in page.therapy]


def test_a_pseudonymised_page_names_nobody(filled: Desk) -> None:
    record = holloway.record()
    secret = "Ingrid of Holloway Lane"
    noted = replace(
        record,
        patient=replace(record.patient, id=new_id(), mrn="SECRET-77", alert_note=secret),
        diagnoses=tuple(replace(view, id=new_id(), note=secret) for view in record.diagnoses),
        visits=tuple(replace(visit, id=new_id(), note=secret) for visit in record.visits),
        tests=tuple(
            replace(
                test,
                id=new_id(),
                comment=secret,
                laboratory=secret,
                exclusion_reason=secret if test.excluded else "",
            )
            for test in record.tests
        ),
        hrct=tuple(replace(scan, id=new_id(), note=secret) for scan in record.hrct),
        therapy=(
            TherapyLine(id=new_id(), drug=secret, start=PartialDate(2022), dose=Decimal(1), note=secret),
        ),
        adverse_events=(
            AdverseEvent(id=new_id(), onset=PartialDate(2024), term=secret, ongoing=True, note=secret),
        ),
    )
    fill(filled, noted)
    page = pages.mdt_page(filled, noted.patient.id, question=secret, asked_by=secret, pseudonymised=True)
    everything = repr(asdict(page))
    for hidden in ("Ingrid", "HOLLOWAY", "Holloway", "SECRET-77", "18.09.1970", "1970-09-18", "day=18, "):
        assert hidden not in everything
    assert page.pseudonymised
    assert page.name.startswith("P-")
    assert page.identity == "F · 55 y · born 1970"
    assert page.tests[0].fvc_percent == "64.4"
    named = pages.mdt_page(filled, noted.patient.id)
    assert [test.fvc_percent for test in named.tests] == [test.fvc_percent for test in page.tests]


def test_a_page_is_noted_in_the_audit_trail(filled: Desk) -> None:
    pages.mdt_page(filled, PATIENT_ID, pseudonymised=True)
    with filled.registry.read() as session:
        (event,) = session.query(AuditRow).filter(AuditRow.op == "event", AuditRow.row_id == "mdt_page")
        assert event.subject_id == PATIENT_ID
        assert event.user_id == filled.login
        assert "HOLLOWAY" not in (event.new or "")


def test_a_question_that_does_not_fit_is_refused(filled: Desk) -> None:
    assert pages.mdt_page(filled, PATIENT_ID, question="?" * 200).question == "?" * 200
    with pytest.raises(RefusedError, match="201 characters; 200 fit"):
        pages.mdt_page(filled, PATIENT_ID, question="?" * 201)


def test_there_is_no_page_of_nobody(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="no longer in the registry"):
        pages.mdt_page(desk, new_id())
