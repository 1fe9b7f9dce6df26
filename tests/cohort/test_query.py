"""Queries: what they mean where something is not recorded, how they are read, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Diagnosis,
    Patient,
    PatientRecord,
    Pft,
    Serology,
    Sex,
    TherapyLine,
)
from ctdild_desktop.cohort.facts import FIELDS, Facts, Kind
from ctdild_desktop.cohort.query import (
    And,
    Comparison,
    Condition,
    Not,
    Or,
    Query,
    QueryError,
    holds,
    parse,
    written,
)

DAY = dt.date(2026, 3, 12)


def day(text: str) -> PartialDate:
    return PartialDate.parse(text)


RECORD = PatientRecord(
    patient=Patient(id="p", mrn="1", sex=Sex.FEMALE, birth_date=day("1970-06"), smoking="unknown"),
    diagnoses=(
        Diagnosis(id="d", date=day("2020"), ctd="dcSSc", antibodies=("PL7",), ild_diagnosed=day("2019-05")),
    ),
    tests=(
        Pft(id="a", date=dt.date(2021, 1, 1), entered=1, fvc_l=Decimal("2.0"), fvc_pct_pred=Decimal("70.0")),
        Pft(id="b", date=dt.date(2022, 1, 1), entered=2, fvc_l=Decimal("1.9")),
        Pft(id="c", date=dt.date(2027, 1, 1), entered=3, fvc_l=Decimal("9.9")),
    ),
    therapy=(
        TherapyLine(id="t", drug="mycophenolate", start=day("2020-02-01"), stop=day("2021-02-01")),
        TherapyLine(id="r", drug="rituximab", start=day("2021-02-01")),
        TherapyLine(id="z", drug="azathioprine", start=day("2021"), stop=day("2026")),
    ),
    serology=(
        Serology(id="s", date=day("2020"), test="SCL70", result="positive"),
        Serology(id="u", date=day("2020"), test="RO52", result="negative"),
    ),
)


def asked(text: str) -> bool | None:
    return holds(parse(text), Facts(RECORD, DAY))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", True),
        ("diagnosis = dcSSc", True),
        ("diagnosis_group = ssc and sex = f", True),
        ("diagnosis_group in (RA, IIM)", False),
        ("pattern = NSIP", None),
        ("not pattern = NSIP", None),
        ("pattern = NSIP or drug = rituximab", True),
        ("pattern = NSIP and drug = nintedanib", False),
        ("pattern = NSIP and drug = rituximab", None),
        ("drug = mycophenolate and not drug_now = mycophenolate", True),
        ("drug != nintedanib", True),
        ("lines = 3", True),
        ("drug_now = rituximab", True),
        ("drug_now = azathioprine", None),
        ("smoking = never", None),
        ("not smoking = current", None),
        ("smoking = unknown", True),
        ("antibody = SCL70", True),
        ("antibody = RO52", False),
        ("antibody = PL7", True),
        ("antibody = ACA", None),
        ("antibody != ACA", None),
        ("fvc_l = 1.90", True),
        ("fvc_percent_predicted < 70", False),
        ("fvc_percent_predicted <= 70", True),
        ("dlco_percent_predicted < 40", None),
        ("tests = 2 and last_test = 2022-01-01", True),
        ("age = 55", True),
        ("ild_diagnosed < 2019-05-01", False),
        ("ild_diagnosed < 2019-05-15", None),
        ("ild_diagnosed <= 2019-05-31", True),
        ("ild_diagnosed = 2019-05-15", None),
        ("ild_diagnosed != 2020-01-01", True),
        ("met = PPF2022", None),
        ("event = lung_infection", False),
        ('(diagnosis = "dcSSc") AND NOT (sex = M)', True),
    ],
)
def test_what_is_not_recorded_is_never_a_no(text: str, told: bool | None) -> None:
    assert asked(text) is told


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("weight = 3", "weight is no field"),
        ("diagnosis = lupus", "lupus is no value of diagnosis"),
        ("sex > F", "sex has no order"),
        ("age = old", "old is not a number"),
        ("age = NaN", "NaN is not a number"),
        ("last_test > 12.03.2024", "is not a date such as"),
        ("age =", "ends where a value is needed"),
        ("age", "ends where a comparison is needed"),
        ("(age = 3", "ends where ) is needed"),
        ("age = 3)", ") is not expected there"),
        ("age 3", "3 stands where a comparison is needed"),
        ("age = 3 sex = F", "sex is not expected there"),
        ('sex = "F', "cannot be read at"),
        ("sex in (F, )", ") stands where a value"),
        ("(" * 60 + "age = 3" + ")" * 60, "too many brackets"),
        ("not " * 60 + "age = 3", "too many brackets"),
        ("age = 3 and " * 400 + "age = 3", "at most 2000"),
    ],
)
def test_what_is_no_query_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(QueryError) as refused:
        parse(text)
    assert why in str(refused.value)


def conditions() -> st.SearchStrategy[Query]:
    def of(name: str) -> st.SearchStrategy[Query]:
        field = FIELDS[name]
        if field.kind in {Kind.CODE, Kind.CODES}:
            how = st.sampled_from([Comparison.IS, Comparison.IS_NOT])
            return st.builds(Condition, st.just(name), how, st.sampled_from(field.codes()))
        values = st.dates().map(str) if field.kind is Kind.DATE else st.decimals(-999, 999, places=2).map(str)
        return st.builds(Condition, st.just(name), st.sampled_from(Comparison), values)

    return st.sampled_from(sorted(FIELDS)).flatmap(of)


def queries() -> st.SearchStrategy[Query]:
    def joined(inside: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
        several = st.lists(inside, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(Not, inside), st.builds(And, several), st.builds(Or, several))

    return st.recursive(conditions(), joined, max_leaves=6)


@given(queries())
def test_what_is_written_is_read_back_and_not_turns_the_answer(query: Query) -> None:
    assert parse(written(query)) == query
    facts = Facts(RECORD, DAY)
    told, turned = holds(query, facts), holds(Not(query), facts)
    assert turned is (None if told is None else not told)


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    assert parse(written(query)) == query
