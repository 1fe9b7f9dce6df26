"""Names that run from right to left, in the order in which they are drawn."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.reports.bidi import visual

HEBREW = "כהן"


@pytest.mark.parametrize("text", ["", "HOLLOWAY, Ingrid", "Παπαδόπουλος, Ελένη", "−11.6 %", "Łukasz <b>&\"'"])
def test_text_from_left_to_right_is_left_alone(text: str) -> None:
    assert visual(text) == text


def test_a_hebrew_name_is_drawn_from_its_last_letter() -> None:
    assert visual(HEBREW) == HEBREW[::-1]


def test_two_hebrew_words_change_places_and_what_follows_stays() -> None:
    assert visual("כהן, דוד · MRN 12") == "דוד"[::-1] + " ," + HEBREW[::-1] + " · MRN 12"


def test_a_number_inside_a_hebrew_run_keeps_its_order() -> None:
    assert visual("כהן 12 דוד") == "דוד"[::-1] + " 12 " + HEBREW[::-1]


def test_brackets_inside_a_run_are_mirrored() -> None:
    assert visual("כהן (לוי) דוד") == "דוד"[::-1] + " (" + "לוי"[::-1] + ") " + HEBREW[::-1]


def test_the_letters_of_a_persian_name_join() -> None:
    forms = [unicodedata.name(letter).rpartition(" ")[0].split()[-1] for letter in visual("گلچهره")]
    assert forms == ["ISOLATED", "FINAL", "MEDIAL", "MEDIAL", "MEDIAL", "INITIAL"]


def test_vowel_points_stay_on_their_letter() -> None:
    assert visual("שָׁ" + "ל") == "ל" + "שָׁ"


def test_arabic_letters_take_the_form_of_their_place() -> None:
    # meem-initial, hah-medial, meem-medial, dal-final; drawn from the last one
    assert visual("محمد") == "\ufeaa\ufee4\ufea4\ufee3"


def test_lam_alef_is_one_sign() -> None:
    assert visual("لا") == "\ufefb"


@given(st.text(alphabet="abc ,0123אבגד", max_size=30))
def test_no_letter_is_lost(text: str) -> None:
    assert sorted(visual(text)) == sorted(text)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_any_text_can_be_drawn(text: str) -> None:
    drawn = visual(text)
    if not any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text):
        assert drawn == text
