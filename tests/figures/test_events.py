"""Marks below the lanes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import AdverseEvent, Decision
from ctdild_desktop.figures.events import adverse_event_mark, adverse_now, build_events, other_now
from ctdild_desktop.figures.scene import EventKind
from tests.support.holloway import TODAY, record, therapy

MARKS = build_events(record(), TODAY)


def test_every_event_scan_admission_and_mdt_view_has_one_mark() -> None:
    kinds = [mark.kind for mark in MARKS]
    assert [kinds.count(kind) for kind in EventKind] == [7, 4, 1, 1]
    assert [mark.date for mark in MARKS] == sorted(mark.date for mark in MARKS)


def test_grave_and_running_events_carry_their_name() -> None:
    named = [mark.label for mark in MARKS if mark.kind is EventKind.ADVERSE_EVENT and mark.label]
    assert named == ["Lung infection", "Hypogammaglobulinaemia"]
    running = next(mark for mark in MARKS if mark.label == "Hypogammaglobulinaemia")
    assert running.ongoing_until == TODAY
    assert running.grade == 1


def test_a_scan_says_better_same_or_worse_only_when_compared() -> None:
    assert [mark.label for mark in MARKS if mark.kind is EventKind.HRCT] == ["", "better", "worse", "same"]


def test_the_read_out_names_grade_course_and_suspected_drug() -> None:
    mark = next(mark for mark in MARKS if mark.serious)
    assert (
        mark.read_out
        == "Lung infection, grade 3, serious, 06.02.2023, until 27.02.2023, suspected Mycophenolate mofetil"
    )


def test_an_event_known_to_the_year_stands_in_its_middle_with_its_span() -> None:
    event = AdverseEvent(id="e", onset=PartialDate(2020), term="nausea")
    mark = adverse_event_mark(event, therapy(), TODAY)
    assert mark.uncertain == (dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert mark.date == dt.date(2020, 7, 1)
    assert mark.grade is None


def test_an_event_with_neither_end_nor_word_is_not_said_to_go_on() -> None:
    event = AdverseEvent(id="e", onset=PartialDate(2020), term="nausea", ongoing=None)
    assert adverse_event_mark(event, (), TODAY).ongoing_until is None


def test_the_now_texts_count_what_goes_on() -> None:
    patient = record()
    assert adverse_now(patient, TODAY) == "1 ongoing"
    assert adverse_now(replace(patient, adverse_events=patient.adverse_events[:3]), TODAY) == "none ongoing"
    assert adverse_now(replace(patient, adverse_events=()), TODAY) == "none recorded"
    assert other_now(patient, TODAY) == "CT 11.2024"
    assert other_now(replace(patient, hrct=()), TODAY) == "no CT recorded"
    assert other_now(patient, TODAY, dt.date(2026, 3, 19)) == "MDT 19.03.2026"


def test_a_meeting_to_come_is_planned() -> None:
    planned = [mark for mark in build_events(record(), TODAY, dt.date(2026, 3, 19)) if mark.planned]
    assert [(mark.kind, mark.date) for mark in planned] == [(EventKind.MDT, dt.date(2026, 3, 19))]


def test_a_signed_decision_has_one_mark_from_the_day_after_the_meeting() -> None:
    made = Decision(
        id="d",
        meeting_id="m",
        patient_id="p",
        date=dt.date(2025, 12, 18),
        question="Worse?",
        team_verdict="progressing",
        recommendations=("more_tests",),
        signed_by="amsel",
    )
    view = next(one for one in record().diagnoses if one.basis == "MDT")
    same_day = replace(view, date=PartialDate(2025, 12, 18))
    patient = replace(record(), decisions=(made, replace(made, id="e", date=TODAY)), diagnoses=(same_day,))
    marks = [mark for mark in build_events(patient, TODAY) if mark.kind is EventKind.MDT]
    assert [mark.read_out for mark in marks] == ["MDT 18.12.2025, progressing, more tests"]
    draft = replace(patient, decisions=(replace(made, signed_by=""),), diagnoses=())
    assert not [mark for mark in build_events(draft, TODAY) if mark.kind is EventKind.MDT]


def test_nothing_after_today_is_shown() -> None:
    assert all(mark.date <= dt.date(2023, 1, 1) for mark in build_events(record(), dt.date(2023, 1, 1)))
