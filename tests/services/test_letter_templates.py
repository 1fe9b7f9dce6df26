"""The texts of letters: a clinic's own in place of those that the program brings, on both databases."""

from __future__ import annotations

import pytest

from ctdild_desktop.services import history, letter_templates, upkeep
from ctdild_desktop.services.desk import Desk, RefusedError, StaleError
from ctdild_desktop.services.letter_words import DEFAULTS
from tests.support.desks import as_user

OWN = "Dear {name}, the team met on {meeting_date}: {recommendation}. {{signed}}"


def test_a_clinic_keeps_a_text_of_its_own_and_goes_back(desk: Desk) -> None:
    assert letter_templates.template(desk, "patient") == DEFAULTS["patient"]
    done = letter_templates.save_template(desk, "patient", OWN, seen=0)
    assert done.message == "Saved text of the letter (patient)."
    assert letter_templates.template(desk, "patient") == OWN
    assert letter_templates.template(desk, "referrer") == DEFAULTS["referrer"]
    told = history.log(desk, history.LogFilter(group="MDT")).entries[0].text
    assert told.startswith("added text of the letter (patient): text Dear {name}")
    other = letter_templates.save_template(desk, "patient", f"{OWN}.", seen=1)
    with pytest.raises(StaleError) as caught:
        letter_templates.save_template(desk, "patient", "mine", seen=1)
    assert caught.value.theirs.text == f"{OWN}."
    assert other.undo is not None
    assert other.undo().value.text == OWN
    gone = letter_templates.reset_template(desk, "patient")
    assert letter_templates.template(desk, "patient") == DEFAULTS["patient"]
    again = letter_templates.save_template(desk, "patient", "again")
    assert gone.undo is not None
    with pytest.raises(RefusedError, match="another text meanwhile"):
        gone.undo()
    assert again.undo is not None
    again.undo()
    gone.undo()
    assert letter_templates.template(desk, "patient") == OWN
    assert upkeep.verify(desk).ok


@pytest.mark.parametrize(
    "text", ["", " ", "{nobody}", "{name!r}", "{name:>3}", "{0}", "{", "}", "{name.x}", "x" * 10_001]
)
def test_a_text_that_cannot_be_filled_in_is_refused(text: str) -> None:
    assert letter_templates.check(text)


@pytest.mark.parametrize("text", [OWN, *DEFAULTS.values()])
def test_a_text_that_can_be_filled_in_is_taken(text: str) -> None:
    assert letter_templates.check(text) == ()


def test_a7_texts_of_letters_are_written_by_those_who_lead(desk: Desk) -> None:
    recorder = as_user(desk, "specht", "T. Specht", "recorder")
    with pytest.raises(RefusedError, match="the texts of letters needs clinician"):
        letter_templates.save_template(recorder, "patient", OWN)
    clinician = as_user(desk, "meise", "B. Meise", "clinician")
    with pytest.raises(RefusedError, match="no letter of the kind"):
        letter_templates.save_template(clinician, "gp", OWN)
    assert letter_templates.save_template(clinician, "patient", OWN).value.text == OWN
