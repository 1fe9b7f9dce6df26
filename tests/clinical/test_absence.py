"""Not asked, unknown, declined and not done are kept apart for every field."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.absence import (
    absence_issues,
    may_be_absent,
    reason_words,
    why_absent,
    with_absent,
    without_settled,
)
from ctdild_desktop.clinical.code_fields import CODE_FIELDS, code_issues
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility import (
    check_adverse_event,
    check_hrct,
    check_patient,
    check_pft,
    check_therapy,
    check_visit,
)
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    DoseChange,
    Infusion,
    Interruption,
    PatientRecord,
    SymptomChange,
    TherapyLine,
    Visit,
)
from ctdild_desktop.services.patients import check_view
from tests.support.people import WOMAN, day, pft, scan

TODAY = day("2026-03-12")
VISIT = Visit(id="v", date=TODAY)


def issues(record: Any) -> list[tuple[str, str]]:
    return [(issue.field, issue.text) for issue in absence_issues(record)]


@pytest.mark.parametrize(
    "reason", ["unknown", "declined", "not_done", "not_done:unwell", "not_done:equipment"]
)
def test_a_field_without_a_value_may_say_why(reason: str) -> None:
    assert issues(replace(VISIT, absent=(("weight_kg", reason),))) == []


def test_what_is_in_neither_place_was_not_asked() -> None:
    visit = with_absent(VISIT, "weight_kg", "declined")
    assert (why_absent(visit, "weight_kg"), why_absent(visit, "mmrc")) == ("declined", None)
    assert with_absent(visit, "weight_kg", None) == VISIT
    assert with_absent(visit, "weight_kg", "unknown").absent == (("weight_kg", "unknown"),)


@pytest.mark.parametrize(
    ("pair", "field", "words"),
    [
        (("wait_kg", "unknown"), "absent", "not a field"),
        (("date", "unknown"), "absent", "not a field"),
        (("id", "unknown"), "absent", "not a field"),
        (("absent", "unknown"), "absent", "not a field"),
        (("mmrc", "unknown"), "mmrc", "a value and a reason"),
        (("weight_kg", "lost"), "weight_kg", "not a reason"),
        (("weight_kg", "not_done:lost"), "weight_kg", "not a reason"),
        (("weight_kg", "declined:unwell"), "weight_kg", "not a reason"),
        (("weight_kg", ""), "weight_kg", "not a reason"),
        (("symptom_change", "unknown"), "symptom_change", "in the list itself"),
    ],
)
def test_what_contradicts_itself_is_refused(pair: tuple[str, str], field: str, words: str) -> None:
    ((name, text),) = issues(replace(VISIT, mmrc=2, absent=(pair,)))
    assert name == field
    assert words in text
    assert all(issue.hard for issue in absence_issues(replace(VISIT, mmrc=2, absent=(pair,))))


def test_two_reasons_for_one_field_are_refused() -> None:
    found = issues(replace(VISIT, absent=(("mmrc", "unknown"), ("mmrc", "declined"))))
    assert [text for _field, text in found] == ["Two reasons are given why there is no value."]


def test_that_the_transfer_factor_was_not_done_stands_in_its_own_field_which_ild_gap_reads() -> None:
    test = pft("2026-03-12", fvc_l="2.3", absent=(("dlco", "not_done:cannot_perform"),))
    assert issues(test) == [("dlco", "Say in its own field why the test was not done.")]
    assert issues(pft("2026-03-12", fvc_l="2.3", absent=(("dlco", "unknown"),))) == []


def test_every_list_that_has_unknown_keeps_it() -> None:
    told = 0
    for kind, fields in CODE_FIELDS.items():
        if "absent" not in {item.name for item in dataclasses.fields(kind)}:
            continue
        for field, listed in fields.items():
            if "unknown" in codes.choices(listed) and field in may_be_absent(kind):
                empty = _blank(kind, absent=((field, "unknown"),))
                assert ("Choose “unknown” in the list itself.") in [text for _field, text in issues(empty)]
                told += 1
    assert told > 30


def _blank(kind: Any, **given: Any) -> Any:
    """A record of a kind with nothing in it; what must be there is of no account here."""
    needed = {
        item.name: None
        for item in dataclasses.fields(kind)
        if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
    }
    return kind(**{**needed, **given})


def test_a_reason_of_a_field_that_has_a_value_by_now_goes() -> None:
    visit = replace(VISIT, mmrc=1, absent=(("mmrc", "declined"), ("weight_kg", "unknown")))
    assert without_settled(visit).absent == (("weight_kg", "unknown"),)


def test_reasons_in_words() -> None:
    assert reason_words("unknown") == "unknown"
    assert reason_words("not_done") == "not done"
    assert reason_words("not_done:cannot_perform") == "not done (cannot perform)"


WRONG = (("no_such_field", "unknown"),)
LINE = TherapyLine(id="l", drug="rituximab", start=PartialDate(2025))
EVENT = AdverseEvent(id="e", onset=PartialDate(2025), term="nausea")


def test_every_form_refuses_it() -> None:
    checked = {
        "visit": check_visit(replace(VISIT, absent=WRONG), WOMAN, (), TODAY),
        "test": check_pft(pft("2026-03-12", fvc_l="2.3", absent=WRONG), WOMAN, (), TODAY),
        "scan": check_hrct(scan("2026-03-12", "stable", absent=WRONG), WOMAN, TODAY),
        "patient": check_patient(replace(WOMAN, absent=WRONG), TODAY),
        "line": check_therapy(replace(LINE, absent=WRONG), WOMAN, TODAY),
        "event": check_adverse_event(replace(EVENT, absent=WRONG), WOMAN, (), TODAY),
        "view": check_view(
            Diagnosis(id="d", date=PartialDate(2025), ctd="SSc", absent=WRONG),
            PatientRecord(patient=WOMAN),
            TODAY,
        ),
    }
    for name, found in checked.items():
        assert [issue.field for issue in found if issue.code == "ABSENT"] == ["absent"], name


@pytest.mark.parametrize("field", ["dose_changes", "interruptions", "infusions"])
def test_parts_of_a_line_are_checked_with_it(field: str) -> None:
    parts: dict[str, Any] = {
        "dose_changes": DoseChange(date=PartialDate(2025), dose=Decimal(1), absent=WRONG),
        "interruptions": Interruption(start=PartialDate(2025), absent=WRONG),
        "infusions": Infusion(date=day("2025-03-01"), absent=WRONG),
    }
    found = check_therapy(replace(LINE, **{field: (parts[field],)}), WOMAN, TODAY)
    assert [issue.field for issue in found if issue.code == "ABSENT"] == [field]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "walk_in"}, "CODE"),
        ({"vaccinations": ("influenza", "measles")}, "CODE"),
        ({"vaccinations": ("none", "influenza")}, "CONTRADICTION"),
        ({"vaccinations": ("none",)}, None),
        ({"status": "planned"}, None),
        ({"symptom_change": SymptomChange.WORSE}, None),
    ],
)
def test_codes_are_those_of_the_lists_and_none_stands_alone(change: dict[str, Any], code: str | None) -> None:
    found = [issue.code for issue in code_issues(replace(VISIT, **change))]
    assert found == ([code] if code else [])


def test_every_field_that_holds_codes_is_a_field_and_has_its_list() -> None:
    for kind, fields in CODE_FIELDS.items():
        assert fields.keys() <= {item.name for item in dataclasses.fields(kind)}
        assert set(fields.values()) <= set(codes.choice_lists())
