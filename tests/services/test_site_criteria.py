"""The clinic's own thresholds: who may set them, what they answer, and how they are taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.criteria import Comparator, ThresholdBasis, ThresholdMeasure
from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.services import pages, patients, pft, site_criteria
from ctdild_desktop.services.desk import Change, Desk, RefusedError
from ctdild_desktop.services.site_criteria import ThresholdDraft
from tests.support import holloway
from tests.support.desks import Clock, as_user, fill, reopen

FALL = ThresholdDraft(
    name="Own FVC 8",
    measure=ThresholdMeasure.FVC,
    basis=ThresholdBasis.POINTS,
    comparator=Comparator.AT_LEAST,
    amount=Decimal("8.0"),
    window_months=24,
)
"""The invented patient fell from 72.85 to 64.38 % predicted: 8.47 points in 15 months."""


def test_a_threshold_is_kept_with_who_set_it_and_when(desk: Desk, clock: Clock) -> None:
    done = site_criteria.set_threshold(desk, FALL)
    assert done.changes.kinds == {Change.SETTINGS}
    (found,) = site_criteria.thresholds(reopen(desk, clock))
    assert (found.name, found.set_by, found.set_on) == ("Own FVC 8", "R. Amsel", dt.date(2026, 3, 12))
    assert str(found.amount) == "8.0"
    assert found == done.value


@pytest.mark.parametrize(
    ("comparator", "amount", "verdict"),
    [
        (Comparator.AT_LEAST, "8", Verdict.MET),
        (Comparator.AT_LEAST, "9", Verdict.NOT_MET),
        (Comparator.MORE_THAN, "8.4", Verdict.MET),
    ],
)
def test_it_stands_after_the_published_definitions(
    desk: Desk, comparator: Comparator, amount: str, verdict: Verdict
) -> None:
    fill(desk, holloway.record())
    site_criteria.set_threshold(desk, replace(FALL, comparator=comparator, amount=Decimal(amount)))
    view = patients.view(desk, holloway.patient().id)
    assert len(view.assessments) == 10
    own = view.assessments[-1]
    assert (own.title, own.verdict) == ("Own FVC 8", verdict)
    assert "set by R. Amsel" in own.source
    page = pages.mdt_page(desk, holloway.patient().id)
    assert [item.verdict for item in page.criteria if item.title == "Own FVC 8"] == [verdict]
    shown = pft.preview_pft(
        view.record,
        view.record.tests[-1],
        None,
        holloway.TODAY,
        own=site_criteria.own_criteria(desk),
    )
    assert [item.assessment.verdict for item in shown.verdicts if item.assessment.title == "Own FVC 8"] == [
        verdict
    ]


def test_a_retired_one_is_not_asked_and_comes_back_by_undo(desk: Desk, clock: Clock) -> None:
    kept = site_criteria.set_threshold(desk, FALL).value
    clock.forward(days=1)
    retired = site_criteria.retire_threshold(desk, kept.id)
    assert site_criteria.thresholds(desk) == ()
    with pytest.raises(RefusedError, match="no longer in force"):
        site_criteria.retire_threshold(desk, kept.id)
    assert retired.undo is not None
    again = retired.undo()
    assert site_criteria.thresholds(desk) == (kept,)
    assert again.undo is not None
    again.undo()
    assert site_criteria.thresholds(desk) == ()
    assert desk.registry.verify()["ok"] is True


def test_setting_one_is_taken_back_by_undo(desk: Desk) -> None:
    done = site_criteria.set_threshold(desk, FALL)
    assert done.undo is not None
    assert done.undo().message == "Undone: Own FVC 8."
    assert site_criteria.thresholds(desk) == ()


@pytest.mark.parametrize("role", ["viewer", "recorder", "clinician", "coordinator"])
def test_only_administrators_may(desk: Desk, role: str) -> None:
    kept = site_criteria.set_threshold(desk, FALL).value
    other = as_user(desk, "specht", "T. Specht", role)
    with pytest.raises(RefusedError, match="does not allow"):
        site_criteria.set_threshold(other, replace(FALL, name="Another"))
    with pytest.raises(RefusedError, match="does not allow"):
        site_criteria.retire_threshold(other, kept.id)
    second = as_user(desk, "falke", "A. Falke", "administrator")
    assert site_criteria.set_threshold(second, replace(FALL, name="Third")).value.set_by == "A. Falke"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "  "}, "name"),
        ({"name": "n" * 31}, "31 letters; 30 fit"),
        ({"name": "OWN fvc 8"}, "already"),
        ({"amount": Decimal(0)}, "more than 0"),
        ({"amount": Decimal("100.01")}, "at most 100"),
        ({"amount": Decimal("NaN")}, "more than 0"),
        ({"window_months": 0}, "1 to 120"),
    ],
)
def test_what_cannot_be_is_refused_in_words(desk: Desk, changes: dict[str, Any], words: str) -> None:
    site_criteria.set_threshold(desk, FALL)
    with pytest.raises(RefusedError, match=words):
        site_criteria.set_threshold(desk, replace(FALL, **({"name": "New"} | changes)))
    assert len(site_criteria.thresholds(desk)) == 1


def test_as_many_as_can_be_shown_and_no_more(desk: Desk) -> None:
    for number in range(site_criteria.MOST_SET):
        site_criteria.set_threshold(desk, replace(FALL, name=f"Own {number}"))
    with pytest.raises(RefusedError, match="retire one first"):
        site_criteria.set_threshold(desk, FALL)
