"""Visits, scans and adverse events: saved, changed, removed, undone; and who may do what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Hrct,
    HrctResult,
    Infusion,
    Patient,
    PatientRecord,
    Pft,
    SymptomChange,
    TherapyLine,
    Visit,
)
from ctdild_desktop.services import adverse_events, hrct, patients, pft, therapy, visits
from ctdild_desktop.services.desk import Change, Desk, RefusedError, Role, new_id
from tests.support import holloway
from tests.support.desks import as_user, fill

PATIENT_ID = holloway.patient().id
SIGN = "traction_bronchiectasis_increased"


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A registry that holds one full history."""
    fill(desk, holloway.record())
    return desk


def test_a_visit_that_completes_a_criterion_says_so(filled: Desk) -> None:
    done = visits.record_visit(
        filled,
        PATIENT_ID,
        Visit(
            id="",
            date=holloway.TODAY,
            symptom_change=SymptomChange.WORSE,
            alternative_explanation=False,
        ),
    )
    assert done.message == "Saved visit 12.03.2026. Now MET: PPF 2022."
    assert done.changes.kinds == {Change.VISIT}
    assert done.undo is not None
    assert done.undo().message == "Undone: visit 12.03.2026."


def test_a_scan_that_shows_progression_completes_the_criterion_too(filled: Desk) -> None:
    scan = Hrct(
        id="",
        date=dt.date(2026, 3, 1),
        fibrosis=True,
        result=HrctResult.PROGRESSION,
        signs=(SIGN,),
        compared_with=dt.date(2024, 11, 18),
        alternative_explanation=False,
    )
    done = hrct.record_hrct(filled, PATIENT_ID, scan)
    assert done.message == "Saved HRCT 01.03.2026. Now MET: PPF 2022."
    changed = hrct.amend_hrct(filled, replace(done.value, signs=(), result=HrctResult.STABLE))
    assert changed.message == "Changed HRCT 01.03.2026. No longer MET: PPF 2022 (NOT MET)."
    removed = hrct.remove_hrct(filled, done.value.id, "another patient's")
    assert len(patients.load(filled, PATIENT_ID).hrct) == 4
    assert removed.undo is not None
    removed.undo()
    assert patients.load(filled, PATIENT_ID).hrct[-1].result is HrctResult.STABLE


def test_an_adverse_event_keeps_its_suspected_line_and_grade(filled: Desk) -> None:
    line = holloway.therapy()[3].id
    event = AdverseEvent(
        id="",
        onset=PartialDate(2026, 2),
        term="lung_infection",
        grade=3,
        serious=True,
        suspected_lines=(line,),
    )
    done = adverse_events.record_adverse_event(
        filled, PATIENT_ID, event, confirmed={"seriousness", "serious"}
    )
    assert done.message == "Saved Lung infection grade 3, 02.2026."
    assert done.value.suspected_lines == (line,)
    changed = adverse_events.amend_adverse_event(
        filled, replace(done.value, grade=2), confirmed={"seriousness", "serious"}
    )
    assert changed.undo is not None
    assert changed.undo().value.grade == 3
    adverse_events.remove_adverse_event(filled, done.value.id, "entered twice")
    assert len(patients.load(filled, PATIENT_ID).adverse_events) == 7


def test_a_date_to_come_is_refused_at_its_field(filled: Desk) -> None:
    tomorrow = holloway.TODAY + dt.timedelta(days=1)
    for act in (
        lambda: visits.record_visit(filled, PATIENT_ID, Visit(id="", date=tomorrow)),
        lambda: hrct.record_hrct(filled, PATIENT_ID, Hrct(id="", date=tomorrow)),
    ):
        with pytest.raises(RefusedError) as caught:
            act()
        assert [issue.field for issue in caught.value.issues] == ["date"]
    assert patients.load(filled, PATIENT_ID) == holloway.record()


def test_removing_needs_a_reason(filled: Desk) -> None:
    with pytest.raises(RefusedError, match="Say why"):
        visits.remove_visit(filled, holloway.visits()[0].id, " ")


def test_a_record_of_nobody_is_refused(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="no longer in the registry"):
        visits.record_visit(desk, new_id(), Visit(id="", date=holloway.TODAY))
    with pytest.raises(RefusedError, match="no longer in the registry"):
        visits.amend_visit(desk, Visit(id=new_id(), date=holloway.TODAY))
    with pytest.raises(RefusedError, match="no longer in the registry"):
        pft.remove_pft(desk, new_id(), "why")


Act = Callable[[Desk], Any]
_LINE = holloway.therapy()[2]
_ACTS: dict[str, tuple[Act, tuple[Role, ...]]] = {
    "add_patient": (
        lambda desk: patients.add_patient(desk, Patient(id="", mrn="N-1")),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "edit_patient": (
        lambda desk: patients.edit_patient(desk, holloway.patient()),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "remove_patient": (
        lambda desk: patients.remove_patient(desk, PATIENT_ID, "why"),
        (Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "record_diagnosis": (
        lambda desk: patients.record_diagnosis(
            desk, PATIENT_ID, Diagnosis(id="", date=PartialDate(2024), ctd="SSc")
        ),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "record_visit": (
        lambda desk: visits.record_visit(desk, PATIENT_ID, Visit(id="", date=dt.date(2026, 1, 5))),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "record_hrct": (
        lambda desk: hrct.record_hrct(desk, PATIENT_ID, Hrct(id="", date=dt.date(2026, 1, 5))),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "record_adverse_event": (
        lambda desk: adverse_events.record_adverse_event(
            desk, PATIENT_ID, AdverseEvent(id="", onset=PartialDate(2025), term="nausea", grade=1)
        ),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "start_line": (
        lambda desk: therapy.start_line(
            desk, PATIENT_ID, TherapyLine(id="", drug="nintedanib", start=PartialDate(2025))
        ),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "change_dose": (
        lambda desk: therapy.change_dose(desk, _LINE.id, PartialDate(2026, 1), Decimal(1)),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "add_infusion": (
        lambda desk: therapy.add_infusion(desk, _LINE.id, Infusion(date=dt.date(2026, 1, 5))),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
    "remove_pft": (
        lambda desk: pft.remove_pft(desk, holloway.pfts()[0].id, "why"),
        (Role.RECORDER, Role.CLINICIAN, Role.COORDINATOR, Role.ADMINISTRATOR),
    ),
}


@pytest.mark.parametrize("role", list(Role))
def test_every_act_asks_for_its_role(filled: Desk, role: Role) -> None:
    person = as_user(filled, role.value, role.value, role.value)
    for name, (act, allowed) in _ACTS.items():
        if role in allowed:
            done = act(person)
            assert done.undo is not None, name
            done.undo()
        else:
            with pytest.raises(RefusedError, match=f"Your role \\({role.value}\\)"):
                act(person)
    loaded = patients.load(filled, PATIENT_ID)
    assert len(loaded.tests) == 15
    assert len(loaded.visits) == 16


def test_everybody_may_read(filled: Desk) -> None:
    viewer = as_user(filled, "v", "V", "viewer")
    assert patients.load(viewer, PATIENT_ID) == holloway.record()
    assert isinstance(next(patients.load_all(viewer)), PatientRecord)
    assert isinstance(patients.load(viewer, PATIENT_ID).tests[0], Pft)
