"""Logging a test: what is shown before, what is saved, what is said, and the way back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from ctdild_desktop.clinical.records import PatientRecord, Pft, SymptomChange, Visit
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.registry.models import AuditRow, PftRow
from ctdild_desktop.services import patients, pft
from ctdild_desktop.services.desk import Change, Desk, RefusedError, StaleError
from tests.support import holloway
from tests.support.desks import as_user, fill

TODAY = holloway.TODAY
LATEST = holloway.record().tests[-1]


def _before() -> PatientRecord:
    """Her history without the latest visit."""
    record = holloway.record()
    return replace(
        record,
        tests=tuple(test for test in record.tests if test.date < TODAY),
        visits=tuple(visit for visit in record.visits if visit.date < TODAY),
    )


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A registry that holds her history without the latest visit."""
    fill(desk, _before())
    return desk


def _draft(**changes: object) -> Pft:
    return replace(LATEST, id="", entered=0, **changes)  # type: ignore[arg-type]


def test_the_preview_shows_what_the_test_would_change() -> None:
    shown = pft.preview_pft(_before(), _draft(hb_g_l=None), None, TODAY)
    assert shown.last is not None
    assert shown.last.date == dt.date(2025, 11, 10)
    assert shown.reference is not None
    assert shown.reference.date == holloway.REFERENCE_DAY
    tenths = [
        round(value, 1) if value is not None else None
        for value in (
            shown.to_last.fvc,
            shown.to_last.fev1,
            shown.to_last.dlco,
            shown.to_reference.fvc,
            shown.to_reference.fev1,
            shown.to_reference.dlco,
        )
    ]
    assert tenths == [Decimal(text) for text in ("-3.9", "-3.6", "-5.4", "-11.6", "-9.9", "-13.0")]
    assert round(shown.derived.fvc.percent or Decimal(0), 2) == holloway.EXPECTED["fvc_percent"]
    changed = {item.assessment.criterion: (item.before, item.assessment.verdict) for item in shown.verdicts}
    assert changed["REVIEW_FVC_DECLINE"] == (Verdict.NOT_MET, Verdict.MET)
    assert shown.verdicts[0].changes
    assert shown.same_day is None
    assert shown.comparable == (
        "same lab",
        "same equation (GLI Global 2022, GLI TLCO 2017)",
        "height 172 cm",
    )


def test_the_preview_takes_what_was_asked_at_the_visit_into_account() -> None:
    worse = Visit(id="", date=TODAY, symptom_change=SymptomChange.WORSE, alternative_explanation=False)
    shown = pft.preview_pft(_before(), _draft(), worse, TODAY)
    verdicts = {item.assessment.criterion: item.assessment.verdict for item in shown.verdicts}
    assert verdicts["PPF2022"] is Verdict.MET


def test_the_preview_knows_a_test_of_the_same_day_and_not_itself() -> None:
    record = holloway.record()
    assert pft.preview_pft(record, _draft(), None, TODAY).same_day == LATEST.id
    edited = pft.preview_pft(record, LATEST, None, TODAY)
    assert edited.same_day is None
    assert [item.changes for item in edited.verdicts].count(True) >= 1


def test_nothing_follows_from_a_value_that_is_refused() -> None:
    """Hb 12.8 g/L cannot be (g/dL was meant): no corrected DLCO, no change and no verdict may rest on it."""
    shown = pft.preview_pft(_before(), _draft(hb_g_l=Decimal("12.8")), None, TODAY)
    without = pft.preview_pft(_before(), _draft(hb_g_l=None), None, TODAY)
    assert (shown.issues[0].field, shown.issues[0].hard) == ("hb_g_l", True)
    assert shown.derived.dlco_hb.percent is None
    assert shown.to_reference == without.to_reference
    assert shown.verdicts == without.verdicts
    assert shown.draft.hb_g_l == Decimal("12.8")


def test_an_empty_form_changes_no_verdict_by_its_date_alone() -> None:
    """Months later the windows would have moved on; nothing is said before something is typed."""
    record = holloway.record()
    later = dt.date(2026, 11, 23)
    shown = pft.preview_pft(record, Pft(id="", date=later), None, later)
    assert [change.assessment.criterion for change in shown.verdicts if change.changes] == []
    assert {change.assessment.as_of for change in shown.verdicts} == {TODAY}


def test_the_preview_of_an_empty_form_is_calm() -> None:
    shown = pft.preview_pft(_before(), Pft(id="", date=TODAY), None, TODAY)
    assert shown.derived.fvc.value is None
    assert shown.to_last == shown.to_reference
    first = pft.preview_pft(PatientRecord(patient=holloway.patient()), Pft(id="", date=TODAY), None, TODAY)
    assert first.last is None
    assert first.comparable == ()


def test_saving_says_what_was_saved_and_which_verdicts_changed(filled: Desk) -> None:
    visit = Visit(id="", date=dt.date(2000, 1, 1), mmrc=2, symptom_change=SymptomChange.STABLE)
    done = pft.record_pft(filled, holloway.patient().id, _draft(), visit)
    assert done.message == (
        "Saved PFT 12.03.2026: FVC 2.31 L, DLCO 10.3. Now MET: FVC fall > 10 %, INBUILD, OMERACT, Erice."
    )
    assert done.changes.kinds == {Change.TEST, Change.VISIT}
    assert done.value.entered == 15
    record = patients.load(filled, holloway.patient().id)
    assert record.tests[-1] == done.value
    assert record.visits[-1].date == TODAY
    assert record.visits[-1].mmrc == 2
    assert done.undo is not None
    undone = done.undo()
    assert undone.message == "Undone: PFT 12.03.2026."
    assert patients.load(filled, holloway.patient().id) == _before()


def test_one_act_is_one_audit_batch_and_undo_is_another(filled: Desk) -> None:
    def batches() -> int:
        with filled.registry.read() as session:
            return len({batch for (batch,) in session.query(AuditRow.batch)})

    start = batches()
    done = pft.record_pft(filled, holloway.patient().id, _draft(), Visit(id="", date=TODAY, mmrc=2))
    assert batches() == start + 1
    assert done.undo is not None
    done.undo()
    assert batches() == start + 2
    with filled.registry.read() as session:
        assert session.query(PftRow).count() == 15
        assert session.query(AuditRow).filter(AuditRow.reason == "Undo: PFT 12.03.2026").count() == 2
    assert filled.registry.verify()["ok"]


def test_the_visit_of_that_day_is_completed_not_doubled(desk: Desk) -> None:
    record = holloway.record()
    fill(desk, replace(record, tests=record.tests[:-1]))
    seen = record.visits[-1]
    assert seen.date == TODAY
    pft.record_pft(desk, record.patient.id, _draft(), Visit(id="", date=TODAY, weight_kg=Decimal("67.5")))
    visits = [visit for visit in patients.load(desk, record.patient.id).visits if visit.date == TODAY]
    assert visits == [replace(seen, weight_kg=Decimal("67.5"), version=2)]


def test_what_was_asked_can_be_cleared_when_a_test_is_amended(desk: Desk) -> None:
    fill(desk, holloway.record())
    seen = holloway.record().visits[-1]
    done = pft.amend_pft(desk, LATEST, replace(seen, mmrc=None))
    assert patients.load(desk, holloway.patient().id).visits[-1].mmrc is None
    stale = replace(seen, mmrc=4)
    with pytest.raises(StaleError):
        pft.amend_pft(desk, done.value, stale)
    assert done.undo is not None
    done.undo()
    assert patients.load(desk, holloway.patient().id).visits[-1].mmrc == seen.mmrc


def test_a_hard_problem_is_refused_with_every_issue_and_nothing_is_saved(filled: Desk) -> None:
    with pytest.raises(RefusedError) as caught:
        pft.record_pft(filled, holloway.patient().id, _draft(date=dt.date(2026, 3, 13), fvc_l=Decimal("231")))
    assert {"date", "fvc_l"} <= {issue.field for issue in caught.value.issues}
    assert caught.value.issues[0].hard
    assert patients.load(filled, holloway.patient().id) == _before()


def test_an_unlikely_value_is_asked_about_once(filled: Desk) -> None:
    unlikely = _draft(fvc_l=Decimal("0.75"), fev1_l=Decimal("0.70"))
    with pytest.raises(RefusedError) as caught:
        pft.record_pft(filled, holloway.patient().id, unlikely)
    fields = {issue.field for issue in caught.value.issues}
    assert "fvc_l" in fields
    assert not any(issue.hard for issue in caught.value.issues)
    confirmed = replace(unlikely, confirmed_unusual=tuple(sorted(fields)))
    done = pft.record_pft(filled, holloway.patient().id, confirmed)
    assert done.value.confirmed_unusual == tuple(sorted(fields))


def test_amending_asks_only_about_what_is_new(filled: Desk) -> None:
    done = pft.record_pft(
        filled,
        holloway.patient().id,
        _draft(fvc_l=Decimal("0.75"), fev1_l=Decimal("0.70")),
        confirmed={"fvc_l", "fev1_l", "dlco"},
    )
    changed = pft.amend_pft(filled, replace(done.value, comment="repeated"))
    assert changed.value.comment == "repeated"
    assert changed.value.version == 2
    with pytest.raises(StaleError):
        pft.amend_pft(filled, replace(done.value, comment="from the first version"))
    assert changed.undo is not None
    back = changed.undo()
    assert back.value.comment == ""


def test_a_removed_test_changes_the_verdict_and_comes_back(filled: Desk) -> None:
    saved = pft.record_pft(filled, holloway.patient().id, _draft()).value
    removed = pft.remove_pft(filled, saved.id, "another patient's")
    assert removed.message == (
        "Removed PFT 12.03.2026. No longer MET: FVC fall > 10 % (NOT MET), INBUILD (NOT MET), "
        "OMERACT (NOT MET), Erice (NOT MET)."
    )
    assert saved.id not in {test.id for test in patients.load(filled, holloway.patient().id).tests}
    assert removed.undo is not None
    removed.undo()
    assert patients.load(filled, holloway.patient().id).tests[-1].fvc_l == Decimal("2.31")


def test_a_viewer_records_nothing(filled: Desk) -> None:
    viewer = as_user(filled, "v", "V", "viewer")
    with pytest.raises(RefusedError, match="role"):
        pft.record_pft(viewer, holloway.patient().id, _draft())
    assert patients.load(viewer, holloway.patient().id) == _before()
