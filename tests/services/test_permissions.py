"""A role that is changed while its person is signed in counts from the next act."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import update

from ctdild_desktop.clinical.records import Visit
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.models import UserRow
from ctdild_desktop.services import drafts, patients, people, site_criteria, visits
from ctdild_desktop.services.desk import Desk, RefusedError
from tests.support import holloway
from tests.support.desks import as_user, fill

PATIENT_ID = holloway.patient().id
VISIT = Visit(id="", date=dt.date(2026, 1, 5))


def set_role(desk: Desk, login: str, **values: object) -> None:
    with desk.registry.write(desk.login, "role") as session:
        session.execute(update(UserRow).where(UserRow.login == login).values(**values))


@pytest.fixture
def recorder(desk: Desk) -> Desk:
    fill(desk, holloway.record())
    return as_user(desk, "specht", "T. Specht", "recorder")


def test_a7_a_role_taken_away_counts_at_the_next_act(desk: Desk, recorder: Desk) -> None:
    done = visits.record_visit(recorder, PATIENT_ID, VISIT)
    before = patients.load(desk, PATIENT_ID)
    set_role(desk, "specht", role="viewer")
    with pytest.raises(RefusedError, match="recording needs recorder"):
        visits.remove_visit(recorder, done.value.id, "entered twice")
    assert recorder.role == "viewer"
    assert patients.load(desk, PATIENT_ID) == before
    assert done.undo is not None
    with pytest.raises(RefusedError, match=r"Your role \(viewer\)"):
        done.undo()
    with pytest.raises(RefusedError, match=r"Your role \(viewer\)"):
        drafts.save_draft(recorder, "pft", PATIENT_ID, {"fvc_l": "2.1"})
    assert patients.load(desk, PATIENT_ID) == before


def test_a7_a_role_given_counts_at_the_next_act(desk: Desk, recorder: Desk) -> None:
    viewer = as_user(desk, "meise", "B. Meise", "viewer")
    with pytest.raises(RefusedError):
        visits.record_visit(viewer, PATIENT_ID, VISIT)
    people.set_role(desk, "meise", "clinician")
    assert visits.record_visit(viewer, PATIENT_ID, VISIT).value.date == VISIT.date
    assert viewer.role == "clinician"


def test_a7_an_undo_needs_the_role_that_the_act_needed(desk: Desk) -> None:
    other = as_user(desk, "falke", "A. Falke", "administrator")
    draft = site_criteria.ThresholdDraft(
        name="Ward fall",
        measure=site_criteria.ThresholdMeasure.FVC,
        basis=site_criteria.ThresholdBasis.RELATIVE,
        comparator=site_criteria.Comparator.AT_LEAST,
        amount=Decimal(8),
        window_months=12,
    )
    done = site_criteria.set_threshold(other, draft)
    set_role(desk, "falke", role="clinician")
    assert done.undo is not None
    with pytest.raises(RefusedError, match="thresholds of the clinic needs administrator"):
        done.undo()
    assert len(site_criteria.thresholds(desk)) == 1


def test_a7_a_person_who_was_switched_off_writes_nothing_any_more(desk: Desk, recorder: Desk) -> None:
    set_role(desk, "specht", active=False)
    with pytest.raises(RegistryError, match="switched off; nothing was saved"):
        visits.record_visit(recorder, PATIENT_ID, VISIT)
    assert len(patients.load(desk, PATIENT_ID).visits) == len(holloway.record().visits)
