"""Every worked case of the criteria that are built here."""

from __future__ import annotations

from typing import Any

import pytest

from ctdild_desktop.clinical.criteria import assess
from tests.support.cases import cases, facts_of

RECORD_CASES = cases("PPF2022", "REVIEW_FVC_DECLINE", "REVIEW_DLCO_DECLINE", "RESPONSE_REVIEW")


@pytest.mark.parametrize("case", RECORD_CASES, ids=[case["id"] for case in RECORD_CASES])
def test_worked_case(case: dict[str, Any]) -> None:
    facts, as_of = facts_of(case)
    made = assess(facts, case["criterion"], as_of)
    assert (made.category or made.verdict.value) == case["expected"]["verdict"], [
        str(s) for s in made.because
    ]
    assert made.because, "every answer gives its reasons"
    assert bool(made.needs) == (made.verdict.value == "CANNOT_ASSESS"), "unknown says what is needed"
    assert made.source


def test_all_cases_are_there() -> None:
    counts: dict[str, int] = {}
    for case in RECORD_CASES:
        counts[case["criterion"]] = counts.get(case["criterion"], 0) + 1
    assert counts == {
        "PPF2022": 39,
        "REVIEW_FVC_DECLINE": 8,
        "REVIEW_DLCO_DECLINE": 3,
        "RESPONSE_REVIEW": 4,
    }
