"""Answers in few words, and which are told together."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.verdict import Assessment, Domain, Verdict, sentence
from ctdild_desktop.services import answers
from ctdild_desktop.services.assessment import assess
from tests.support import holloway

FOUND = assess(holloway.record(), holloway.TODAY)
BY_ID = {answer.criterion: answer for answer in FOUND}
WORSE = Domain(name="symptoms", verdict=Verdict.MET)


def made(**given: Any) -> Assessment:
    plain = Assessment(
        criterion="X", title="X", as_of=dt.date(2026, 3, 12), verdict=Verdict.NOT_MET, window_months=12
    )
    return replace(plain, **given)


def test_what_rests_on_one_reason_is_told_once_and_met_ones_come_first() -> None:
    assert [group.titles for group in answers.grouped(FOUND)] == [
        "FVC fall > 10 %",
        "INBUILD, OMERACT, Erice",
        "PPF 2022",
        "DLCO fall > 15 %",
        "RELIEF",
        "EUSTAR, MCID (SSc)",
    ]


def test_every_answer_is_in_exactly_one_group_whatever_is_asked() -> None:
    for count in range(len(FOUND) + 1):
        places = [at for group in answers.grouped(FOUND[:count]) for at in group.places]
        assert sorted(places) == list(range(count))
        in_strip = [at for cell in answers.cells(FOUND[:count]) for at in cell.places]
        assert in_strip == list(range(count))


def test_no_sentence_is_lost_in_a_group() -> None:
    for group in answers.grouped(FOUND):
        shared = answers.shared_sentences(group)
        own = answers.own_sentences(group)
        for answer in group.answers:
            mine = {line for titles, lines in own if answer.title in titles.split(", ") for line in lines}
            assert set(answer.because) == mine | set(shared), answer.title


def test_the_strip_joins_only_neighbours_that_do_not_apply_for_the_same_reason() -> None:
    reason, other = (sentence("Only in SSc."),), (sentence("No fibrosis."),)
    quiet = {"verdict": Verdict.NOT_APPLICABLE}
    found = (
        made(title="A", **quiet, because=reason),
        made(title="B", **quiet, because=other),
        made(title="C", **quiet, because=other),
        made(title="D"),
        made(title="E", **quiet, because=other),
    )
    assert [cell.titles for cell in answers.cells(found)] == ["A", "B, C", "D", "E"]


def test_a_number_that_decided_nothing_is_not_shown_beside_met() -> None:
    rose = made(
        verdict=Verdict.MET,
        key=sentence("+{change} %", change=Decimal("1.0")),
        domains=(Domain(name="physiology", verdict=Verdict.NOT_MET), WORSE),
    )
    assert answers.key_number(rose) == ""
    assert answers.key_number(replace(rose, verdict=Verdict.NOT_MET)) == "+1.0 %"
    assert answers.one_line(rose) == "+1.0 %, symptoms met"


@pytest.mark.parametrize(
    ("criterion", "line"),
    [
        ("REVIEW_FVC_DECLINE", "−11.6 % since 09.12.2024"),
        ("INBUILD", "−11.6 % since 09.12.2024"),
        ("PPF2022", "needs an HRCT read since 12.03.2025"),
        ("RELIEF", "−3.0 points/y since 18.03.2024"),
    ],
)
def test_an_answer_in_one_line(criterion: str, line: str) -> None:
    assert answers.one_line(BY_ID[criterion]) == line


def test_a_category_stands_for_the_verdict_in_full_and_in_short() -> None:
    fell = made(verdict=Verdict.MET, category="SIGNIFICANT_PROGRESSION")
    assert answers.verdict_word(fell) == "SIGNIFICANT PROGRESSION"
    assert answers.short_word(fell) == "SIGNIFICANT"
    assert answers.one_line(fell) == "significant progression"
    unknown = made(verdict=Verdict.CANNOT_ASSESS, category=None)
    assert (answers.verdict_word(unknown), answers.short_word(unknown)) == ("CANNOT TELL", "CANNOT TELL")


def test_numbers_get_shorter_and_keep_their_unit() -> None:
    assert answers.short_number("−6.7 points") == "−6.7 pt"
    assert answers.short_number("−3.0 points/y") == "−3.0 pt/y"
    assert answers.short_number("−11.6 %") == "−11.6 %"
