"""A question as rows and as words."""

from __future__ import annotations

import pytest

from ctdild_desktop.cohort.query import Comparison, QueryError, parse, written
from ctdild_desktop.cohort.query_words import in_words
from ctdild_desktop.cohort.question_rows import ALL, ANY, Group, Row, Rows, query_of, rows_of

RTX = Row("drug", Comparison.IS, "rituximab")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", Rows()),
        ("drug = rituximab", Rows((RTX,))),
        ("drug = rituximab and age >= 18", Rows((RTX, Row("age", Comparison.AT_LEAST, "18")))),
        ("drug = rituximab or sex = F", Rows((RTX, Row("sex", Comparison.IS, "F")), any_of=True)),
        (
            "age < 60 and (drug = rituximab or sex = F)",
            Rows((Row("age", Comparison.BELOW, "60"), Group(ANY, (RTX, Row("sex", Comparison.IS, "F"))))),
        ),
        (
            "sex = F or (drug = rituximab and age < 60)",
            Rows(
                (Row("sex", Comparison.IS, "F"), Group(ALL, (RTX, Row("age", Comparison.BELOW, "60")))),
                any_of=True,
            ),
        ),
        (
            "therapy(drug = rituximab and started >= 2015-01-01)",
            Rows((Group("therapy", (RTX, Row("started", Comparison.AT_LEAST, "2015-01-01"))),)),
        ),
        ("therapy(drug = rituximab)", Rows((Group("therapy", (RTX,)),))),
        ("adverse_event()", Rows((Group("adverse_event"),))),
    ],
)
def test_a_question_of_rows_is_the_same_question_as_text(text: str, rows: Rows) -> None:
    assert rows_of(parse(text)) == rows
    assert parse(written(query_of(rows))) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "not drug = rituximab",
        "therapy(drug = rituximab or drug = nintedanib)",
        "sex = F and (age < 60 or (drug = rituximab and smoking = never))",
        "not (age < 60 or age > 80)",
    ],
)
def test_what_is_built_otherwise_is_no_rows(text: str) -> None:
    assert rows_of(parse(text)) is None


def test_rows_without_a_value_are_not_asked_yet_and_wrong_ones_are_refused() -> None:
    empty = Row("sex")
    assert query_of(Rows((empty, RTX, Group(ANY, (empty,))))) == parse("drug = rituximab")
    assert query_of(Rows((Group("therapy", (Row("line"),)),))) == parse("therapy()")
    with pytest.raises(QueryError, match="old is not a number"):
        query_of(Rows((Row("age", Comparison.BELOW, "old"),)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("diagnosis_group = SSc", "Group of diagnoses is Systemic sclerosis, all forms"),
        (
            "age >= 18 and (sex = F or not smoking = never)",
            "Age, years ≥ 18 and (Sex is female or not (Smoking is never smoked))",
        ),
        (
            "therapy(drug = rituximab and started >= 2015-01-31)",
            "A line of therapy (Drug is Rituximab and Started from 31.01.2015)",
        ),
        ("adverse_event()", "An adverse event"),
        ("met != PPF2022", "Criterion met is not PPF 2022"),
    ],
)
def test_a_question_is_told_in_words(text: str, words: str) -> None:
    assert in_words(parse(text)) == words
