"""The work list of a day: exact rows from records made by hand, expected from the rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Action,
    Decision,
    Diagnosis,
    Infusion,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    TherapyLine,
    Visit,
)
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import drafts, today
from ctdild_desktop.services.demo import invent
from ctdild_desktop.services.desk import Desk, Role, new_id
from ctdild_desktop.services.leisure import at_leisure
from ctdild_desktop.services.today_rows import Group, Place, State, TodayRow, person_of, rows_of
from ctdild_desktop.services.today_team import action_row
from tests.support import holloway
from tests.support.desks import as_user, fill, in_a_file
from tests.support.people import day, pft, scan, symptom

TODAY = dt.date(2026, 3, 12)
VIEW = Diagnosis(id="d", date=PartialDate(2020, 1, 5), ctd="ASyS", ild_diagnosed=PartialDate(2020, 1, 5))


def person(mrn: str = "T-1", name: str = "Quill", **values: Any) -> Patient:
    made = {
        "id": new_id(),
        "mrn": mrn,
        "family_name": name,
        "given_name": "Invented",
        "sex": Sex.FEMALE,
        "birth_date": PartialDate(1962, 4, 10),
        "height_cm": Decimal(165),
    }
    return Patient(**{**made, **values})


def record(*tests: Pft, patient: Patient | None = None, **values: Any) -> PatientRecord:
    """An invented woman with antisynthetase syndrome and ILD since 2020."""
    values = {"diagnoses": (VIEW,), **values}
    return PatientRecord(patient=patient or person(), tests=tests, **values)


def stored(made: PatientRecord) -> PatientRecord:
    """The record with ids as the registry wants them."""

    def named(parts: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(part, id=new_id()) for part in parts)

    lists = ("diagnoses", "visits", "appointments", "tests", "hrct", "therapy")
    return replace(made, **{name: named(getattr(made, name)) for name in lists})


def of_group(rows: tuple[TodayRow, ...], group: Group) -> list[TodayRow]:
    return [row for row in rows if row.group is group]


def whole(date: str, fvc: str, **values: Any) -> Pft:
    """A complete test, so that nothing but what a test of this file is about is due."""
    values = {"tlc_l": "3.9", "spo2_nadir": "91", "weight_kg": "61", **values}
    return pft(
        date,
        **{
            "fvc_l": "2.4",
            "fvc_pct_pred": fvc,
            "dlco": "12",
            "dlco_pct_pred": "55",
            "dlco_hb_corrected": True,
            "reference_set": "GLI2012",
            **values,
        },
    )


# what was met


def test_a_criterion_newly_met_names_the_two_tests_and_the_numbers():
    """72.85 to 64.38 % is −11.6 %, from 09.12.2024 to 12.03.2026: computed apart from the program."""
    (row,) = of_group(rows_of(holloway.record(), holloway.TODAY), Group.PROGRESSION)
    assert row.reason == "FVC 72.8 → 64.4 %, −11.6 % in 15 months: FVC fall > 10 % and 3 more"
    assert (row.state, row.days, row.due) == (State.NEW, 0, holloway.TODAY)
    assert row.place is Place.PATIENT
    assert (row.person.name, row.person.mrn) == ("HOLLOWAY, Ingrid", "DEMO-0417")
    assert row.person.birth_date == PartialDate(1970, 9, 18)
    assert row.person.disease.startswith("ASyS, ")
    assert any("09.12.2024" in line for line in row.detail)


def test_what_the_test_before_met_too_is_not_new():
    tests = (whole("2025-03-10", "80"), whole("2025-10-06", "70"), whole("2026-03-09", "69.5"))
    assert of_group(rows_of(record(*tests[:2]), day("2025-10-06")), Group.PROGRESSION)
    assert not of_group(rows_of(record(*tests), TODAY), Group.PROGRESSION)


def test_what_was_met_more_than_a_year_ago_is_no_news():
    made = record(whole("2024-01-10", "80"), whole("2024-08-05", "70"))
    assert of_group(rows_of(made, day("2025-08-05")), Group.PROGRESSION)
    assert not of_group(rows_of(made, day("2025-08-06")), Group.PROGRESSION)


@pytest.mark.parametrize(
    ("as_of", "state", "days"),
    [
        ("2026-03-30", State.LATER, 0),
        ("2026-03-31", State.OPEN, 0),
        ("2026-05-26", State.OPEN, 0),
        ("2026-05-27", State.OVERDUE, 1),
    ],
)
def test_a_test_to_confirm_is_asked_for_from_the_4th_to_the_12th_week(as_of, state, days):
    """The fall is 12.5 % and only 0.12 L, which lies within the repeatability of 0.150 L."""
    made = record(whole("2025-09-01", "80", fvc_l="2.40"), whole("2026-03-03", "70", fvc_l="2.28"))
    (row,) = of_group(rows_of(made, day(as_of)), Group.CONFIRM)
    assert (row.opens, row.due) == (day("2026-03-31"), day("2026-05-26"))
    assert (row.state, row.days) == (state, days)
    assert row.reason == "FVC 80.0 → 70.0 %, −12.5 % in 6 months: the change of FVC is not more than 0.150 L"
    assert row.place is Place.LOG_PFT


def test_a_large_fall_in_litres_needs_no_second_test():
    made = record(whole("2025-09-01", "80", fvc_l="2.40"), whole("2026-03-03", "70", fvc_l="2.10"))
    rows = rows_of(made, TODAY)
    assert of_group(rows, Group.PROGRESSION)
    assert not of_group(rows, Group.CONFIRM)


# what is due


def test_a_pft_and_a_symptom_visit_overdue_are_two_rows_the_longer_overdue_first():
    """Stable: PFT after at most 12 months, so due on 10.02.2026; symptoms after 6, so due on 10.08.2025."""
    made = record(whole("2025-02-10", "80"), visits=(symptom("2025-02-10", "stable"),))
    rows = of_group(rows_of(made, TODAY), Group.DUE)
    assert [(row.place, row.state, row.days) for row in rows] == [
        (Place.VISIT, State.OVERDUE, 214),
        (Place.LOG_PFT, State.OVERDUE, 30),
    ]
    assert rows[1].due == day("2026-02-10")
    assert rows[1].reason.startswith("PFT (spirometry, lung volumes, DLCO), last 10.02.2025")
    assert rows[1].ask == "PFT overdue 30 d"


def test_bloods_of_a_running_drug_are_due_and_screens_before_it_are_what_the_record_lacks():
    line = TherapyLine(id="m", drug="azathioprine", start=PartialDate(2026, 1, 19))
    rows = rows_of(record(whole("2026-03-02", "80"), therapy=(line,)), TODAY)
    (bloods,) = (row for row in of_group(rows, Group.DUE) if row.place is Place.BLOODS)
    assert bloods.state is State.NEVER
    assert bloods.reason == "Safety bloods (azathioprine), no result on record"
    (lacking,) = (row for row in of_group(rows, Group.INCOMPLETE) if row.key == "never")
    assert "TPMT" in lacking.reason
    assert "HBsAg" in lacking.reason
    assert lacking.state is State.UNRECORDED


def test_a_suggested_scan_opens_the_scan():
    made = record(
        whole("2026-03-02", "80"),
        visits=(symptom("2026-03-02", "worse"),),
        hrct=(scan("2025-01-10", "stable", fibrosis=False),),
    )
    (row,) = (row for row in of_group(rows_of(made, TODAY), Group.DUE) if row.place is Place.HRCT)
    assert row.state is State.SUGGESTED
    assert row.reason == "HRCT, last 10.01.2025: Symptoms worse on 02.03.2026"


def rituximab(*infusions: str) -> PatientRecord:
    given = tuple(Infusion(date=day(on)) for on in infusions)
    line = TherapyLine(id="r", drug="rituximab", start=PartialDate.parse(infusions[0]), infusions=given)
    return record(whole("2026-03-02", "80"), therapy=(line,))


@pytest.mark.parametrize(
    ("infusions", "state", "days", "reason"),
    [
        (("2025-08-04", "2025-08-18"), State.OVERDUE, 22, "last infusion 18.08.2025, 6.8 months"),
        (("2025-08-22", "2025-09-05"), State.DUE, 7, "last infusion 05.09.2025, 6.2 months"),
    ],
)
def test_the_decision_on_rituximab_is_due_six_months_after_the_last_infusion(infusions, state, days, reason):
    rows = of_group(rows_of(rituximab(*infusions), TODAY), Group.RITUXIMAB)
    (row,) = (row for row in rows if row.key == "RTX-RETREAT")
    assert (row.state, row.days, row.place) == (state, days, Place.THERAPY)
    assert row.reason == f"Re-treatment decision: {reason}"


def test_hepatitis_b_never_recorded_before_rituximab_comes_first():
    rows = of_group(rows_of(rituximab("2026-02-02", "2026-02-16"), TODAY), Group.DUE)
    assert rows[0].state is State.GATE
    assert rows[0].reason == "Before rituximab: hepatitis B, no result on record"


# what is incomplete, and who has to do what


def test_an_incomplete_record_says_what_is_missing():
    bare = PatientRecord(patient=person(birth_date=None, height_cm=None))
    (row,) = of_group(rows_of(bare, TODAY), Group.INCOMPLETE)
    assert row.reason == "Not recorded: birth date, height, diagnosis"
    assert row.place is Place.DETAILS
    (only,) = of_group(rows_of(PatientRecord(patient=person()), TODAY), Group.INCOMPLETE)
    assert only.place is Place.DIAGNOSIS


def test_a_dlco_without_haemoglobin_names_its_test():
    made = record(whole("2026-03-03", "80", dlco_hb_corrected=False))
    (row,) = (row for row in of_group(rows_of(made, TODAY), Group.INCOMPLETE) if row.place is Place.TEST)
    assert row.reason == "PFT 03.03.2026: Hb missing, DLCO cannot be corrected"
    assert (row.record_id, row.days) == (made.tests[0].id, 9)
    told = record(whole("2026-03-03", "80", dlco_hb_corrected=False, hb_g_l="128"))
    assert all(row.place is not Place.TEST for row in rows_of(told, TODAY))


@pytest.mark.parametrize(
    ("due", "state", "days"),
    [
        ("2026-01-30", State.OVERDUE, 41),
        ("2026-03-12", State.DUE, 0),
        ("2026-03-20", State.OPEN, 0),
        (None, State.OPEN, 0),
    ],
)
def test_an_action_of_the_team_is_overdue_from_the_day_after_its_date(due, state, days):
    action = Action(
        id="a",
        decision_id="x",
        what="Echocardiogram",
        owner="Dr Croft",
        due=None if due is None else day(due),
    )
    row = action_row(action, person_of(record(), TODAY), TODAY)
    assert (row.reason, row.state, row.days) == ("Echocardiogram (Dr Croft)", state, days)


def test_only_open_actions_are_listed():
    actions = tuple(
        Action(id=status, decision_id="x", what=status, status=status)
        for status in ("open", "done", "cancelled")
    )
    rows = of_group(rows_of(record(actions=actions), TODAY), Group.ACTIONS)
    assert [row.reason for row in rows] == ["open"]


@pytest.mark.parametrize(
    ("signed", "next_date", "expected"),
    [
        ("amsel", "2026-03-12", [(State.OPEN, 0)]),
        ("amsel", "2026-03", [(State.OPEN, 0)]),
        ("amsel", "2026-02", [(State.OVERDUE, 12)]),
        ("amsel", "2026-03-13", []),
        ("", "2026-02", []),
    ],
)
def test_whom_the_team_wanted_to_discuss_again_is_listed_from_that_day(signed, next_date, expected):
    decision = Decision(
        id="d",
        meeting_id="m",
        patient_id="p",
        date=day("2025-09-18"),
        question="Worse?",
        signed_by=signed,
        next_date=PartialDate.parse(next_date),
    )
    rows = of_group(rows_of(record(decisions=(decision,)), TODAY), Group.ACTIONS)
    assert [(row.state, row.days) for row in rows] == expected
    again = replace(decision, id="e", date=day("2026-03-19"), signed_by="", next_date=None)
    assert of_group(rows_of(record(decisions=(decision, again)), TODAY), Group.ACTIONS) == []


def test_nobody_who_died_or_withdrew_is_listed():
    made = record(whole("2025-02-10", "80"))
    assert rows_of(made, TODAY)
    for gone in ({"death_date": PartialDate(2026, 2)}, {"consent_registry": "withdrawn"}):
        assert rows_of(replace(made, patient=replace(made.patient, **gone)), TODAY) == ()


# the list of everybody


def test_the_list_says_of_everybody_what_each_record_says(desk: Desk) -> None:
    fallen = stored(
        record(whole("2025-09-01", "80"), whole("2026-03-03", "70"), patient=person("T-2", "Ash"))
    )
    overdue = stored(record(whole("2025-02-10", "80"), patient=person("T-1", "Birch")))
    bare = PatientRecord(patient=person("T-3", "Cedar", birth_date=None))
    fill(desk, fallen, overdue, bare)
    found = today.work_list(desk)
    assert found.day == TODAY
    for made in (fallen, overdue, bare):
        assert found.patients[made.patient.id].rows == rows_of(made, TODAY)
        assert today.of_patient(desk, made.patient.id) == found.patients[made.patient.id]
    assert [row.person.mrn for row in found.groups[Group.PROGRESSION]] == ["T-2"]
    for rows in found.groups.values():
        assert [row.urgency for row in rows] == sorted(row.urgency for row in rows)
    assert found.count == sum(len(rows) for rows in found.groups.values())
    reading = today.begin(desk)
    assert sorted(reading.ids) == sorted(made.patient.id for made in (fallen, overdue, bare))
    known = today.look_ahead(desk, reading, reading.ids)
    assert today.of_news(reading.ids, known)[0] == fallen.patient.id
    assert today.next_meeting(desk) is None


@in_a_file
def test_everybody_in_pieces_is_everybody_in_one_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(desk, *(stored(replace(made, procedures=(), consents=(), attachments=())) for made in invent(9, 4)))
    whole_list = today.work_list(desk)
    assert whole_list.count > 9
    for pieces in (1, 4):
        monkeypatch.setattr(today, "AHEAD", pieces)
        monkeypatch.setattr(today, "_TOGETHER", 2)
        assert today.work_list(desk).groups == whole_list.groups
        assert today.work_list(desk).clinics == whole_list.clinics
    reading = today.begin(desk)
    without = today.read_some(desk, reading, reading.ids)
    assert today.Today(reading.day).with_patients(without).groups == whole_list.groups


@in_a_file
@pytest.mark.parametrize("piece", ["look_ahead", "read_some"])
def test_locking_interrupts_the_reading_and_leaves_nothing_open(desk: Desk, piece: str) -> None:
    fill(desk, *(PatientRecord(patient=person(f"T-{one}")) for one in range(25)))
    reading = today.begin(desk)
    pauses: list[float] = []

    def locked_at_the_third_pause(_waited_s: float) -> bool:
        pauses.append(_waited_s)
        if len(pauses) == 3:
            desk.close()
        return len(pauses) != 3

    with at_leisure(locked_at_the_third_pause), pytest.raises(RegistryError, match="locked"):
        getattr(today, piece)(desk, reading, reading.ids)
    assert len(pauses) == 3
    assert desk.registry.backend._open == {}  # type: ignore[attr-defined]
    with pytest.raises(RegistryError, match="locked"):
        today.look_ahead(desk, reading, reading.ids)


@in_a_file
def test_only_who_was_changed_is_read_again(desk: Desk) -> None:
    made = stored(record(whole("2025-02-10", "80")))
    other = PatientRecord(patient=person("T-3", "Cedar", birth_date=None))
    fill(desk, made, other)
    before = today.work_list(desk)
    with desk.registry.write(desk.login) as session:
        later = replace(whole("2026-03-10", "80", entered=2), id=new_id())
        desk.store.insert_many(session, made.patient.id, (later,))
    again = today.of_patient(desk, made.patient.id)
    assert again is not None
    after = before.with_patients([again])
    assert after.groups == today.work_list(desk).groups
    assert before.groups != after.groups
    assert {row.person.mrn for rows in after.without(made.patient.id).groups.values() for row in rows} == {
        "T-3"
    }
    assert today.of_patient(desk, new_id()) is None


@in_a_file
def test_the_clinic_of_the_day_says_who_comes_and_what_to_ask(desk: Desk) -> None:
    planned = Visit(id=new_id(), date=TODAY, status="planned")
    coming = stored(
        record(whole("2025-02-10", "80"), patient=person("T-1", "Birch"), appointments=(planned,))
    )
    seen = stored(record(patient=person("T-2", "Ash"), visits=(symptom("2026-03-12", "stable"),)))
    named = Visit(id=new_id(), date=day("2026-01-12"), mmrc=1, next_visit=PartialDate(2026, 3, 13))
    tomorrow = stored(record(patient=person("T-3", "Cedar"), visits=(named,)))
    cancelled = replace(planned, id=new_id(), date=day("2026-03-13"), status="cancelled")
    away = stored(record(patient=person("T-4", "Dogwood"), visits=(named,), appointments=(cancelled,)))
    fill(desk, coming, seen, tomorrow, away)
    first, second = today.work_list(desk).clinics
    assert (first.day, first.done) == (TODAY, 1)
    assert [(row.person.mrn, row.done) for row in first.rows] == [("T-1", False), ("T-2", True)]
    assert "PFT overdue 30 d" in first.rows[0].asks
    ash, birch = seen.patient.id, coming.patient.id
    after_ash = first.following(ash)
    assert after_ash is not None
    assert after_ash.person.id == birch
    assert first.following(birch) is None
    assert first.following(tomorrow.patient.id) is None
    assert first.rows[1].asks == ()
    assert second.day == day("2026-03-13")
    assert [row.person.mrn for row in second.rows] == ["T-3"]


@in_a_file
def test_every_role_reads_the_list(desk: Desk) -> None:
    fill(desk, stored(record(whole("2025-02-10", "80"))))
    expected = today.work_list(desk).groups
    for role in Role:
        other = as_user(desk, f"u{role.value}", role.value, role.value)
        assert today.work_list(other).groups == expected


def test_a_draft_is_on_the_list_of_who_typed_it_alone(desk: Desk):
    made = stored(record(whole("2026-03-02", "80")))
    fill(desk, made)
    patient_id = made.patient.id
    drafts.save_draft(desk, "pft", patient_id, {"fvc_l": "2.2"})
    drafts.save_draft(desk, f"visit:{'e' * 32}", patient_id, {"note": "x"})
    drafts.save_draft(desk, "mdt_page", patient_id, {"question": "x"})
    found = today.of_patient(desk, patient_id, desk.today())
    assert found is not None
    kept = [row for row in found.rows if row.place is Place.DRAFT]
    assert [row.record_id for row in kept] == ["test:", f"visit:{'e' * 32}"]
    (listed,) = today.work_list(desk).patients.values()
    assert [row for row in listed.rows if row.place is Place.DRAFT] == kept
    other = today.of_patient(as_user(desk, "brandt", "B. Brandt", "clinician"), patient_id, desk.today())
    assert other is not None
    assert not [row for row in other.rows if row.place is Place.DRAFT]
