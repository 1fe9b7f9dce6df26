"""Mappings: the small TOML file, read strictly and written back equal."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fields import fields
from ctdild_desktop.interchange.mapping import DateOrigin, Mapping, OffsetUnit, parse_mapping, write_mapping

STUDY = """
name = "A study"
prefix = { mrn = "ST-" }
[columns]
mrn = "id"
fvc_percent_predicted = "fvc_pct"
[constants]
diagnosis = "SSc"
[date]
column = "month"
unit = "months"
origin = "2000-09-01"
[values]
sex = { Male = "M", Female = "F" }
"""


def test_every_part_is_read() -> None:
    assert parse_mapping(STUDY) == Mapping(
        name="A study",
        prefix={"mrn": "ST-"},
        columns={"mrn": "id", "fvc_percent_predicted": "fvc_pct"},
        constants={"diagnosis": "SSc"},
        date=DateOrigin("month", OffsetUnit.MONTHS, dt.date(2000, 9, 1)),
        values={"sex": {"Male": "M", "Female": "F"}},
    )


def test_a_date_may_be_written_as_toml_writes_dates() -> None:
    text = '[date]\ncolumn = "week"\nunit = "weeks"\norigin = 2000-09-01\n'
    assert parse_mapping(text).date == DateOrigin("week", OffsetUnit.WEEKS, dt.date(2000, 9, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nome = 'x'", "unknown key nome"),
        ("name = 3", "name must be text"),
        ("[columns]\nfvc = 'a'", "unknown column fvc in columns"),
        ("[constants]\nfvc = 'a'", "unknown column fvc in constants"),
        ("[values]\nfvc = { a = 'b' }", "unknown column fvc in values"),
        ("[values]\nsex = 'M'", "values.sex must be a table"),
        ("[columns]\nmrn = 3", "columns.mrn must be text"),
        ("[columns]\nmrn = ' '", "mrn names no column"),
        ("columns = 3", "columns must be a table"),
        ("prefix = { fvc_l = 'x' }", "prefix cannot be put before fvc_l"),
        ("[columns]\ndiagnosis = 'd'\n[constants]\ndiagnosis = 'SSc'", "both a column and a constant"),
        ("[constants]\nmrn = 'P1'", "mrn cannot be the same in every row"),
        ("[date]\ncolumn = 'm'\nunit = 'years'\norigin = '2000-01-01'", "days, weeks or months"),
        ("[date]\ncolumn = 'm'\nunit = 'days'\norigin = '1.1.2000'", "date.origin must be a date"),
        ("[date]\ncolumn = 'm'\nunit = 'days'\norigin = 2000-01-01T00:00:00", "date.origin must be a date"),
        ("[date]\ncolumn = 'm'\nunit = 'days'", "date.origin is missing"),
        ("[date]\ncolumn = 'm'\nunit = 'days'\norigin = '2000-01-01'\nfrom = 1", "unknown key date.from"),
        ("[date]\ncolumn = 1\nunit = 'days'\norigin = '2000-01-01'", "date.column must name a column"),
        (
            "[columns]\ntest_date = 'd'\n[date]\ncolumn = 'm'\nunit = 'days'\norigin = '2000-01-01'",
            "both a column and an origin",
        ),
        ("name = ", "not valid TOML"),
        ("a = " + "[" * 5000, "not valid TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(FormatError) as refused:
        parse_mapping(text)
    assert said in str(refused.value)


seen = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Zl", "Zp"])
words = st.text(seen, min_size=1, max_size=12).filter(str.strip)
targets = st.sampled_from(sorted(set(fields()) - {"mrn", "test_date"}))


@settings(deadline=None)
@given(
    name=words.map(str.strip),
    prefix=st.dictionaries(st.sampled_from(["mrn", "comment"]), words, max_size=2),
    columns=st.dictionaries(targets, words, max_size=5),
    constants=st.dictionaries(targets, words, max_size=5),
    date=st.none() | st.builds(DateOrigin, words, st.sampled_from(OffsetUnit), st.dates()),
    values=st.dictionaries(targets, st.dictionaries(words, words, max_size=3), max_size=3),
)
def test_a_written_mapping_reads_back_equal(
    *,
    name: str,
    prefix: dict[str, str],
    columns: dict[str, str],
    constants: dict[str, str],
    date: DateOrigin | None,
    values: dict[str, dict[str, str]],
) -> None:
    constants = {target: text for target, text in constants.items() if target not in columns}
    mapping = Mapping(name, prefix, columns, constants, date, values)
    assert parse_mapping(write_mapping(mapping)) == mapping
