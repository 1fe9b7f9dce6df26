from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    DlcoUnit,
    DoseChange,
    Hrct,
    Infusion,
    Interruption,
    Patient,
    Pft,
    TherapyLine,
    Visit,
)
from ctdild_desktop.services.field_words import field_label, field_value, noun
from ctdild_desktop.services.merging import TOGETHER, Merge, Side, in_words, merge
from tests.support.any_record import any_record, changed

KINDS = (Patient, Diagnosis, Visit, Pft, Hrct, TherapyLine, AdverseEvent)
DAY = dt.date(2026, 3, 10)
LINES = tuple(
    TherapyLine(id=name, drug="rituximab", start=PartialDate(year))
    for name, year in (("", 2023), ("one", 2024), ("two", 2025))
)
"""The lines that records of :func:`three` refer to."""


@st.composite
def three(draw: Any) -> tuple[Any, Any, Any]:
    """What both began with, mine, and theirs."""
    base = draw(any_record(draw(st.sampled_from(KINDS)), id="r", version=1))
    theirs = draw(changed(base))
    return base, draw(changed(base)), replace(theirs, version=2)


def all_mine(merged: Merge[Any]) -> Any:
    return merged.chosen({part.key: Side.MINE for part in merged.open})


def names_of(record: Any) -> list[str]:
    return [item.name for item in fields(record) if item.name not in ("version", "confirmed_unusual")]


@settings(max_examples=60)
@given(three())
def test_no_field_of_either_side_is_lost(records: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = records
    merged = merge(base, mine, theirs)
    asked = {name for part in merged.open for name in part.names}
    saved = all_mine(merged)
    for name in set(names_of(base)) - asked:
        was, my, their, now = (getattr(record, name) for record in (base, mine, theirs, saved))
        if my != was:
            assert now == my
        elif their != was:
            assert now == their
        else:
            assert now == was
    for name in asked:
        assert getattr(saved, name) == getattr(mine, name)
    assert saved.version == 2


@settings(max_examples=60)
@given(three())
def test_only_what_both_changed_to_something_else_is_asked(records: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = records
    for part in merge(base, mine, theirs).open:
        assert any(str(getattr(mine, name)) != str(getattr(base, name)) for name in part.names)
        assert any(str(getattr(theirs, name)) != str(getattr(base, name)) for name in part.names)
        assert any(getattr(mine, name) != getattr(theirs, name) for name in part.names)


@settings(max_examples=60)
@given(three())
def test_identical_changes_do_not_conflict(records: tuple[Any, Any, Any]) -> None:
    base, mine, _theirs = records
    same = replace(mine, version=2)
    merged = merge(base, mine, same)
    assert merged.open == ()
    assert merged.chosen({}) == same
    assert in_words(merged) == ()


@settings(max_examples=60)
@given(three())
def test_one_side_alone_is_taken_as_it_is(records: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = records
    assert merge(base, base, theirs).chosen({}) == theirs
    assert merge(base, mine, replace(base, version=2)).chosen({}) == replace(mine, version=2)


@settings(max_examples=60)
@given(three())
def test_who_is_mine_makes_no_difference_to_what_is_asked(records: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = records
    assert merge(base, mine, theirs).open == merge(base, theirs, mine).open


@settings(max_examples=60)
@given(three())
def test_parts_that_belong_together_come_from_one_person(records: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = records
    merged = merge(base, mine, theirs)
    for side in Side:
        saved = merged.chosen({part.key: side for part in merged.open})
        for names in TOGETHER[type(base)]:
            sides = [tuple(getattr(record, name) for name in names) for record in (mine, theirs)]
            assert tuple(getattr(saved, name) for name in names) in sides


@settings(max_examples=60)
@given(three())
def test_a_part_that_has_to_be_chosen_is_never_chosen_silently(records: tuple[Any, Any, Any]) -> None:
    merged = merge(*records)
    if merged.open:
        with pytest.raises(KeyError):
            merged.chosen({})
    theirs = merged.chosen({part.key: Side.THEIRS for part in merged.parts})
    assert theirs == replace(merged.theirs, **_confirmed(theirs))


def _confirmed(record: Any) -> dict[str, Any]:
    return {"confirmed_unusual": record.confirmed_unusual} if isinstance(record, Pft) else {}


@settings(max_examples=60)
@given(three())
def test_every_comparison_can_be_said_in_words(records: tuple[Any, Any, Any]) -> None:
    merged = merge(*records)
    told = in_words(merged, LINES)
    assert {row.key for row in told} >= {part.key for part in merged.open}
    for row in told:
        assert all((row.label, row.was, row.mine, row.theirs))
        assert row.mine != row.theirs or row.label == "Unlikely values confirmed"


def test_a_value_never_gets_the_unit_of_another() -> None:
    base = Pft(id="p", date=DAY, dlco=Decimal("4.2"), dlco_unit=DlcoUnit.SI)
    mine = replace(base, dlco=Decimal("12.5"), dlco_unit=DlcoUnit.TRADITIONAL, comment="as printed")
    theirs = replace(base, dlco=Decimal("4.3"), fvc_l=Decimal("2.31"), version=2)
    merged = merge(base, mine, theirs)
    assert [part.names for part in merged.open] == [("dlco", "dlco_unit")]
    saved = merged.chosen({"dlco": Side.THEIRS})
    assert (saved.dlco, saved.dlco_unit) == (Decimal("4.3"), DlcoUnit.SI)
    assert (saved.fvc_l, saved.comment) == (Decimal("2.31"), "as printed")
    (asked, *rest) = in_words(merged)
    assert asked.label == "DLCO"
    assert (asked.was, asked.mine) == ("4.2 mmol/min/kPa", "12.5 mL/min/mmHg")
    assert [row.side for row in rest] == [Side.THEIRS, Side.MINE]


def test_a_dose_change_never_gets_the_unit_of_another_dose() -> None:
    base = TherapyLine(
        id="t", drug="mycophenolate", start=PartialDate(2025, 1), dose=Decimal("1.5"), dose_unit="g"
    )
    mine = replace(base, dose=Decimal(1500), dose_unit="mg")
    step = DoseChange(date=PartialDate(2026, 1), dose=Decimal(2))
    theirs = replace(base, dose_changes=(step,), version=2)
    (part,) = merge(base, mine, theirs).open
    assert set(part.names) == {"dose", "dose_unit", "dose_changes"}


def test_a_confirmation_follows_the_value_that_is_kept() -> None:
    base = Pft(id="p", date=DAY, fvc_l=Decimal("2.3"), hb_g_l=Decimal(130), confirmed_unusual=("tlc_l",))
    mine = replace(base, fvc_l=Decimal("1.1"), confirmed_unusual=("fvc_l", "tlc_l"))
    theirs = replace(base, hb_g_l=Decimal(70), confirmed_unusual=("hb_g_l", "tlc_l"), version=2)
    saved = merge(base, mine, theirs).chosen({})
    assert saved.confirmed_unusual == ("fvc_l", "hb_g_l", "tlc_l")
    refused = merge(base, mine, replace(theirs, fvc_l=Decimal("2.1"))).chosen({"fvc_l": Side.THEIRS})
    assert refused.confirmed_unusual == ("hb_g_l", "tlc_l")


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_kind_has_a_name_of_its_own(kind: type[Any]) -> None:
    untyped = {"id", "version", "entered", "source_sha256"}
    names = [item.name for item in fields(kind) if item.name not in untyped]
    labels = [field_label(kind, name) for name in names]
    assert len(set(labels)) == len(names)
    assert all(label and "_" not in label for label in labels)
    assert noun(kind)
    assert "{" not in noun(kind)
    assert {name for together in TOGETHER[kind] for name in together} <= set(names)
    with pytest.raises(KeyError):
        field_label(kind, "no_such_field")


@pytest.mark.parametrize(
    ("record", "name", "words"),
    [
        (Patient(id="a", mrn="1", smoking="ex"), "smoking", "ex-smoker"),
        (Patient(id="a", mrn="1", ethnic_group=3), "ethnic_group", "North-East Asian (GLI-2012 group 3)"),
        (Visit(id="v", date=DAY, kind="day_case"), "kind", "day case"),
        (Visit(id="v", date=DAY, mmrc=0), "mmrc", "0"),
        (Visit(id="v", date=DAY, alternative_explanation=False), "alternative_explanation", "no"),
        (Visit(id="v", date=DAY), "alternative_explanation", "–"),
        (Pft(id="p", date=DAY, fvc_l=Decimal("2.30")), "fvc_l", "2.30 L"),
        (Pft(id="p", date=DAY), "date", "10.03.2026"),
        (
            Pft(id="p", date=DAY, dlco=Decimal("4.2"), dlco_unit=DlcoUnit.SI),
            "dlco",
            "4.2 mmol/min/kPa",
        ),
        (
            Pft(id="p", date=DAY, confirmed_unusual=("fvc_l", "hb_g_l")),
            "confirmed_unusual",
            "FVC, haemoglobin",
        ),
        (Pft(id="p", date=DAY), "comment", "–"),
        (Diagnosis(id="d", date=PartialDate(2024), ctd="SSc"), "antibodies", "–"),
        (Diagnosis(id="d", date=PartialDate(2024), ctd="SSc", antibodies=("SCL70", "RO52")), "date", "2024"),
        (AdverseEvent(id="e", onset=PartialDate(2026, 2), term="shingles"), "onset", "02.2026"),
        (AdverseEvent(id="e", onset=PartialDate(2026), term="x", end=PartialDate(2026, 2)), "end", "02.2026"),
    ],
)
def test_a_value_is_said_in_the_words_of_the_forms(record: Any, name: str, words: str) -> None:
    assert field_value(record, name) == words


def test_what_a_field_refers_to_is_named() -> None:
    line = TherapyLine(id="t", drug="rituximab", start=PartialDate(2025))
    event = AdverseEvent(id="e", onset=PartialDate(2026), term="shingles", suspected_lines=("t",))
    assert field_value(event, "suspected_lines", (line,)) == "Rituximab"
    assert field_value(event, "suspected_lines") == "a line of therapy"
    again = replace(line, id="u", start=PartialDate(2026, 1))
    assert field_value(event, "suspected_lines", (line, again)) == "Rituximab from 2025"
    treated = replace(
        line,
        dose_changes=(DoseChange(date=PartialDate(2026, 1), dose=Decimal(2), reason="well"),),
        interruptions=(Interruption(start=PartialDate(2025, 5), reason="infection"),),
        infusions=(Infusion(date=DAY, dose_mg=Decimal(1000)),),
    )
    assert field_value(treated, "dose_changes") == "2 from 01.2026, well"
    assert field_value(treated, "interruptions") == "05.2025 – …, infection"
    assert field_value(treated, "infusions") == "10.03.2026 1000 mg"
    assert field_value(line, "infusions") == "–"
