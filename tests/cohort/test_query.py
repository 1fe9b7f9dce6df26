"""Queries: what they mean where something is not recorded, how they are read, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    Patient,
    PatientRecord,
    Pft,
    Serology,
    Sex,
    TherapyLine,
    Visit,
)
from ctdild_desktop.cohort.facts import Facts
from ctdild_desktop.cohort.fields import FIELDS, PARTS, Field, Kind
from ctdild_desktop.cohort.part_facts import place_of
from ctdild_desktop.cohort.query import (
    And,
    Comparison,
    Condition,
    Not,
    Or,
    Query,
    QueryError,
    Some,
    holds,
    lacking,
    parse,
    written,
)
from tests.support.cohort_patients import day

DAY = dt.date(2026, 3, 12)


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
    adverse_events=(
        AdverseEvent(id="i", onset=day("2021-05-01"), term="lung_infection", grade=3, serious=True),
        AdverseEvent(id="n", onset=day("2021-06-01"), term="nausea", suspected_lines=("t",)),
        AdverseEvent(id="f", onset=day("2026-06-01"), term="nausea", grade=5, serious=True),
    ),
    visits=(
        Visit(id="v", date=dt.date(2020, 1, 5)),
        Visit(id="w", date=dt.date(2025, 9, 1), status="attended"),
        Visit(id="x", date=dt.date(2026, 1, 1), status="cancelled"),
    ),
)


FACTS = Facts(RECORD, DAY)


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
        ("event = lung_infection", True),
        ("first_visit = 2020-01-05 and last_visit = 2025-09-01", True),
        ("goh = extensive", None),
        ("antibody_group = ssc", True),
        ("antibody_group = synthetase", True),
        ("antibody_group = myositis", None),
        ("died < 2026-01-01", None),
        ("therapy(drug = rituximab)", True),
        ("therapy(drug = nintedanib)", False),
        ("therapy(drug = rituximab and started >= 2021-01-01 and started < 2021-03-01)", True),
        ("therapy(drug = rituximab and started < 2021-01-01)", False),
        ("therapy(drug = rituximab and ongoing = yes)", True),
        ("therapy(drug = rituximab and stopped > 1990-01-01)", False),
        ("not therapy(drug = rituximab and stopped > 1990-01-01)", True),
        ("therapy(drug = mycophenolate and line = 1)", True),
        ("therapy(drug = mycophenolate and line = 2)", False),
        ("therapy(drug = rituximab and line = 2)", None),  # azathioprine began somewhen in 2021
        ("therapy(drug = rituximab and course = 1)", True),
        ("therapy(drug = azathioprine and started <= 2021-12-31)", True),
        ("therapy(drug = azathioprine and started <= 2021-06-01)", None),
        ("therapy(drug = azathioprine and ongoing = yes)", None),
        ("therapy(drug_class = anti_cd20)", True),
        ("therapy(role = rescue)", None),
        ("therapy(drug = nintedanib and role = rescue)", False),
        ("therapy()", True),
        ("adverse_event(grade >= 3 and serious = yes)", True),
        ("adverse_event(grade >= 4)", None),  # the grade of one is not recorded
        ("adverse_event(term = lung_infection and grade >= 4)", False),
        ("adverse_event(category = infection and onset < 2021-05-01)", False),
        ("adverse_event(term = nausea and suspected = mycophenolate)", True),
        ("adverse_event(term = nausea and suspected = rituximab)", False),
        ("adverse_event(term = lung_infection and suspected = rituximab)", None),
        ("adverse_event(not term = lung_infection and grade = 5)", None),
        ('(diagnosis = "dcSSc") AND NOT (sex = M)', True),
    ],
)
def test_what_is_not_recorded_is_never_a_no(text: str, told: bool | None) -> None:
    assert asked(text) is told


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("weight = 3", "weight is no field"),
        ("therapy(age = 3)", "age is no field; known are drug, drug_class"),
        ("therapy(therapy(drug = rituximab))", "therapy is no field"),
        ("therapy = rituximab", "= stands where ( is needed"),
        ("therapy(drug = rituximab", "ends where ) is needed"),
        ("drug = rituximab and line = 2", "line is no field"),
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


def conditions(fields: Mapping[str, Field]) -> st.SearchStrategy[Query]:
    def of(name: str) -> st.SearchStrategy[Query]:
        field = fields[name]
        if field.kind in {Kind.CODE, Kind.CODES}:
            how = st.sampled_from([Comparison.IS, Comparison.IS_NOT])
            return st.builds(Condition, st.just(name), how, st.sampled_from(field.codes()))
        values = st.dates().map(str) if field.kind is Kind.DATE else st.decimals(-999, 999, places=2).map(str)
        return st.builds(Condition, st.just(name), st.sampled_from(Comparison), values)

    return st.sampled_from(sorted(fields)).flatmap(of)


def joined(inside: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(inside, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inside), st.builds(And, several), st.builds(Or, several))


def queries() -> st.SearchStrategy[Query]:
    def of_one(part: str) -> st.SearchStrategy[Query]:
        inside = st.recursive(conditions(PARTS[part].fields), joined, max_leaves=3)
        return st.builds(Some, st.just(part), inside)

    parts = st.sampled_from(sorted(PARTS)).flatmap(of_one)
    return st.recursive(st.one_of(conditions(FIELDS), parts), joined, max_leaves=6)


@settings(max_examples=50)
@given(queries())
def test_what_is_written_is_read_back_and_not_turns_the_answer(query: Query) -> None:
    assert parse(written(query)) == query
    told, turned = holds(query, FACTS), holds(Not(query), FACTS)
    assert turned is (None if told is None else not told)


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    assert parse(written(query)) == query


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("drug = rituximab and pattern = NSIP", ("pattern",)),
        ("pattern = NSIP or dlco_percent_predicted < 40", ("pattern", "dlco_percent_predicted")),
        ("sex = F or pattern = NSIP", ()),
        ("therapy(role = rescue) and not goh = extensive", ("therapy", "goh")),
    ],
)
def test_what_lacks_is_named_where_it_cannot_be_told(text: str, fields: tuple[str, ...]) -> None:
    assert lacking(parse(text), Facts(RECORD, DAY)) == fields


def starts(*dates: str) -> tuple[Decimal | None, ...]:
    """The places of lines of one kind that began on these days."""
    lines = [TherapyLine(id=str(at), drug="mycophenolate", start=day(text)) for at, text in enumerate(dates)]
    return tuple(place_of(line, lines) for line in lines)


@pytest.mark.parametrize(
    ("dates", "places"),
    [
        (("2020-01-01", "2021-01-01", "2020-06-01"), (1, 3, 2)),
        (("2020-01-01", "2020-01-01", "2021-01-01"), (1, 1, 2)),
        (("2020", "2021-01-01"), (1, 2)),
        (("2020", "2020-06-01"), (None, None)),
        (("2020-06", "2020-06", "2021-01-01"), (None, None, None)),
        (("2020", "2020-06-01", "2019-01-01", "2022-01-01"), (None, None, 1, None)),
    ],
)
def test_the_place_of_a_line_is_told_where_the_days_tell_it(
    dates: tuple[str, ...], places: tuple[int | None, ...]
) -> None:
    assert starts(*dates) == tuple(Decimal(one) if one else None for one in places)


def test_every_code_has_words() -> None:
    for fields in (FIELDS, *(part.fields for part in PARTS.values())):
        for field in fields.values():
            assert all(field.words(code) for code in field.codes())
            assert (field.kind in {Kind.CODE, Kind.CODES}) is bool(field.codes())
