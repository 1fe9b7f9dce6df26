"""Registering and finding patients."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Diagnosis, Patient, PatientRecord, Pft, Sex
from ctdild_desktop.services import lists, patients, pft
from ctdild_desktop.services.desk import Change, Desk, RefusedError, StaleError, new_id
from tests.support import holloway
from tests.support.desks import Clock, as_user, fill


def _patient(
    mrn: str, family: str = "", given: str = "", born: str | None = None, sex: Sex | None = None
) -> Patient:
    birth = PartialDate.parse(born) if born else None
    return Patient(id=new_id(), mrn=mrn, family_name=family, given_name=given, birth_date=birth, sex=sex)


def _mrns(desk: Desk, text: str) -> list[str]:
    return [hit.mrn for hit in patients.find(desk, text)]


def test_a_patient_is_added_with_a_message_a_change_and_an_undo(desk: Desk) -> None:
    done = patients.add_patient(desk, replace(_patient("M-1", " Müller ", "Jana  Eva"), id=""))
    assert done.value.family_name == "Müller"
    assert done.value.given_name == "Jana Eva"
    assert len(done.value.id) == 32
    assert done.message == "Added patient MÜLLER, Jana Eva."
    assert done.changes.kinds == {Change.PATIENT}
    assert done.changes.patient_id == done.value.id
    assert _mrns(desk, "muller") == ["M-1"]
    assert done.undo is not None
    undone = done.undo()
    assert undone.message == "Undone: patient MÜLLER, Jana Eva."
    assert _mrns(desk, "muller") == []
    assert patients.by_mrn(desk, "M-1") is None
    assert undone.undo is not None
    undone.undo()
    assert patients.by_mrn(desk, "M-1") == PatientRecord(patient=replace(done.value, version=3))


def test_only_the_mrn_is_needed_and_the_rest_is_said_to_be_missing(desk: Desk) -> None:
    done = patients.add_patient(desk, _patient("M-1"))
    assert done.message == "Added patient M-1."
    (summary,) = patients.list_patients(desk)
    assert summary.missing == ("surname", "birth date", "sex", "height", "diagnosis")
    (hit,) = patients.find(desk, "m-1")
    assert hit.incomplete
    assert hit.name == ""


def test_an_mrn_belongs_to_one_patient(desk: Desk) -> None:
    patients.add_patient(desk, _patient("M-1"))
    with pytest.raises(RefusedError, match="The MRN M-1 belongs to another patient") as caught:
        patients.add_patient(desk, _patient("M-1"))
    assert [issue.field for issue in caught.value.issues] == ["mrn"]
    assert patients.count(desk) == 1


def test_a_twin_is_asked_about_once(desk: Desk) -> None:
    first = _patient("M-1", "Müller", "Jana", "1970-09-18", Sex.FEMALE)
    patients.add_patient(desk, first)
    twin = replace(first, id=new_id(), mrn="M-2", family_name="MULLER")
    with pytest.raises(RefusedError, match="is registered: MRN M-1") as caught:
        patients.add_patient(desk, twin)
    assert [issue.code for issue in caught.value.issues] == ["TWIN"]
    assert patients.add_patient(desk, twin, confirmed={"family_name"}).value.mrn == "M-2"


def test_the_same_name_with_another_birth_date_is_another_person(desk: Desk) -> None:
    patients.add_patient(desk, _patient("M-1", "Müller", "Jana", "1970-09-18", Sex.FEMALE))
    other = _patient("M-2", "Müller", "Jana", "1981-01-02", Sex.FEMALE)
    patients.add_patient(desk, other)
    assert [hit.mrn for hit in patients.same_names(desk, other)] == ["M-1"]
    assert patients.same_names(desk, _patient("M-3")) == ()
    assert patients.same_names(desk, _patient("M-3", "Mull")) == ()


def test_an_undone_patient_leaves_the_mrn_free_and_cannot_then_come_back(desk: Desk) -> None:
    undone = patients.add_patient(desk, _patient("M-1")).undo
    assert undone is not None
    restore = undone().undo
    assert restore is not None
    patients.add_patient(desk, _patient("M-1", "Other"))
    with pytest.raises(Exception, match="MRN") as caught:
        restore()
    assert type(caught.value).__name__ in {"RefusedError", "RegistryError"}
    assert patients.count(desk) == 1


def test_editing_changes_what_is_found_and_can_be_undone(desk: Desk) -> None:
    added = patients.add_patient(desk, _patient("M-1", "Smith", "Ann", "1970-09-18")).value
    done = patients.edit_patient(desk, replace(added, family_name="Jones"))
    assert _mrns(desk, "smith") == []
    assert _mrns(desk, "jones 18.09.1970") == ["M-1"]
    assert done.undo is not None
    done.undo()
    assert _mrns(desk, "smith") == ["M-1"]


def test_a_stale_edit_names_who_and_when_and_keeps_both_values(desk: Desk, clock: Clock) -> None:
    added = patients.add_patient(desk, _patient("M-1", "Smith")).value
    other = as_user(desk, "brandt", "B. Brandt", "recorder")
    clock.forward(minutes=5)
    patients.edit_patient(other, replace(added, given_name="Ann"))
    mine = replace(added, given_name="Anna")
    with pytest.raises(StaleError, match=r"changed by B\. Brandt on 12\.03\.2026 at") as caught:
        patients.edit_patient(desk, mine)
    assert caught.value.mine == mine
    assert caught.value.theirs.given_name == "Ann"
    assert caught.value.changed_by == "B. Brandt"
    assert caught.value.changed_at == clock.now
    assert patients.load(desk, added.id).patient.given_name == "Ann"


def test_undo_of_an_edit_does_not_overwrite_a_later_one(desk: Desk) -> None:
    added = patients.add_patient(desk, _patient("M-1", "Smith")).value
    done = patients.edit_patient(desk, replace(added, given_name="Ann"))
    patients.edit_patient(desk, replace(done.value, given_name="Anna"))
    assert done.undo is not None
    with pytest.raises(StaleError):
        done.undo()
    assert patients.load(desk, added.id).patient.given_name == "Anna"


def test_removing_needs_a_reason_and_a_role_and_hides_everything(desk: Desk) -> None:
    record = holloway.record()
    fill(desk, record)
    nurse = as_user(desk, "n", "N", "recorder")
    with pytest.raises(RefusedError, match="role"):
        patients.remove_patient(nurse, record.patient.id, "double")
    with pytest.raises(RefusedError, match="Say why"):
        patients.remove_patient(desk, record.patient.id, "  ")
    done = patients.remove_patient(desk, record.patient.id, "registered twice")
    assert patients.list_patients(desk) == ()
    assert patients.find(desk, "holloway") == ()
    with pytest.raises(RefusedError, match="no longer"):
        patients.load(desk, record.patient.id)
    assert done.undo is not None
    done.undo()
    assert len(patients.load(desk, record.patient.id).tests) == 15


def test_an_empty_search_gives_those_opened_last_then_those_changed_last(desk: Desk, clock: Clock) -> None:
    ids = {}
    for mrn in ("A", "B", "C", "D"):
        clock.forward(minutes=1)
        ids[mrn] = patients.add_patient(desk, _patient(mrn)).value.id
    assert _mrns(desk, "") == ["D", "C", "B", "A"]
    patients.note_opened(desk, ids["A"], "list")
    patients.note_opened(desk, ids["C"], "list")
    patients.note_opened(desk, ids["A"], "list")
    assert _mrns(desk, " ") == ["A", "C", "D", "B"]
    assert [hit.mrn for hit in patients.find(desk, "", limit=2)] == ["A", "C"]


@pytest.mark.parametrize("far", [False, True])
def test_those_changed_last_are_found_behind_whatever_else_was_noted(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch, far: bool
) -> None:
    if far:
        monkeypatch.setattr(lists, "_LOOK_BACK", 2)
        monkeypatch.setattr(lists, "_FURTHER", 2)
    added = [patients.add_patient(desk, _patient(mrn)).value for mrn in ("A", "B", "C", "D", "E")]
    test = Pft(id="", date=holloway.TODAY, fvc_l=Decimal("2.31"))
    pft.record_pft(desk, added[0].id, test, confirmed=("height_cm", "fvc_l", "birth_date"))
    patients.edit_patient(desk, replace(added[2], family_name="Abel"))
    patients.remove_patient(desk, added[3].id, "registered twice")
    for patient in (added[1], added[4], added[1]):
        clock.forward(minutes=45)
        patients.note_opened(desk, patient.id, "list")
    desk.recent.clear()
    assert _mrns(desk, "") == ["C", "A", "E", "B"]
    assert [hit.mrn for hit in patients.find(desk, "", limit=3)] == ["C", "A", "E"]


@pytest.mark.parametrize("typed", ["%", "_", "'", '"', "\\", "') OR 1=1 --", "%%", "m%2", "*", "NEAR(", "-x"])
def test_signs_of_the_query_language_mean_themselves(desk: Desk, typed: str) -> None:
    patients.add_patient(desk, _patient("M-1", "Smith"))
    assert _mrns(desk, typed) == []


def test_a_search_among_a_thousand_patients_finds(desk: Desk) -> None:
    records = [
        PatientRecord(
            patient=_patient(
                f"M-{number:04d}", f"Família{number % 97}", f"Given{number % 31}", "1960-02-03", Sex.MALE
            )
        )
        for number in range(1000)
    ]
    fill(desk, *records)
    for typed in ("f", "fam", "familia4 given", "03.02.1960", "0421"):
        assert patients.find(desk, typed)


def test_the_list_shows_the_latest_values_as_recorded(desk: Desk) -> None:
    record = holloway.record()
    bare = _patient("Z-9")
    only_percent = PatientRecord(
        patient=_patient("Y-1", "Abel"),
        tests=(Pft(id=new_id(), date=holloway.TODAY, fvc_pct_pred=Decimal("71.5")),),
        diagnoses=(Diagnosis(id=new_id(), date=PartialDate(2020), ctd="SSc"),),
    )
    fill(desk, record, PatientRecord(patient=bare), only_percent)
    first, second, last = patients.list_patients(desk)
    assert (first.mrn, first.last_fvc, first.last_dlco, first.diagnosis) == ("Y-1", "71.5 %", "", "SSc")
    assert (second.name, second.last_fvc, second.last_dlco) == (
        "HOLLOWAY, Ingrid",
        "2.31 L",
        "10.3 mL/min/mmHg",
    )
    assert (second.n_tests, second.last_test, second.missing) == (15, holloway.TODAY, ())
    assert second.pattern == "fNSIP"
    assert (last.mrn, last.n_tests, last.last_test) == ("Z-9", 0, None)


def test_a_diagnosis_is_a_new_view_and_the_old_one_stays(desk: Desk) -> None:
    added = patients.add_patient(desk, _patient("M-1", born="1970-09-18")).value
    first = patients.record_diagnosis(desk, added.id, Diagnosis(id="", date=PartialDate(2020), ctd="UCTD"))
    second = patients.record_diagnosis(desk, added.id, Diagnosis(id="", date=PartialDate(2023, 5), ctd="SSc"))
    assert second.message == "Saved diagnosis Systemic sclerosis, 05.2023."
    record = patients.load(desk, added.id)
    assert [view.ctd for view in record.diagnoses] == ["UCTD", "SSc"]
    assert patients.find(desk, "M-1")[0].diagnosis == "SSc"
    changed = patients.amend_diagnosis(desk, replace(second.value, pattern="UIP", antibodies=("SCL70",)))
    assert patients.load(desk, added.id).diagnoses[1].antibodies == ("SCL70",)
    assert changed.undo is not None
    changed.undo()
    assert patients.load(desk, added.id).diagnoses[1].pattern is None
    patients.remove_diagnosis(desk, first.value.id, "wrong patient")
    assert [view.ctd for view in patients.load(desk, added.id).diagnoses] == ["SSc"]


@pytest.mark.parametrize(
    ("view", "field"),
    [
        (Diagnosis(id="", date=PartialDate(2027), ctd="SSc"), "date"),
        (Diagnosis(id="", date=PartialDate(1960), ctd="SSc"), "date"),
        (Diagnosis(id="", date=PartialDate(2020), ctd="nonsense"), "ctd"),
        (Diagnosis(id="", date=PartialDate(2020), ctd="SSc", pattern="nonsense"), "pattern"),
        (
            Diagnosis(id="", date=PartialDate(2020), ctd="SSc", ild_diagnosed=PartialDate(2026, 4)),
            "ild_diagnosed",
        ),
    ],
)
def test_an_impossible_diagnosis_is_refused_at_its_field(desk: Desk, view: Diagnosis, field: str) -> None:
    added = patients.add_patient(desk, _patient("M-1", born="1970-09-18")).value
    with pytest.raises(RefusedError) as caught:
        patients.record_diagnosis(desk, added.id, view)
    assert [issue.field for issue in caught.value.issues] == [field]
    assert patients.load(desk, added.id).diagnoses == ()
