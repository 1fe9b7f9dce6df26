"""What was removed is listed with who and why, and comes back as it was, unless its place is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Hrct,
    Patient,
    PatientRecord,
    Pft,
    TherapyLine,
    Visit,
)
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.services import adverse_events, hrct, patients, pft, therapy, visits
from ctdild_desktop.services.acts import find_in
from ctdild_desktop.services.desk import Change, Desk, Done, RefusedError
from ctdild_desktop.services.history import of_patient
from ctdild_desktop.services.removed import (
    removed_patients,
    removed_records,
    restore_removed,
    restore_removed_patient,
)
from tests.support.desks import Clock, as_user, fill
from tests.support.holloway import record as holloway

PATIENT = holloway().patient.id
Removal = Callable[[Desk, str, str], Done[Any]]
KINDS: tuple[tuple[type[Any], Removal, str], ...] = (
    (Diagnosis, patients.remove_diagnosis, "diagnosis Antisynthetase syndrome, "),
    (Visit, visits.remove_visit, "visit "),
    (Pft, pft.remove_pft, "PFT "),
    (Hrct, hrct.remove_hrct, "HRCT "),
    (TherapyLine, therapy.remove_line, "therapy "),
    (AdverseEvent, adverse_events.remove_adverse_event, "adverse event "),
)


@pytest.fixture
def filled(desk: Desk, clock: Clock) -> Desk:
    fill(desk, holloway())
    clock.forward(hours=2)
    return desk


def last_of(desk: Desk, kind: type[Any]) -> Any:
    record = patients.load(desk, PATIENT)
    held = (*record.diagnoses, *record.visits, *record.tests, *record.hrct, *record.therapy)
    return [item for item in (*held, *record.adverse_events) if isinstance(item, kind)][-1]


@pytest.mark.parametrize("case", KINDS, ids=lambda case: case[0].__name__)
def test_a_removed_record_is_listed_and_comes_back_as_it_was(
    filled: Desk, case: tuple[type[Any], Removal, str]
) -> None:
    kind, remove, name = case
    before = patients.load(filled, PATIENT)
    seen = last_of(filled, kind)
    other = as_user(filled, "specht", "T. Specht", "clinician")
    remove(other, seen.id, "entered twice")
    (gone,) = removed_records(filled, PATIENT)
    assert (gone.kind, gone.id, gone.who, gone.reason) == (kind, seen.id, "T. Specht", "entered twice")
    assert gone.name.startswith(name)
    assert gone.at == dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)
    assert gone.values
    assert "entered twice" not in dict(gone.values).values()

    done = restore_removed(filled, kind, seen.id, "was right after all")
    assert done.message.startswith(f"Restored {name}")
    assert done.changes.patient_id == PATIENT
    assert removed_records(filled, PATIENT) == ()
    after = patients.load(filled, PATIENT)
    back = find_in(after, kind, seen.id)
    assert back is not None
    assert back.version > seen.version
    assert without_versions(after) == without_versions(before)
    told = of_patient(filled, PATIENT).entries[0]
    assert (told.items[0].verb, told.reason) == ("restored", "was right after all")

    assert done.undo is not None
    again = done.undo()
    assert [item.id for item in removed_records(filled, PATIENT)] == [seen.id]
    assert again.undo is not None
    again.undo()
    assert removed_records(filled, PATIENT) == ()


def without_versions(record: PatientRecord) -> str:
    """The record in words, without the versions of its parts."""
    import re

    return re.sub(r"version=\d+", "", repr(record))


def test_the_values_of_a_removed_test_are_those_that_were_typed(filled: Desk) -> None:
    pft.remove_pft(filled, last_of(filled, Pft).id, "entered twice")
    (gone,) = removed_records(filled, PATIENT)
    assert gone.name == "PFT 12.03.2026"
    for part in (("FVC", "2.31 L"), ("DLCO", "10.3 mL/min/mmHg"), ("quality grade of FVC", "A")):
        assert part in gone.values, part


def test_the_latest_removal_comes_first_and_parts_of_a_line_are_no_records(
    filled: Desk, clock: Clock
) -> None:
    visits.remove_visit(filled, last_of(filled, Visit).id, "first")
    clock.forward(minutes=1)
    line = next(item for item in patients.load(filled, PATIENT).therapy if item.dose_changes)
    therapy.remove_line(filled, line.id, "second")
    assert [item.reason for item in removed_records(filled, PATIENT)] == ["second", "first"]
    done = restore_removed(filled, TherapyLine, line.id)
    assert done.value.dose_changes == line.dose_changes


def test_what_is_not_removed_cannot_come_back(filled: Desk) -> None:
    seen = last_of(filled, Visit)
    with pytest.raises(RefusedError, match=r"The visit 12\.03\.2026 is not removed any more"):
        restore_removed(filled, Visit, seen.id)
    with pytest.raises(RefusedError, match="no longer in the registry"):
        restore_removed(filled, Visit, "f" * 32)
    with pytest.raises(RefusedError, match="not removed any more"):
        restore_removed_patient(filled, PATIENT)
    with pytest.raises(RefusedError, match="no longer in the registry"):
        restore_removed_patient(filled, "f" * 32)


def test_a_record_of_a_removed_patient_waits_for_the_patient(filled: Desk) -> None:
    seen = last_of(filled, Visit)
    visits.remove_visit(filled, seen.id, "entered twice")
    patients.remove_patient(filled, PATIENT, "registered twice")
    with pytest.raises(RefusedError, match="patient is no longer"):
        restore_removed(filled, Visit, seen.id)
    restore_removed_patient(filled, PATIENT)
    assert restore_removed(filled, Visit, seen.id).value.id == seen.id


def test_a_removed_patient_comes_back_with_everything(filled: Desk) -> None:
    before = patients.load(filled, PATIENT)
    patients.remove_patient(filled, PATIENT, "registered twice")
    (gone,) = removed_patients(filled)
    assert (gone.kind, gone.id, gone.name) == (Patient, PATIENT, "HOLLOWAY, Ingrid (DEMO-0417)")
    assert (gone.who, gone.reason) == ("R. Amsel", "registered twice")
    done = restore_removed_patient(filled, PATIENT, "was another person")
    assert done.message == "Restored patient HOLLOWAY, Ingrid (DEMO-0417)."
    assert Change.PATIENT in done.changes.kinds
    assert without_versions(patients.load(filled, PATIENT)) == without_versions(before)
    assert removed_patients(filled) == ()
    assert done.undo is not None
    done.undo()
    assert [item.id for item in removed_patients(filled)] == [PATIENT]


def test_a_patient_whose_mrn_was_given_to_somebody_else_stays_removed(filled: Desk) -> None:
    patients.remove_patient(filled, PATIENT, "registered twice")
    patients.add_patient(filled, Patient(id="", mrn="DEMO-0417", family_name="Other"))
    with pytest.raises(RefusedError, match="The MRN DEMO-0417 belongs to another patient by now"):
        restore_removed_patient(filled, PATIENT)
    assert [item.id for item in removed_patients(filled)] == [PATIENT]


def test_an_mrn_that_is_taken_while_the_patient_comes_back_is_one_sentence(
    filled: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    patients.remove_patient(filled, PATIENT, "registered twice")
    patients.add_patient(filled, Patient(id="", mrn="DEMO-0417", family_name="Other"))
    monkeypatch.setattr(filled.store.lists, "id_of_mrn", lambda _session, _mrn: None)
    with pytest.raises(RegistryError, match="This MRN is already in the registry"):
        restore_removed_patient(filled, PATIENT)
    assert [item.id for item in removed_patients(filled)] == [PATIENT]


def test_a_viewer_sees_what_was_removed_and_brings_nothing_back(filled: Desk) -> None:
    seen = last_of(filled, Visit)
    visits.remove_visit(filled, seen.id, "entered twice")
    viewer = as_user(filled, "lindt", "L. Lindt", "viewer")
    assert len(removed_records(viewer, PATIENT)) == 1
    with pytest.raises(RefusedError, match="viewer"):
        restore_removed(viewer, Visit, seen.id)
    recorder = as_user(filled, "meise", "B. Meise", "recorder")
    with pytest.raises(RefusedError, match="bringing a patient back"):
        restore_removed_patient(recorder, PATIENT)
