"""``ctdild due`` on the demonstration registry: rows, order, filters, and an edited table."""

from __future__ import annotations

import pytest

COLUMNS = {
    "patient",
    "as_of",
    "rule",
    "item",
    "state",
    "opens",
    "due",
    "overdue_days",
    "last_done",
    "drug",
    "gate",
    "because",
    "needs",
    "flags",
    "source",
    "source_check",
    "note",
}


def test_the_work_list_names_rule_days_reason_and_source(ctdild, demo):
    said = ctdild("due", "--as-of", "2026-03-12", *demo, "--json")
    assert said.err == ""
    rows = said.document
    assert all(set(row) == COLUMNS for row in rows)
    assert all(row["source"] and (row["because"] or row["needs"]) for row in rows)
    assert all(row["overdue_days"] > 0 for row in rows if row["state"] == "OVERDUE")
    assert len({row["patient"] for row in rows}) >= 12


def test_one_patient_as_of_a_day(ctdild, demo):
    rows = ctdild("due", "--patient", "DEMO-0001", "--as-of", "2026-02-17", *demo, "--json").document
    (decision,) = [row for row in rows if row["rule"] == "RTX-RETREAT"]
    assert (decision["state"], decision["opens"], decision["due"]) == (
        "WINDOW_OPEN",
        "2025-11-24",
        "2026-02-18",
    )
    assert any("possible until 2026-05-18" in sentence for sentence in decision["because"])


def test_a_diagnosis_of_a_later_day_is_needed_on_or_before_the_day(ctdild, demo):
    for number, day in (("0001", " on or before 2021-06-14"), ("0002", "")):
        rows = ctdild("due", "--patient", f"DEMO-{number}", "--as-of", "2021-06-14", *demo, "--json").document
        (row,) = [row for row in rows if row["rule"] == "M1"]
        assert row["state"] == "CANNOT_ASSESS"
        assert row["needs"] == [f"the diagnosis of the connective-tissue disease{day}"]


def test_states_can_be_chosen(ctdild, demo):
    said = ctdild("due", "--as-of", "2026-03-12", "--state", "OVERDUE", "--state", "DUE", *demo, "--json")
    assert {row["state"] for row in said.document} <= {"OVERDUE", "DUE"}


def test_in_words(ctdild, demo):
    said = ctdild("due", "--patient", "DEMO-0001", "--as-of", "2026-03-12", *demo)
    assert (
        "DEMO-0001  OVERDUE, since 2026-02-18 (22 days)  Rituximab re-treatment decision [RTX-RETREAT]"
        in said.out
    )
    assert "    source: " in said.out
    nothing = ctdild("due", "--patient", "DEMO-0001", "--as-of", "2010-01-01", "--state", "OVERDUE", *demo)
    assert nothing.out == "Nothing on the list on 2010-01-01.\n"


def test_an_edited_table_takes_the_place_of_the_rules(ctdild, demo, tmp_path):
    printed = ctdild("due", "--print-rules").out
    table = tmp_path / "rules.csv"
    table.write_text(printed.replace("16w 24w 6m", "16w 24w 9m"), encoding="utf-8")
    arguments = ("due", "--patient", "DEMO-0001", "--as-of", "2026-03-12", "--rules", table, *demo, "--json")
    decision = next(row for row in ctdild(*arguments).document if row["rule"] == "RTX-RETREAT")
    assert (decision["state"], decision["due"]) == ("WINDOW_OPEN", "2026-05-18")
    table.write_text(printed.replace("16w 24w 6m", "soon"), encoding="utf-8")
    said = ctdild(*arguments)
    assert (said.status, said.out) == (1, "")
    assert "RTX-RETREAT" in said.sentence


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (("--patient", "NOBODY"), 1, "NOBODY"),
        (("--rules", "missing.csv"), 1, "missing.csv"),
        (("--rule-set", "MINE"), 1, "MINE"),
        (("--as-of", "2026-13-01"), 2, "2026-13-01"),
        (("--state", "LATE"), 2, "LATE"),
    ],
)
def test_wrong_arguments_are_said_in_words(ctdild, demo, arguments, status, word):
    said = ctdild("due", *arguments, *demo, "--json")
    assert (said.status, said.out) == (status, "")
    assert word in said.err
    assert "Traceback" not in said.err
