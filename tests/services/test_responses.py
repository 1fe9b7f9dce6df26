"""The response criterion, asked of each line of therapy."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.services.responses import line_criteria, line_responses
from tests.support import holloway

AS_OF = holloway.TODAY


def asked(record, as_of=AS_OF):
    return [line.drug for line, _answer in line_responses(record, "RESPONSE_REVIEW", as_of)]


def test_every_drug_is_asked_about_latest_start_first():
    found = asked(holloway.record())
    assert [drug.partition("_")[0] for drug in found] == [
        "rituximab",
        "mycophenolate",
        "cyclophosphamide",
        "prednisolone",
    ]


def test_what_began_later_is_left_out():
    assert asked(holloway.record(), dt.date(2023, 11, 5))[0] == "mycophenolate"
    assert asked(holloway.record(), dt.date(2021, 6, 1)) == []


@pytest.mark.parametrize("drug", ["oxygen", "rehabilitation", "co_trimoxazole"])
def test_what_is_not_judged_by_lung_function_is_left_out(drug):
    record = holloway.record()
    other = TherapyLine(id="f" * 32, drug=drug, start=PartialDate(2024, 1, 1))
    assert drug not in asked(replace(record, therapy=(*record.therapy, other)))


def test_a_start_known_to_the_month_cannot_be_judged():
    record = holloway.record()
    vague = replace(record.therapy[-1], start=PartialDate(2023, 11))
    ((line, answer),) = line_responses(replace(record, therapy=(vague,)), "RESPONSE_REVIEW", AS_OF)
    assert line == vague
    assert answer.verdict == "CANNOT_ASSESS"
    assert answer.needs


def test_only_the_responses_are_asked_of_lines():
    assert line_criteria() == ("RESPONSE_KEIR", "RESPONSE_REVIEW")
