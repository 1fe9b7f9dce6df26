"""Every worked case, of every criterion and every calculator."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ctdild_desktop.clinical.cases import answer_case, known_criteria
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from tests.support.cases import cases

ALL = cases()
COUNTS = {
    **dict.fromkeys(("PPF2022", "INBUILD", "OMERACT", "ERICE", "RELIEF", "EUSTAR", "MCID_SSC"), 39),
    "REVIEW_FVC_DECLINE": 8,
    "REVIEW_DLCO_DECLINE": 3,
    "RESPONSE_KEIR": 6,
    "RESPONSE_REVIEW": 4,
    "GOH": 6,
    "SEVERITY_Z": 5,
    "SPIRO_GRADE": 6,
    "ILD_GAP": 5,
    "CTCAE_LAB": 15,
}


@pytest.mark.parametrize("case", ALL, ids=[case["id"] for case in ALL])
def test_worked_case(case: dict[str, Any]) -> None:
    made = answer_case(case)
    reasons = [str(line) for line in made.because]
    if not isinstance(made, Assessment):
        assert made.outcome.items() >= case["expected"].items(), reasons
        assert bool(made.needs) == ("CANNOT_ASSESS" in made.outcome.values())
        assert made.source
        return
    assert (made.category or made.verdict.value) == case["expected"]["verdict"], reasons
    assert reasons, "every answer gives its reasons"
    assert bool(made.needs) == (made.verdict is Verdict.CANNOT_ASSESS), "unknown says what is needed"
    assert made.source


def test_all_cases_are_there() -> None:
    assert Counter(case["criterion"] for case in ALL) == COUNTS
    assert len({case["id"] for case in ALL}) == len(ALL) == 331
    assert set(COUNTS) | {"PFILD_COTTIN18"} == set(known_criteria())
