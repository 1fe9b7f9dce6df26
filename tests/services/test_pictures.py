"""A picture that leaves the program: what stands on it, who may take it, and what the trail says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.models import AuditRow
from ctdild_desktop.services import pictures
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.pictures import Form
from tests.support import holloway
from tests.support.desks import as_user, fill, in_a_file

PATIENT_ID = holloway.patient().id


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, holloway.record())
    return desk


def exports(desk: Desk) -> list[AuditRow]:
    with desk.registry.read() as session:
        found = session.query(AuditRow).filter(AuditRow.op == "event", AuditRow.row_id == "export")
        return list(found.order_by(AuditRow.seq))


def test_u6_taking_a_picture_is_in_the_trail_with_its_form_and_its_person(filled: Desk) -> None:
    pictures.timeline_picture(filled, PATIENT_ID, Form.SVG)
    pictures.timeline_picture(filled, PATIENT_ID, Form.CLIPBOARD, identity=False)
    rows = exports(filled)
    assert [(row.user_id, row.subject_id) for row in rows] == [(filled.login, PATIENT_ID)] * 2
    assert [json.loads(row.new or "") for row in rows] == [
        {"what": "time-line", "form": "svg", "identity": "yes"},
        {"what": "time-line", "form": "clipboard", "identity": "no"},
    ]


@in_a_file
def test_with_identity_it_names_the_patient_and_who_made_it(filled: Desk) -> None:
    made = pictures.timeline_picture(filled, PATIENT_ID, Form.PNG)
    assert made.title == "HOLLOWAY, Ingrid"
    assert made.subtitle == "F · 55 y · 18.09.1970 · DEMO-0417"
    assert "12.03.2026 by R. Amsel" in made.foot
    assert made.foot.endswith("Not a medical device, not a diagnosis.")


@in_a_file
def test_without_identity_sex_and_age_stand_alone_and_the_numbers_are_the_same(filled: Desk) -> None:
    named = pictures.timeline_picture(filled, PATIENT_ID, Form.PNG)
    bare = pictures.timeline_picture(filled, PATIENT_ID, Form.PNG, identity=False)
    assert (bare.title, bare.subtitle) == ("F · 55 y", "")
    assert "Amsel" not in bare.foot
    patient = bare.view.record.patient
    assert (patient.family_name, patient.given_name, patient.mrn, patient.alert_note) == ("", "", "", "")
    assert [made.fvc.percent for made in bare.view.derived] == [
        made.fvc.percent for made in named.view.derived
    ]


@in_a_file
def test_a_free_text_of_an_event_does_not_leave_without_identity(desk: Desk) -> None:
    record = holloway.record()
    event = replace(record.adverse_events[0], term="fell at Mrs Holloway's house")
    fill(desk, replace(record, adverse_events=(event,)))
    made = pictures.timeline_picture(desk, PATIENT_ID, Form.PNG, identity=False)
    assert [one.term for one in made.view.record.adverse_events] == ["other event"]


@in_a_file
def test_a7_a_viewer_takes_none_and_nothing_is_noted(filled: Desk) -> None:
    viewer = as_user(filled, "meise", "B. Meise", "viewer")
    with pytest.raises(RefusedError, match="taking a picture of a record needs recorder"):
        pictures.timeline_picture(viewer, PATIENT_ID, Form.PNG)
    assert exports(filled) == []


@in_a_file
def test_a_patient_who_is_gone_is_refused(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="no longer in the registry"):
        pictures.timeline_picture(desk, "0" * 32, Form.PNG)


@in_a_file
def test_d3_a_file_that_cannot_be_written_leaves_the_old_one_whole(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "picture.png"
    target.write_bytes(b"the old one")
    blocked = tmp_path / "no folder" / "picture.png"
    with pytest.raises(RegistryError, match=r"picture\.png could not be written"):
        pictures.write_picture(desk, blocked, b"new")
    assert pictures.write_picture(desk, target, b"new") == target
    assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".picture")] == []
