"""The reference that a reader may choose: which pair each choice makes, and why one makes none."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.clinical.reference_choice import Choice, Chosen, reference_choices
from ctdild_desktop.clinical.wording import say
from tests.support.holloway import REFERENCE_DAY, TODAY, pfts, record

HOLLOWAY = record()


def made(patient: PatientRecord = HOLLOWAY, **options: object) -> dict[Choice, Chosen]:
    return {one.choice: one for one in reference_choices(patient, TODAY, **options)}  # type: ignore[arg-type]


def day(chosen: Chosen) -> dt.date:
    assert chosen.pair is not None, chosen.why_not
    assert chosen.pair.follow_up.date == TODAY
    return chosen.pair.baseline.date


def why(chosen: Chosen) -> str:
    assert chosen.pair is None
    assert chosen.why_not is not None
    return say(chosen.why_not)


def test_the_highest_is_that_of_the_criterion() -> None:
    found = made()[Choice.HIGHEST]
    assert day(found) == REFERENCE_DAY
    assert found.pair is not None
    assert found.pair.relative_change_percent.quantize(Decimal("0.1")) == Decimal("-11.6")


def test_the_first_lies_inside_the_window_both_ends_included() -> None:
    assert day(made()[Choice.FIRST]) == dt.date(2024, 3, 18)
    inside = replace(HOLLOWAY.tests[2], date=dt.date(2024, 3, 12), id="a" * 32)
    outside = replace(inside, date=dt.date(2024, 3, 11), id="b" * 32)
    both = replace(HOLLOWAY, tests=(outside, inside, *HOLLOWAY.tests[-3:]))
    assert day(made(both)[Choice.FIRST]) == inside.date
    assert day(made(both, months=6)[Choice.FIRST]) == dt.date(2025, 11, 10)


def test_before_therapy_is_the_last_test_up_to_the_start_of_the_last_line() -> None:
    found = made()[Choice.BEFORE_THERAPY]
    assert found.drug == "Rituximab"
    assert day(found) == dt.date(2023, 10, 16)
    started = replace(HOLLOWAY.therapy[0], start=PartialDate(2024, 12, 9), id="z" * 32)
    later = replace(HOLLOWAY, therapy=(*HOLLOWAY.therapy, started))
    assert day(made(later)[Choice.BEFORE_THERAPY]) == dt.date(2024, 12, 9)


def test_before_therapy_says_what_it_lacks() -> None:
    assert why(made(replace(HOLLOWAY, therapy=()))[Choice.BEFORE_THERAPY]) == "no therapy is recorded"
    early = replace(HOLLOWAY.therapy[0], start=PartialDate(2019, 5))
    assert why(made(replace(HOLLOWAY, therapy=(early,)))[Choice.BEFORE_THERAPY]).startswith(
        "no test before the start of"
    )
    vague = replace(early, start=PartialDate(2023))
    assert why(made(replace(HOLLOWAY, therapy=(vague,)))[Choice.BEFORE_THERAPY]).endswith(
        "is known to the year only"
    )


def test_a_test_may_be_pointed_at_unless_it_is_unused_or_the_latest() -> None:
    tests = pfts()
    assert day(made(test_id=tests[12].id)[Choice.THIS]) == tests[12].date
    assert why(made()[Choice.THIS]) == "no test is selected"
    assert why(made(test_id=tests[-1].id)[Choice.THIS]) == "it is the latest test"
    assert why(made(test_id=tests[5].id)[Choice.THIS]) == "it cannot be compared with the latest test"


def test_dlco_is_compared_at_standard_haemoglobin() -> None:
    pair = made(measure="dlco")[Choice.HIGHEST].pair
    assert pair is not None
    assert (pair.measure, pair.basis) == ("dlco", "percent_predicted_hb_corrected")
    assert pair.relative_change_percent.quantize(Decimal("0.1")) == Decimal("-13.6")


def test_one_test_makes_no_pair() -> None:
    alone = replace(HOLLOWAY, tests=HOLLOWAY.tests[-1:])
    assert why(made(alone)[Choice.FIRST]) == "no earlier test of the last 24 months can be compared"
    assert all(one.pair is None for one in made(replace(HOLLOWAY, tests=())).values())
