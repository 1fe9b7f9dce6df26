"""What is refused and asked about in meetings, agendas, decisions and actions, and where limits lie."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.plausibility_mdt import (
    agrees,
    check_action,
    check_agenda_item,
    check_decision,
    check_meeting,
    check_signing,
)
from ctdild_desktop.clinical.records import Action, AgendaItem, Decision, Differential, Meeting, Patient

TODAY = dt.date(2026, 3, 12)
PATIENT = Patient(id="p", mrn="M-1", birth_date=PartialDate(1970, 9, 18))
MEETING = Meeting(id="m", date=TODAY)
DECISION = Decision(id="d", meeting_id="m", patient_id="p", date=TODAY, question="Worse?")
MET, NOT_MET, CANNOT = "MET", "NOT_MET", "CANNOT_ASSESS"


def found(issues: Any) -> dict[str, bool]:
    return {issue.field: issue.hard for issue in issues}


def decision(**values: Any) -> dict[str, bool]:
    return found(check_decision(replace(DECISION, **values), PATIENT, TODAY))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"starts": "23:59", "ends": ""}, {}),
        ({"starts": "24:00"}, {"starts": True}),
        ({"starts": "9:00"}, {"starts": True}),
        ({"starts": "14:00", "ends": "14:00"}, {"ends": True}),
        ({"date": TODAY + dt.timedelta(days=366)}, {}),
        ({"date": TODAY + dt.timedelta(days=367)}, {"date": False}),
        ({"date": TODAY - dt.timedelta(days=31)}, {}),
        ({"date": TODAY - dt.timedelta(days=32)}, {"date": False}),
        ({"date": TODAY - dt.timedelta(days=32), "status": "held"}, {}),
        ({"date": TODAY + dt.timedelta(days=1), "status": "held"}, {"status": True}),
        ({"quorum_rule": ("magic",)}, {"quorum_rule": True}),
    ],
)
def test_a_meeting_is_checked(values: dict[str, Any], expected: dict[str, bool]) -> None:
    assert found(check_meeting(replace(MEETING, **values), (), TODAY)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"question": "x" * 200}, {}),
        ({"question": "x" * 201}, {"question": True}),
        ({"position": -1}, {"position": True}),
        ({"minutes": 0}, {"minutes": True}),
        ({"minutes": 60}, {}),
        ({"minutes": 61}, {"minutes": False}),
        ({"minutes": 601}, {"minutes": True}),
    ],
)
def test_a_place_on_the_agenda_is_checked(values: dict[str, Any], expected: dict[str, bool]) -> None:
    item = AgendaItem(id="i", meeting_id="m", patient_id="p", question="Worse?")
    assert found(check_agenda_item(replace(item, **values), MEETING, PATIENT, (item,))) == expected
    died = replace(PATIENT, death_date=PartialDate(2026, 2))
    assert found(check_agenda_item(item, MEETING, died, (item,))) == {"patient_id": False}


@given(st.decimals(-1, 101, places=1), st.sampled_from(["definite", "high", "low", "unclassifiable"]))
def test_a_percentage_agrees_with_its_level_within_the_ranges_of_the_list(share: Decimal, level: str) -> None:
    """The list says: 90 or more, 70-89, 51-69, 50 or less; between whole numbers the lower level holds."""
    whole = int(share) if share >= 0 else -1
    ranges = {"definite": (90, 100), "high": (70, 89), "low": (51, 69), "unclassifiable": (0, 50)}
    least, most = ranges[level]
    expected: dict[str, bool] = {} if least <= whole <= most else {"confidence": False}
    if not 0 <= share <= 100:
        expected = {"confidence_percent": True}
    assert decision(confidence=level, confidence_percent=share) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"differentials": (Differential(diagnosis="SSc", percent=Decimal(101)),)}, {"differentials": True}),
        ({"differentials": (Differential(diagnosis="dragon"),)}, {"differentials": True}),
        ({"pattern": "stripes"}, {"pattern": True}),
        ({"preference": "home", "preference_known": False}, {"preference_known": True}),
        ({"next_date": PartialDate(2026, 3, 12)}, {"next_date": True}),
        ({"next_date": PartialDate(2026, 3)}, {}),
        ({"letter_sent": TODAY, "letter_to": ("gp",)}, {}),
        ({"letter_sent": TODAY}, {"letter_to": True}),
        ({"letter_sent": TODAY + dt.timedelta(days=1), "letter_to": ("gp",)}, {"letter_sent": True}),
        ({"implemented": "yes", "not_implemented": "access"}, {"not_implemented": True}),
        ({"implemented": "no"}, {"not_implemented": False}),
        ({"implemented": "pending", "implemented_date": PartialDate(2026, 3)}, {"implemented_date": True}),
        ({"implemented": "yes", "implemented_date": PartialDate(2026, 4)}, {"implemented_date": True}),
        ({"implemented": "yes", "implemented_date": PartialDate(2026, 2)}, {"implemented_date": False}),
        ({"date": dt.date(1970, 9, 17)}, {"date": True}),
    ],
)
def test_a_decision_is_checked(values: dict[str, Any], expected: dict[str, bool]) -> None:
    assert decision(**values) == expected


def test_probabilities_above_a_hundred_together_are_asked_about() -> None:
    other = Differential(diagnosis="SSc", percent=Decimal("30.1"))
    assert decision(confidence_percent=Decimal(70), differentials=(other,)) == {"differentials": False}
    other = replace(other, percent=Decimal(30))
    assert decision(confidence_percent=Decimal(70), differentials=(other,)) == {}


@pytest.mark.parametrize(
    ("shown", "agreed"),
    [
        ((), {"progressing", "stable", "improved", "cannot_tell"}),
        (("NOT_APPLICABLE",), {"progressing", "stable", "improved", "cannot_tell"}),
        ((NOT_MET, MET, CANNOT), {"progressing"}),
        ((NOT_MET,), {"stable", "improved"}),
        ((CANNOT,), {"cannot_tell"}),
        ((NOT_MET, CANNOT), {"stable", "improved", "cannot_tell"}),
    ],
)
def test_a_verdict_of_the_team_agrees_with_what_was_computed(
    shown: tuple[str, ...], agreed: set[str]
) -> None:
    pairs = tuple((str(number), verdict) for number, verdict in enumerate(shown))
    verdicts = ("progressing", "stable", "improved", "cannot_tell")
    assert {one for one in verdicts if agrees(pairs, one)} == agreed
    assert agrees(pairs, None)


def test_a_decision_lacks_a_verdict_a_recommendation_and_the_reason_why_it_differs() -> None:
    def lacks(**values: Any) -> dict[str, bool]:
        return found(check_signing(replace(DECISION, **values), (), TODAY))

    assert lacks() == {"team_verdict": True, "recommendation": True}
    said = {"team_verdict": "stable", "recommendations": ("observe",)}
    assert lacks(**said) == {}
    assert lacks(**said, shown=(("PPF2022", MET),)) == {"verdict_reason": True}
    assert lacks(**said, shown=(("PPF2022", MET),), verdict_reason="infection") == {}
    assert lacks(**said, date=TODAY + dt.timedelta(days=1)) == {"date": True}
    nobody = Action(id="a", decision_id="d", what="Echo")
    signed = replace(DECISION, **said)  # type: ignore[arg-type]
    assert found(check_signing(signed, (nobody,), TODAY)) == {"actions": False}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"what": " "}, {"what": True}),
        ({"due": TODAY - dt.timedelta(days=1)}, {"due": False}),
        ({"status": "done"}, {"done_date": True}),
        ({"done_date": TODAY}, {"done_date": True}),
        ({"status": "done", "done_date": TODAY}, {}),
        ({"status": "done", "done_date": TODAY + dt.timedelta(days=1)}, {"done_date": True}),
        ({"status": "done", "done_date": TODAY - dt.timedelta(days=1)}, {"done_date": False}),
        ({"status": "dreamt"}, {"status": True}),
    ],
)
def test_an_action_is_checked(values: dict[str, Any], expected: dict[str, bool]) -> None:
    action = Action(id="a", decision_id="d", what="Echo", owner="Clinic", due=TODAY)
    assert found(check_action(replace(action, **values), DECISION, TODAY)) == expected
