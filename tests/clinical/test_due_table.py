"""The rule table is data that a clinic edits: whatever cannot be understood is refused in words."""

from __future__ import annotations

import csv
import io

import pytest

from ctdild_desktop.clinical.due import RuleError, parse_rules
from ctdild_desktop.clinical.due.engine import _OF_DRUG, _OF_PATIENT
from ctdild_desktop.clinical.due.table import default_rules, default_table, plan_of, rule_sets
from ctdild_desktop.clinical.due.timing import Interval, Span
from tests.support.due import at, done, item
from tests.support.people import day


def edited(rule: str, **values: str) -> str:
    rows = list(csv.DictReader(io.StringIO(default_table())))
    for row in rows:
        if row["id"] == rule:
            row.update(values)
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_an_interval_of_the_clinic_takes_the_place_of_the_default():
    facts = at("2024-03-01", *done("symptoms", "2024-01-31"), diagnosis="SSc", anchor="2024-01-01")
    table = parse_rules(edited("M6", schedule="2m", stable="2m", grace="0", source="our clinic"))
    found = item(facts, "M6", table)
    assert (found.due, found.source) == (day("2024-03-31"), "our clinic")


def test_a_rule_that_is_switched_off_is_gone():
    assert parse_rules(edited("M6", enabled="no")).get("M6") is None


def test_sets_that_no_guideline_text_filled_are_empty():
    assert {"ERS_EULAR_2025", "BSR_2025"} <= set(rule_sets())
    assert len(parse_rules(default_table(), "ERS_EULAR_2025")) == 0
    moved = parse_rules(edited("M6", rule_set="ERS_EULAR_2025"), "ERS_EULAR_2025")
    assert [rule.id for rule in moved] == ["M6"]


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("schedule", "6 months"),
        ("schedule", "6m-3m"),
        ("kind", "sometimes"),
        ("tests", "spyrometry"),
        ("diseases", "Gout"),
        ("drugs", "aspirin"),
        ("sex", "X"),
        ("max_age", "old"),
        ("grace", "-1"),
        ("enabled", "maybe"),
        ("source", ""),
        ("rule_set", "MINE"),
    ],
)
def test_a_slip_in_the_table_is_refused_and_named(column, wrong):
    with pytest.raises(RuleError, match="M6"):
        parse_rules(edited("M6", **{column: wrong}))


def test_missing_columns_and_double_rules_are_refused():
    with pytest.raises(RuleError, match="lacks the columns"):
        parse_rules("id,item\nM1,PFT\n")
    with pytest.raises(RuleError, match="M6 twice"):
        parse_rules(edited("M5", id="M6"))


@pytest.mark.parametrize("wrong", ["", "14x", "m3", "-3m", "3.5m", "1000d"])
def test_what_is_no_interval(wrong):
    with pytest.raises(ValueError, match="interval"):
        Interval.parse(wrong)


@pytest.mark.parametrize("wrong", ["", "42d:14d", "*:1m 3m:14d", "1m 2m", "1m then", "42d:1m then 3m"])
def test_what_is_no_plan(wrong):
    with pytest.raises(ValueError, match=r"phase|interval"):
        plan_of(wrong)


def test_spans_are_written_in_words():
    spans = ("3m-6m", "12m", "28d-3m", "1y")
    assert [str(Span.parse(text)) for text in spans] == [
        "3 to 6 months",
        "12 months",
        "28 days to 3 months",
        "1 year",
    ]


def test_every_special_rule_has_its_function():
    own = {rule.id for rule in default_rules() if rule.kind in {"special", "prompt", "warning"}}
    assert own == {*_OF_DRUG, *_OF_PATIENT}
