"""What happened since the last decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Action,
    Decision,
    HeartTest,
    Lab,
    Patient,
    PatientRecord,
    Pro,
    Score,
)
from ctdild_desktop.services.page_labs import labs_line
from ctdild_desktop.services.pages import build_page
from ctdild_desktop.services.since_mdt import since_last
from tests.support import holloway

MEETING = dt.date(2026, 3, 19)
LAST = Decision(
    id="d1",
    meeting_id="m1",
    patient_id=holloway.patient().id,
    date=dt.date(2024, 12, 18),
    question="Course 3?",
    recommendation="Rituximab course 3, echocardiogram",
    recommendations=("start",),
    implemented="partly",
    implementation_note="echo open",
    signed_by="amsel",
    signed_at=dt.datetime(2024, 12, 18, 15, tzinfo=dt.UTC),
)
ACTION = Action(id="a1", decision_id="d1", what="echocardiogram", owner="Dr Croft", due=dt.date(2026, 1, 30))
RECORD = replace(holloway.record(), decisions=(LAST,), actions=(ACTION,))


def test_it_says_what_was_measured_given_and_suffered_since() -> None:
    since = since_last(RECORD, MEETING)
    assert since.title == "SINCE LAST MDT, 18.12.2024"
    assert since.last is LAST
    assert since.lines == (
        "4 PFTs, 09.12.2024 → 12.03.2026: FVC 72.8 → 64.4 % predicted, DLCO 53.6 → 46.7 % predicted",
        "Therapy: Pred 7.5 mg/d → 5 mg/d 13.01.2025; RTX course 3, 04.08.2025, 18.08.2025",
        "AE: hypogammaglobulinaemia (low IgG) G1 since 10.2025 (RTX)",
        "Open: echocardiogram (Dr Croft, due 30.01.2026)",
        "None recorded since: HRCT, admissions",
    )


def test_without_a_decision_the_day_of_the_team_s_view_of_the_diagnosis_counts() -> None:
    record = holloway.record()
    assert since_last(record, MEETING).title == "SINCE LAST MDT, 25.10.2023"
    assert since_last(record, dt.date(2023, 10, 25)).title == "NO MDT BEFORE"
    assert since_last(record, MEETING).last is None


def test_a_decision_of_the_same_meeting_is_not_the_last_one() -> None:
    today = replace(LAST, id="d2", date=MEETING)
    assert since_last(replace(RECORD, decisions=(LAST, today)), MEETING).last is LAST


def test_changes_of_therapy_are_told_in_the_order_of_their_days() -> None:
    mmf = next(line for line in holloway.therapy() if line.drug == "mycophenolate")
    line = replace(
        mmf,
        id="n",
        drug="nintedanib",
        start=PartialDate(2025, 2),
        dose=Decimal(150),
        dose_unit="mg",
        frequency="bd",
        dose_changes=(),
        interruptions=(),
        stop=PartialDate(2025, 9, 3),
        stop_reason=None,
    )
    told = since_last(replace(RECORD, therapy=(line,)), MEETING).lines[1]
    assert told == "Therapy: Nintedanib 150 mg bd started 02.2025; Nintedanib stopped 03.09.2025" or (
        told.startswith("Therapy: ") and told.index("started 02.2025") < told.index("stopped 03.09.2025")
    )


def test_tests_that_the_rules_do_not_use_are_not_compared() -> None:
    excluded = tuple(
        replace(test, excluded=True, exclusion_reason="lung_infection") if test.date > LAST.date else test
        for test in RECORD.tests
    )
    assert since_last(replace(RECORD, tests=excluded), MEETING).lines[0] == "4 PFTs, none of them usable"
    old = tuple(test for test in RECORD.tests if test.date <= LAST.date)
    assert since_last(replace(RECORD, tests=old), MEETING).lines[0] == "PFT: none recorded since"


def test_the_page_has_the_strip_and_the_last_decision() -> None:
    page = build_page(RECORD, holloway.TODAY, meeting=MEETING)
    assert page.facts_title == "SINCE LAST MDT, 18.12.2024"
    assert page.facts == since_last(RECORD, MEETING).lines
    assert page.last is not None
    assert (page.last.date, page.last.words, page.last.implemented) == (
        "18.12.2024",
        "Rituximab course 3, echocardiogram",
        "partly (echo open)",
    )


def test_without_identity_the_last_decision_is_told_in_the_words_of_the_lists() -> None:
    page = build_page(RECORD, holloway.TODAY, meeting=MEETING, pseudonym="P-1")
    assert page.last is not None
    assert (page.last.words, page.last.implemented) == ("Start", "partly")
    assert "Croft" not in repr(page)
    assert "echo" not in repr(page)


def test_each_result_has_its_day_and_what_is_unknown_is_said() -> None:
    day = PartialDate(2025, 12, 15)
    record = replace(
        RECORD,
        labs=(
            Lab(id="1", date=PartialDate(2025, 1, 2), test="crp", value=Decimal(90), unit="mg/L"),
            Lab(id="2", date=day, test="crp", value=Decimal(5), unit="mg/L", detection="below"),
            Lab(id="3", date=day, test="ck", value=Decimal(212), unit="U/L"),
            Lab(id="4", date=PartialDate(2025, 10), test="neutrophils", value=Decimal("3.9"), unit="10^9/L"),
        ),
        heart_tests=(HeartTest(id="h", date=PartialDate(2026, 2, 1), kind="echo", rvsp_mmhg=Decimal(38)),),
        pros=tuple(
            Pro(
                id=str(number),
                date=PartialDate(2025, number),
                instrument="kbild",
                scores=(Score(scale="total", value=Decimal(60 - 3 * number)),),
            )
            for number in (1, 3)
        ),
    )
    assert labs_line(record, holloway.TODAY) == (
        "CRP < 5 mg/L · CK 212 U/L (15.12.2025) · neutrophils 3.9 10⁹/L (10.2025) · "
        "RVSP 38 mmHg (01.02.2026) · K-BILD 51 (−6.0) (03.2025) · IgG, NT-proBNP, TAPSE: not recorded"
    )
    nobody = PatientRecord(patient=Patient(id="p", mrn="1"))
    assert labs_line(nobody, holloway.TODAY).endswith("RVSP, TAPSE, K-BILD: not recorded")
