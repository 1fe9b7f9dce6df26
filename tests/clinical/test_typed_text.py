"""Which characters a text may hold."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Interruption, Patient, Pft, TherapyLine
from ctdild_desktop.clinical.typed_text import as_shown, has_unseen, text_issues, tidy_line


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",
        "a\x07b",
        "a\x1bb",
        "a\x7fb",
        "a\x85b",
        "a\ud800b",
        "a\ufffeb",
        "a\u202eb",
        "a\u2066b",
        "a\u2028b",
    ],
)
def test_characters_that_nobody_sees_are_found(text: str) -> None:
    assert has_unseen(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Müller",
        "山田 太郎",
        "אברהם",
        "محمد",
        "می‌خواهم",
        "Smith & <b>",
        "=1+1",
        "two\nlines\tand a tab",
        "👩🏽‍⚕️",
    ],
)
def test_letters_of_every_script_are_kept(text: str) -> None:
    assert not has_unseen(text)


def test_a_record_number_holds_no_invisible_character_at_all() -> None:
    """With one, two numbers that look alike would be two patients."""
    for text in ("MRN\u200b1", "MRN\u00ad1", "\ufeffMRN1", "MRN1\u200e"):
        assert has_unseen(text, number=True)
        assert not has_unseen(text)
    assert not has_unseen("MRN-1/ß", number=True)


def test_a_line_is_kept_with_single_blanks_and_composed_letters() -> None:
    assert tidy_line("  Mu\u0308ller\u00a0\u3000 von\tAu ") == "Müller von Au"


@given(st.text(max_size=60))
def test_what_a_field_shows_holds_no_control_character(text: str) -> None:
    shown = as_shown(text)
    assert len(shown) == len(text)
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)


def test_an_issue_names_the_field_in_a_part_as_well() -> None:
    patient = Patient(id="p", mrn="A\u200b1", family_name="x\0", given_name="fine", alert_note="a\nb")
    assert [issue.field for issue in text_issues(patient)] == ["mrn", "family_name"]
    assert all(issue.hard for issue in text_issues(patient))
    gap = Interruption(start=PartialDate(2024), reason="ill\x07")
    line = TherapyLine(id="l", drug="mycophenolate", start=PartialDate(2023), interruptions=(gap,))
    assert [issue.field for issue in text_issues(line)] == ["interruptions"]
    test = Pft(id="t", date=dt.date(2024, 1, 1), confirmed_unusual=("fvc_l", "a\0"))
    assert [issue.field for issue in text_issues(test)] == ["confirmed_unusual"]
