"""Consent: the answers and the patient's own fields never say two things, whatever act touches them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Consent, Patient
from ctdild_desktop.services import bringing_back, consents, due, history, patients, removed, texts
from ctdild_desktop.services.desk import Change, Desk, RefusedError
from tests.support import holloway
from tests.support.desks import as_user, fill, in_a_file

ID = holloway.patient().id


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, holloway.record())
    return desk


def answer(said: str, *, year: int = 2026, month: int = 1, kind: str = "registry") -> Consent:
    title = "Biobank" if kind == "other" else ""
    return Consent(id="", date=PartialDate(year, month, 5), kind=kind, answer=said, title=title)


def said(desk: Desk) -> str:
    """What the banner says."""
    return texts.consent(patients.load(desk, ID).patient)


def test_withdrawing_writes_both_says_what_follows_and_is_taken_back_whole(filled: Desk) -> None:
    done = consents.record_consent(filled, ID, answer("withdrawn"))
    assert done.message == (
        "Saved consent to the registry, withdrawn, 05.01.2026. "
        "Nothing is listed as due for this patient any more; what was recorded stays."
    )
    assert done.changes.kinds == {Change.CONSENT, Change.PATIENT}
    assert said(filled) == "registry withdrawn, research yes"
    assert due.rows_of(patients.load(filled, ID), holloway.TODAY) == ()
    told = history.of_patient(filled, ID).entries[0]
    assert {item.name.split(",")[0] for item in told.items} == {"consent registry", "patient"}
    assert done.undo is not None
    undone = done.undo()
    assert (said(filled), patients.load(filled, ID).consents) == ("registry yes, research yes", ())
    assert undone.undo is not None
    undone.undo()
    assert said(filled) == "registry withdrawn, research yes"


@in_a_file
def test_earlier_answers_stay_and_the_latest_is_in_force_in_whatever_order_they_come(filled: Desk) -> None:
    late = consents.record_consent(filled, ID, answer("declined", kind="research")).value
    early = consents.record_consent(filled, ID, answer("given", year=2021, kind="research")).value
    assert [one.answer for one in patients.load(filled, ID).consents] == ["given", "declined"]
    assert said(filled) == "registry yes, research no"
    consents.amend_consent(filled, replace(late, date=PartialDate(2020)))
    assert said(filled) == "registry yes, research yes"
    consents.remove_consent(filled, early.id, "not signed")
    assert said(filled) == "registry yes, research no"
    last = consents.remove_consent(filled, late.id, "not signed")
    assert said(filled) == "registry yes, research not recorded"
    assert last.undo is not None
    last.undo()
    removed.restore_removed(filled, Consent, early.id)
    assert said(filled) == "registry yes, research yes"


@in_a_file
def test_another_question_leaves_the_two_of_the_banner_alone(filled: Desk) -> None:
    done = consents.record_consent(filled, ID, answer("declined", kind="other"))
    assert done.message == "Saved consent: Biobank, declined, 05.01.2026."
    assert said(filled) == "registry yes, research yes"
    changed = replace(done.value, kind="research", title="")
    consents.amend_consent(filled, changed)
    assert said(filled) == "registry yes, research no"


def test_the_patient_s_own_form_makes_an_answer_of_today(filled: Desk) -> None:
    patient = patients.load(filled, ID).patient
    done = patients.edit_patient(filled, replace(patient, consent_research="declined"))
    kept = patients.load(filled, ID)
    assert [(one.kind, one.answer, str(one.date)) for one in kept.consents] == [
        ("research", "declined", "2026-03-12")
    ]
    with pytest.raises(RefusedError, match="choose what the answer is now") as caught:
        patients.edit_patient(filled, replace(kept.patient, consent_research=None))
    assert [issue.field for issue in caught.value.issues] == ["consent_research"]
    assert done.undo is not None
    done.undo()
    assert (said(filled), patients.load(filled, ID).consents) == ("registry yes, research yes", ())


@in_a_file
def test_a_new_patient_s_answers_are_answers_from_the_beginning(filled: Desk) -> None:
    new = patients.add_patient(filled, Patient(id="", mrn="N-1", consent_registry="given")).value
    assert [one.answer for one in patients.load(filled, new.id).consents] == ["given"]


@in_a_file
def test_a_patient_who_comes_back_says_what_the_answers_say(filled: Desk) -> None:
    consents.record_consent(filled, ID, answer("withdrawn"))
    stale = patients.load(filled, ID).patient
    patients.remove_patient(filled, ID, "entered twice")
    bringing_back.restore_patient(filled, replace(stale, consent_registry="given", alert_note="asks"))
    assert patients.load(filled, ID).patient.alert_note == "asks"
    assert said(filled) == "registry withdrawn, research yes"


def test_p2_two_people_who_enter_answers_at_once_lose_neither(filled: Desk) -> None:
    other = as_user(filled, "brandt", "B. Brandt", "clinician")
    edited = patients.load(filled, ID).patient
    consents.record_consent(other, ID, answer("withdrawn"))
    consents.record_consent(filled, ID, answer("declined", kind="research"))
    assert said(filled) == "registry withdrawn, research no"
    with pytest.raises(RefusedError, match=r"changed by .* your change was not saved"):
        patients.edit_patient(filled, replace(edited, alert_note="x"))
