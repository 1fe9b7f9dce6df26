"""The work list from real records: what counts as done, how the first year runs, who leaves it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.due import State
from ctdild_desktop.clinical.due.table import default_table
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Infusion,
    Patient,
    PatientRecord,
    TherapyLine,
)
from ctdild_desktop.services.desk import Desk, RefusedError, new_id
from ctdild_desktop.services.due import due_facts, read_rules, rows_of, work_list
from tests.support import holloway
from tests.support.desks import fill
from tests.support.people import WOMAN, day, pft, scan, symptom

SSC = Diagnosis(id="d", date=PartialDate(2024, 1, 5), ctd="dcSSc", ild_diagnosed=PartialDate(2024, 1, 5))


def record(*tests, **values) -> PatientRecord:
    return PatientRecord(patient=WOMAN, **{"diagnoses": (SSC,), "tests": tests, **values})


def by_rule(found: PatientRecord, as_of: str) -> dict[str, list[State]]:
    made: dict[str, list[State]] = {}
    for row in rows_of(found, day(as_of)):
        made.setdefault(row.item.rule, []).append(row.item.state)
    return made


def test_the_tests_of_the_record_answer_the_rules():
    done = record(
        pft("2024-01-31", fvc_l="2.4", dlco="12", tlc_l="3.9", spo2_nadir="91", weight_kg="61"),
        visits=(symptom("2024-02-10", "stable"),),
    )
    rows = {row.item.rule: row.item for row in rows_of(done, day("2024-08-15"))}
    assert (rows["M1"].state, rows["M1"].overdue_days) == (State.OVERDUE, 15)
    assert rows["M4"].last == day("2024-01-31")
    assert rows["M6"].due == day("2024-08-10")


def test_a_test_that_was_not_done_is_no_result():
    not_done = record(pft("2024-03-01", not_done_fvc="unwell", not_done_dlco="unwell"))
    assert by_rule(not_done, "2024-04-01")["M1"] == [State.NEVER_DONE]


@pytest.mark.parametrize(
    ("values", "source", "assumed"),
    [
        ({}, "ILD diagnosis", False),
        ({"diagnoses": (replace(SSC, ild_diagnosed=None),)}, "first HRCT with ILD", True),
        ({"diagnoses": (replace(SSC, ild_diagnosed=None),), "hrct": ()}, "first PFT", True),
    ],
)
def test_the_first_year_runs_from_the_best_date_on_record(values, source, assumed):
    scans = (scan("2024-01-20", "not_compared", fibrosis=True), scan("2024-06-01", "stable", fibrosis=True))
    made = record(pft("2024-02-01", fvc_l="2.4"), **{"hrct": scans, **values})
    anchor = due_facts(made, day("2024-07-01")).anchor
    assert anchor is not None
    assert (anchor.source, anchor.assumed) == (source, assumed)


def test_an_ild_diagnosis_known_to_the_year_keeps_the_first_year_long_enough():
    made = record(diagnoses=(replace(SSC, ild_diagnosed=PartialDate(2023)),))
    anchor = due_facts(made, day("2024-07-01")).anchor
    assert anchor is not None
    assert anchor.date == day("2023-12-31")


def test_the_dead_and_those_who_withdrew_are_not_on_the_list():
    alive = record(pft("2024-02-01", fvc_l="2.4"))
    dead = replace(alive, patient=replace(WOMAN, death_date=PartialDate(2024, 5)))
    assert rows_of(dead, day("2024-04-30"))
    assert rows_of(dead, day("2024-05-01")) == ()
    assert (
        rows_of(replace(alive, patient=replace(WOMAN, consent_registry="withdrawn")), day("2024-04-30")) == ()
    )
    assert rows_of(replace(alive, patient=replace(WOMAN, consent_registry="declined")), day("2024-04-30"))


def test_a_patient_without_a_diagnosis_is_listed_with_what_is_needed():
    (row,) = rows_of(PatientRecord(patient=WOMAN), day("2024-04-30"))
    assert row.item.state is State.CANNOT_ASSESS


def test_a_criterion_newly_met_asks_for_the_short_interval_and_suggests_hrct():
    found = holloway.record()
    rows = {row.item.rule: row.item for row in rows_of(found, holloway.TODAY) if row.item.last}
    assert rows["M1"].due == day("2026-09-12")
    assert "HRCT_SUGGESTED" in rows["M5"].flags
    assert rows["RTX-RETREAT"].due == day("2026-02-18")


def test_events_lead_to_prompts():
    cyclophosphamide = TherapyLine(
        id="c", drug="cyclophosphamide_po", start=PartialDate(2020, 1), stop=PartialDate(2020, 6)
    )
    rituximab = TherapyLine(
        id="r", drug="rituximab", start=PartialDate(2024, 1, 8), infusions=(Infusion(date=day("2024-01-08")),)
    )
    events = (
        AdverseEvent(id="1", onset=PartialDate(2024, 3, 3), term="haematuria"),
        AdverseEvent(id="2", onset=PartialDate(2024, 3, 4), term="seizure", category="neurological"),
        AdverseEvent(id="3", onset=PartialDate(2024, 3, 5), term="headache"),
    )
    made = record(therapy=(cyclophosphamide, rituximab), adverse_events=events)
    facts = due_facts(made, day("2024-04-01"))
    assert (facts.haematuria_on, facts.neurological_on) == (day("2024-03-03"), day("2024-03-04"))
    states = by_rule(made, "2024-04-01")
    assert states["CYC-CYSTOSCOPY"] == states["RTX-PML"] == [State.PROMPT]


def test_worse_symptoms_count_until_a_later_statement_or_another_reason():
    def worse(*visits) -> dt.date | None:
        return due_facts(record(visits=visits), day("2024-09-01")).worse_on

    assert worse(symptom("2024-08-01", "worse")) == day("2024-08-01")
    assert worse(symptom("2024-08-01", "worse"), symptom("2024-08-20", "stable")) is None
    assert worse(symptom("2024-08-01", "worse", alternative_explanation=True)) is None
    assert worse(symptom("2023-08-01", "worse")) is None


def test_a_drug_that_the_list_lacks_is_read_from_the_note():
    other = TherapyLine(id="o", drug="other", start=PartialDate(2024), note="Allopurinol 100 mg for gout")
    aza = TherapyLine(id="a", drug="azathioprine", start=PartialDate(2024, 2, 1))
    assert by_rule(record(therapy=(other, aza)), "2024-05-01")["AZA-XO"] == [State.WARNING]


def test_the_work_list_holds_everybody_and_the_most_urgent_first(desk: Desk):
    for mrn in ("T-1", "T-0"):
        patient = Patient(id=new_id(), mrn=mrn, family_name="Invented")
        test = pft("2025-09-01", fvc_l="2.4", id=new_id())
        views = (replace(SSC, id=new_id()),)
        fill(desk, PatientRecord(patient=patient, diagnoses=views, tests=(test,)))
    rows = work_list(desk)
    assert {row.mrn for row in rows} == {"T-0", "T-1"}
    assert [row.item.urgency for row in rows] == sorted(row.item.urgency for row in rows)
    assert all(row.name for row in rows)
    assert work_list(desk, day("2020-01-01")) != rows


def test_a_table_of_the_clinic_is_read_or_refused_in_words(tmp_path: Path):
    table = tmp_path / "rules.csv"
    table.write_text(default_table(), encoding="utf-8")
    assert len(read_rules(table)) == len(read_rules())
    table.write_text("id\nM1\n", encoding="utf-8")
    with pytest.raises(RefusedError, match="lacks the columns"):
        read_rules(table)
    table.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RefusedError, match="UTF-8"):
        read_rules(table)
    with pytest.raises(RefusedError, match="ERS_EULAR_2025"):
        read_rules(None, "ERS")
    assert len(read_rules(None, "ERS_EULAR_2025")) == 0
