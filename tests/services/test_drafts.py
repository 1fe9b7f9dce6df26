"""Nothing typed is lost."""

from __future__ import annotations

from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.services import drafts
from ctdild_desktop.services.desk import Desk
from tests.support import holloway
from tests.support.desks import Clock, as_user, fill, reopen


def test_a_draft_is_there_after_reopening_and_belongs_to_its_author(desk: Desk, clock: Clock) -> None:
    patient = holloway.patient()
    fill(desk, PatientRecord(patient=patient))
    other = as_user(desk, "brandt", "B. Brandt", "recorder")
    at = drafts.save_draft(desk, "pft", patient.id, {"fvc_l": "2,3", "comment": "“ü”"})
    assert at == clock.now
    assert drafts.load_draft(other, "pft", patient.id) is None
    assert drafts.load_draft(desk, "visit", patient.id) is None
    again = reopen(desk, clock)
    assert drafts.load_draft(again, "pft", patient.id) == drafts.Draft({"fvc_l": "2,3", "comment": "“ü”"}, at)
    again.close()


def test_a_later_draft_replaces_the_earlier_one(desk: Desk, clock: Clock) -> None:
    drafts.save_draft(desk, "patient", None, {"mrn": "1"})
    clock.forward(seconds=3)
    drafts.save_draft(desk, "patient", None, {"mrn": "12"})
    assert drafts.load_draft(desk, "patient", None) == drafts.Draft({"mrn": "12"}, clock.now)
    drafts.discard_draft(desk, "patient", None)
    assert drafts.load_draft(desk, "patient", None) is None
    drafts.discard_draft(desk, "patient", None)
