"""Procedures: recorded, corrected, removed; and a complication that becomes an adverse event in one act."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Procedure
from ctdild_desktop.services import adverse_events, history, patients, procedures
from ctdild_desktop.services.desk import Change, Desk, RefusedError
from tests.support import holloway
from tests.support.desks import fill, in_a_file

ID = holloway.patient().id
LAVAGE = Procedure(
    id="",
    date=PartialDate(2026, 1, 7),
    kind="bal",
    lobe="RML",
    volume_in_ml=Decimal(200),
    recovered_ml=Decimal(96),
    macrophages_percent=Decimal("41.5"),
    lymphocytes_percent=Decimal(46),
    neutrophils_percent=Decimal(10),
    eosinophils_percent=Decimal("2.5"),
    bacteria="negative",
)
BIOPSY = Procedure(
    id="",
    date=PartialDate(2026, 1, 7),
    kind="cryobiopsy",
    complication="pneumothorax",
    complication_grade=2,
)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    fill(desk, holloway.record())
    return desk


def test_a_lavage_is_kept_to_the_digit_corrected_removed_and_brought_back(filled: Desk) -> None:
    done = procedures.record_procedure(filled, ID, LAVAGE)
    assert done.message == "Saved bronchoalveolar lavage 07.01.2026."
    assert done.changes.kinds == {Change.PROCEDURE}
    kept = patients.load(filled, ID).procedures
    assert kept == (replace(LAVAGE, id=done.value.id),)
    assert str(kept[0].macrophages_percent) == "41.5"
    changed = procedures.amend_procedure(filled, replace(kept[0], contribution="changed"))
    assert changed.message == "Changed bronchoalveolar lavage 07.01.2026."
    removed = procedures.remove_procedure(filled, done.value.id, "another patient's")
    assert patients.load(filled, ID).procedures == ()
    assert removed.undo is not None
    removed.undo()
    assert patients.load(filled, ID).procedures[0].contribution == "changed"
    told = history.of_patient(filled, ID).entries
    assert "removed procedure bronchoalveolar lavage 07.01.2026" in told[1].items[0].text


@in_a_file
def test_a_count_that_does_not_add_up_is_asked_about_once(filled: Desk) -> None:
    odd = replace(LAVAGE, lymphocytes_percent=Decimal(56))
    with pytest.raises(RefusedError, match=r"The cells add up to 110\.0 %") as caught:
        procedures.record_procedure(filled, ID, odd)
    assert [issue.code for issue in caught.value.issues] == ["SUM"]
    assert procedures.record_procedure(filled, ID, odd, confirmed={"SUM"}).value.lymphocytes_percent == 56


def test_a_complication_makes_an_adverse_event_and_both_are_taken_back_together(filled: Desk) -> None:
    before = patients.load(filled, ID)
    done = procedures.record_procedure(filled, ID, BIOPSY, with_event=True)
    assert done.message == "Saved cryobiopsy 07.01.2026, and the adverse event: Pneumothorax."
    assert done.changes.kinds == {Change.PROCEDURE, Change.ADVERSE_EVENT}
    after = patients.load(filled, ID)
    event = next(one for one in after.adverse_events if one.id == done.value.adverse_event_id)
    assert (event.term, event.grade, event.category) == ("pneumothorax", 2, "respiratory")
    assert (event.onset, event.serious, event.note) == (
        PartialDate(2026, 1, 7),
        None,
        "pneumothorax, after cryobiopsy",
    )
    assert done.undo is not None
    done.undo()
    assert patients.load(filled, ID) == before


@in_a_file
def test_a_complication_found_later_makes_its_event_with_the_correction(filled: Desk) -> None:
    plain = replace(BIOPSY, complication=None, complication_grade=None)
    saved = procedures.record_procedure(filled, ID, plain).value
    with pytest.raises(RefusedError, match="No complication is recorded"):
        procedures.amend_procedure(filled, saved, with_event=True)
    later = replace(saved, complication="bleeding", complication_grade=3)
    done = procedures.amend_procedure(filled, later, with_event=True)
    assert done.message == (
        "Changed cryobiopsy 07.01.2026, and the adverse event: Bronchopulmonary haemorrhage."
    )
    with pytest.raises(RefusedError, match="recorded as an adverse event already"):
        procedures.amend_procedure(filled, done.value, with_event=True)
    assert len(patients.load(filled, ID).adverse_events) == len(holloway.record().adverse_events) + 1


@in_a_file
def test_a_procedure_can_be_corrected_after_its_event_was_removed(filled: Desk) -> None:
    saved = procedures.record_procedure(filled, ID, BIOPSY, with_event=True).value
    adverse_events.remove_adverse_event(filled, saved.adverse_event_id, "not one")
    assert procedures.amend_procedure(filled, replace(saved, note="drain for two days")).value.version == 2


@in_a_file
def test_a_death_asks_for_its_grade_and_its_date(filled: Desk) -> None:
    dead = replace(BIOPSY, complication="death", complication_grade=None)
    with pytest.raises(RefusedError, match="date of death is not recorded"):
        procedures.record_procedure(filled, ID, dead, with_event=True)
    done = procedures.record_procedure(filled, ID, dead, with_event=True, confirmed={"complication"})
    event = patients.load(filled, ID).adverse_events[-1]
    assert (event.id, event.grade, event.seriousness) == (done.value.adverse_event_id, 5, ("death",))
