"""A clinic's own threshold: both measures, both bases, both comparators, and what it may be."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ctdild_desktop.clinical.criteria import (
    Comparator,
    CriteriaSettings,
    ThresholdBasis,
    ThresholdMeasure,
    UserThreshold,
    user_threshold,
)
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.records import Pft
from ctdild_desktop.clinical.verdict import Assessment, Verdict
from ctdild_desktop.clinical.wording import say
from tests.support.people import day, facts, percent

AS_OF = day("2024-04-02")


def threshold(**values: Any) -> UserThreshold:
    made: dict[str, Any] = {
        "id": "7",
        "name": "FVC fall > 7.5 points",
        "measure": ThresholdMeasure.FVC,
        "basis": ThresholdBasis.POINTS,
        "amount": Decimal("7.5"),
        "comparator": Comparator.MORE_THAN,
        "window_months": 12,
        "set_by": "Dr Invented",
        "set_on": day("2024-01-31"),
    }
    return UserThreshold(**{**made, **values})


def ask(definition: UserThreshold, *tests: Pft, **values: Any) -> Assessment:
    return user_threshold(definition).judge(facts(*tests, **values), AS_OF, CriteriaSettings())


def course(fvc: str, dlco: str = "60", before: str = "2023-04-10") -> tuple[Pft, Pft]:
    return percent(before, "80", "60"), percent("2024-04-02", fvc, dlco)


@pytest.mark.parametrize(
    ("measure", "basis", "amount", "limit"),
    [
        (ThresholdMeasure.FVC, ThresholdBasis.POINTS, "7.5", "72.5"),
        (ThresholdMeasure.FVC, ThresholdBasis.RELATIVE, "7.5", "74"),
        (ThresholdMeasure.DLCO, ThresholdBasis.POINTS, "7.25", "52.75"),
        (ThresholdMeasure.DLCO, ThresholdBasis.RELATIVE, "12", "52.8"),
    ],
)
def test_more_than_and_at_least_at_the_limit(
    measure: ThresholdMeasure, basis: ThresholdBasis, amount: str, limit: str
) -> None:
    for step, more, least in (("0.000001", False, False), ("0", False, True), ("-0.000001", True, True)):
        latest = str(Decimal(limit) + Decimal(step))
        tests = course(latest) if measure is ThresholdMeasure.FVC else course("80", latest)
        for comparator, met in ((Comparator.MORE_THAN, more), (Comparator.AT_LEAST, least)):
            made = ask(
                threshold(measure=measure, basis=basis, amount=Decimal(amount), comparator=comparator), *tests
            )
            assert made.verdict is (Verdict.MET if met else Verdict.NOT_MET)


def test_it_says_whose_it_is() -> None:
    made = ask(threshold(), *course("70"))
    assert (made.criterion, made.title) == ("OWN_7", "FVC fall > 7.5 points")
    assert made.source == "Clinic's own, set by Dr Invented on 2024-01-31"
    assert [say(line) for line in made.because] == [
        "FVC fell from 80.00 % (10.04.2023) to 70.00 % (02.04.2024), 11 months: 10.0 points.",
        "The clinic's own limit: FVC fall of more than 7.5 points within 12 months.",
    ]
    assert made.key is not None
    assert say(made.key) == "−10.0 points"
    assert say(threshold(amount=Decimal("10.00"), basis=ThresholdBasis.RELATIVE).rule) == (
        "FVC fall of more than 10 % within 12 months"
    )


def test_unknown_says_what_is_needed_and_a_near_miss_is_told() -> None:
    made = ask(threshold(), percent("2024-04-02", "70"))
    assert made.verdict is Verdict.CANNOT_ASSESS
    assert [say(need) for need in made.needs] == ["a second usable FVC since 02.04.2023"]
    missed = ask(threshold(), *course("70", before="2023-03-20"))
    assert "NEAR_MISS" in {item.code for item in missed.cautions}
    assert ask(threshold(window_months=24), *course("70", before="2023-03-20")).verdict is Verdict.MET


def test_dlco_in_points_needs_haemoglobin() -> None:
    raw = {"dlco_hb_corrected": False}
    tests = (percent("2023-04-10", "80", "60", **raw), percent("2024-04-02", "80", "40", **raw))
    own = threshold(measure=ThresholdMeasure.DLCO, amount=Decimal(10))
    assert ask(own, *tests).verdict is Verdict.CANNOT_ASSESS


def test_a_fall_of_dlco_alone_is_to_be_confirmed() -> None:
    own = threshold(measure=ThresholdMeasure.DLCO, amount=Decimal(10))
    alone = ask(own, *course("80", "45"))
    assert "DLCO alone has fallen that far" in say(alone.cautions[0].text)
    assert ask(own, *course("65", "45")).cautions == ()


def test_it_needs_neither_fibrosis_nor_a_diagnosis() -> None:
    assert ask(threshold(), *course("70"), fibrosis=False, diagnosis=None).verdict is Verdict.MET


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "  "}, "name"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("-5")}, "amount"),
        ({"amount": Decimal("100.01")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("Infinity")}, "amount"),
        ({"amount": Decimal("7.125")}, "decimals"),
        ({"window_months": 0}, "window"),
        ({"window_months": 121}, "window"),
    ],
)
def test_what_a_threshold_may_not_be(values: dict[str, Any], words: str) -> None:
    with pytest.raises(EntryError, match=words):
        threshold(**values)
