"""The fields of a question: what they show is what they ask, wherever it has its place."""

from __future__ import annotations

import datetime as dt

import pytest
from pytestqt.qtbot import QtBot

from ctdild_desktop.cohort.query import parse
from ctdild_desktop.cohort.question_rows import query_of, rows_of
from ctdild_desktop.ui.cohort.condition_row import value_of
from ctdild_desktop.ui.cohort.question_builder import QuestionBuilder

DAY = dt.date(2026, 3, 12)


@pytest.fixture
def builder(qtbot: QtBot) -> QuestionBuilder:
    made = QuestionBuilder(lambda: DAY)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("text", "quick", "free"),
    [
        ("", {}, 0),
        ("diagnosis = ASyS and pattern = OP", {"diagnosis": "ASyS", "pattern": "OP"}, 0),
        ("diagnosis_group = SSc", {"diagnosis": "diagnosis_group:SSc"}, 0),
        ("diagnosis_group = RA", {}, 1),
        ("antibody = JO1 and antibody_group = ssc", {"antibody": "JO1"}, 1),
        ("drug = rituximab and drug = nintedanib", {"drug": "rituximab"}, 1),
        ("drug != rituximab", {}, 1),
        (
            "therapy(drug = rituximab and line >= 3 and ongoing = no and started <= 2020-02-29)",
            {"drug": "rituximab", "line": "line >= 3", "ongoing": "no", "started_to": "2020-02-29"},
            0,
        ),
        ("therapy(started >= 2015-01-01)", {"started_from": "2015-01-01"}, 0),
        ("therapy(drug = rituximab and line = 4)", {}, 1),
        ("therapy(drug = rituximab and role = rescue)", {}, 1),
        ("therapy(drug = rituximab)", {}, 1),
        ("therapy(line = 1 and line = 2)", {}, 1),
        ("drug = rituximab and therapy(line = 2)", {"drug": "rituximab"}, 1),
        (
            "fvc_percent_predicted >= 50.5 and fvc_percent_predicted <= 70",
            {"fvc_from": "50.5", "fvc_to": "70"},
            0,
        ),
        ("fvc_percent_predicted < 70", {}, 1),
        ("met = PPF2022 or age < 40", {"met": "PPF2022"}, 1),
        ("age < 40 and (sex = F or smoking = never) and adverse_event(grade >= 3)", {}, 3),
    ],
)
def test_the_fields_ask_what_they_show(
    builder: QuestionBuilder, text: str, quick: dict[str, str], free: int
) -> None:
    for asked in (text, "sex = F", text):
        rows = rows_of(parse(asked))
        assert rows is not None
        builder.show_rows(rows)
    shown = {name: value_of(field) for name, field in builder.quick.fields.items() if value_of(field)}
    assert (shown, len(builder.items)) == (quick, free)
    again = rows_of(query_of(builder.rows()))
    expected = rows_of(parse(text))
    assert again is not None
    assert expected is not None
    assert again.any_of == expected.any_of
    assert sorted(map(repr, again.items)) == sorted(map(repr, expected.items))
