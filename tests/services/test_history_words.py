"""Every column has its words, and a row of the trail reads as a person would say it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ctdild_desktop
from ctdild_desktop import language
from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.registry import triggers
from ctdild_desktop.services import history_terms
from ctdild_desktop.services.history_words import (
    FORMS,
    Names,
    Written,
    event_item,
    plain,
    row_item,
    shown,
)

AUDITED = {table.name: table for table in triggers.audited_tables()}
NAMES = Names({"amsel": "R. Amsel"}, {"L1": "mycophenolate"})


@pytest.mark.parametrize(
    ("table", "column"),
    [(name, column) for name, table in AUDITED.items() for column in triggers.audited_columns(table)],
)
def test_every_column_of_an_audited_table_has_a_label(table: str, column: str) -> None:
    term = history_terms.known(table, column)
    assert term is not None, f"resources/history/columns.csv has no line for {table}.{column}"
    assert term.form in FORMS
    assert term.form == history_terms.TECHNICAL or term.label


@pytest.mark.parametrize("table", AUDITED)
def test_every_audited_table_has_a_name_and_a_group(table: str) -> None:
    noun = history_terms.tables().get(table)
    assert noun is not None, f"resources/history/tables.csv has no line for {table}"
    assert noun.group
    assert set(noun.columns) <= set(triggers.audited_columns(AUDITED[table]))


def test_nothing_is_listed_that_is_not_there() -> None:
    assert set(history_terms.tables()) == set(AUDITED)
    for table, column in history_terms.listed():
        if table in AUDITED:
            assert column in AUDITED[table].columns, (table, column)
        else:
            assert table == "*" or table.startswith("event "), table


def test_every_list_of_codes_is_there() -> None:
    own = {"antibodies", "ae_terms", "diagnoses", "drugs", "instruments", "labs", "patterns"}
    for place in history_terms.listed():
        term = history_terms.known(*place)
        assert term is not None
        if term.form in {"code", "codes"}:
            assert term.detail in own | set(codes.choice_lists()), place


NOTES = re.compile(r"\b(?:record_event|note_event|note|note_or_wait)\s*\(")


def noted_kinds() -> set[tuple[str, tuple[str, ...]]]:
    """Kind and detail keys of every event that the program's code writes."""
    found = set()
    for path in sorted(Path(ctdild_desktop.__file__).parent.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if NOTES.search(source) else ():
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = {word.arg: word.value for word in node.keywords if word.arg}
            if name == "record_event":
                kind, keys = node.args[0], named.get("detail")
            elif name == "note_event":
                kind, keys = named.get("kind"), named.get("detail")
            elif name in {"note", "note_or_wait"} and len(node.args) > 1:
                kind, keys = node.args[1], None
            else:
                continue
            if not isinstance(kind, ast.Constant):
                continue
            given = list(named) if name in {"note", "note_or_wait"} else []
            if isinstance(keys, ast.Dict):
                given = [key.value for key in keys.keys if isinstance(key, ast.Constant)]
            found.add((str(kind.value), tuple(given)))
    return found


def test_u6_every_event_that_is_written_has_words_and_so_have_its_details() -> None:
    kinds = noted_kinds()
    assert {"view", "mdt_page", "backup", "restore", "unlock", "lock", "verify", "import"} <= {
        kind for kind, _keys in kinds
    }
    for kind, keys in kinds:
        assert kind in history_terms.events(), kind
        for key in keys:
            assert history_terms.known(history_terms.of_event(kind), key), (kind, key)


def test_a_change_says_what_was_and_what_is() -> None:
    old = {"date": "2026-03-12", "fvc_l": "2.31", "dlco": "10.30", "dlco_unit": "mL/min/mmHg", "version": 1}
    new = old | {"fvc_l": "2.13", "version": 2, "updated_by": "amsel", "comment": "read again"}
    item = row_item(Written("update", "pft", "t", old, new), NAMES)
    assert item.text == ("changed PFT 12.03.2026: FVC 2.31 L → 2.13 L; comment not recorded → read again")
    assert [(change.was, change.now) for change in item.changes] == [("2.31 L", "2.13 L"), ("", "read again")]


def test_a_new_record_says_everything_but_what_its_name_says_already() -> None:
    new = {
        "id": "x",
        "date": "2026-03-12",
        "fvc_l": "2.30",
        "dlco": "10.3",
        "dlco_unit": "mL/min/mmHg",
        "post_bd": 0,
        "not_done_fvc": "unwell",
        "source": "typed",
    }
    assert row_item(Written("insert", "pft", "t", {}, new), NAMES).text == (
        "added PFT 12.03.2026: FVC 2.30 L; DLCO 10.3 mL/min/mmHg; after bronchodilator no; "
        "FVC not done because unwell"
    )


@pytest.mark.parametrize(("gone", "verb"), [(True, "removed"), (False, "restored")])
def test_a_removal_that_keeps_the_row_reads_removed_and_its_reversal_restored(gone: bool, verb: str) -> None:
    row = {"date": "2026-03-12", "version": 1}
    removed = row | {"deleted_at": "2026-03-13T08:00:00.000000Z", "deleted_by": "amsel", "version": 2}
    old, new = (row, removed) if gone else (removed, row)
    assert row_item(Written("update", "visit", "v", old, new), NAMES).text == f"{verb} visit 12.03.2026"


def test_a_row_that_is_gone_and_one_whose_values_were_erased_leave_a_sentence() -> None:
    assert row_item(Written("delete", "visit", "v", {"date": "2026-03-12"}), NAMES).text == (
        "deleted visit 12.03.2026"
    )
    for table, words in {"visit": "visit", "diagnosis": "diagnosis", "dose_change": "dose"}.items():
        assert row_item(Written("insert", table, "v"), NAMES).text == f"added {words}"


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("patient", "birth_date", "1970", "1970"),
        ("patient", "birth_date", "1970-09", "09.1970"),
        ("patient", "sex", "F", "female"),
        ("patient", "ethnic_group", 4, "South-East Asian (GLI-2012 group 4)"),
        ("patient", "family_name", "O'Brien <b>", "O'Brien <b>"),
        ("diagnosis", "ctd", "ASyS", "Antisynthetase syndrome"),
        ("diagnosis", "antibodies", '["SCL70","ACA"]', "anti-topoisomerase I, anti-centromere"),
        ("diagnosis", "antibodies", "[]", ""),
        ("visit", "mmrc", 0, "0"),
        ("visit", "alternative_explanation", 0, "no"),
        ("visit", "alternative_explanation", True, "yes"),
        ("pft", "confirmed_unusual", '["fvc_l","dlco"]', "FVC, DLCO"),
        ("pft", "reference_set", "a later set", "a later set"),
        ("pft", "date", "not a date", "not a date"),
        ("pft", "fvc_l", "not a number", "not a number"),
        ("pft", "source", "typed", ""),
        ("pft", "source", "import:00ab", "import"),
        ("adverse_event", "suspected_lines", '["L1"]', "Mycophenolate mofetil"),
        ("adverse_event", "suspected_lines", '["L9"]', "a line of therapy"),
        ("site_criterion", "set_by", "amsel", "R. Amsel"),
        ("site_criterion", "set_by", "gone", "gone"),
        ("pft", "version", 3, ""),
        ("pft", "a_later_column", 3, "3"),
        ("a_later_table", "x", "y", "y"),
    ],
)
def test_a_value_in_words(table: str, column: str, value: object, words: str) -> None:
    assert shown(table, column, {column: value}, NAMES) == words
    assert shown(table, column, {}, NAMES) == ""
    assert shown(table, column, {column: None}, NAMES) == ""


def test_values_follow_the_site_s_style() -> None:
    before = wording.style()
    wording.use_style(wording.Style(date="yyyy-mm-dd", decimal_mark=","))
    try:
        new = {"date": "2026-03-12", "fvc_l": "2.30"}
        assert row_item(Written("insert", "pft", "t", {}, new), NAMES).text == (
            "added PFT 2026-03-12: FVC 2,30 L"
        )
    finally:
        wording.use_style(before)


def test_an_event_in_words() -> None:
    assert event_item("mdt_page", {"as_of": "12.03.2026", "pseudonymised": "no"}, NAMES).text == (
        "MDT page made: data up to 12.03.2026; pseudonymised no"
    )
    assert event_item("a_later_kind", {"some_detail": "x"}, NAMES).text == "a later kind: some detail x"


@pytest.mark.parametrize("kept", [None, "", "[1]", "{", "null"])
def test_what_is_no_object_of_values_is_none(kept: str | None) -> None:
    assert plain(kept) == {}


def test_another_record_without_a_day_is_named_in_the_language(tmp_path: Path) -> None:
    file = tmp_path / "es.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '\nmsgid "entry {start}"\nmsgstr "registro {start}"\n'
    )
    values = {"adverse_event_id": "abcdef0123456789"}
    assert shown("procedure", "adverse_event_id", values, NAMES) == "entry abcdef"
    language.use(language.Catalogue.read("es", file))
    try:
        assert shown("procedure", "adverse_event_id", values, NAMES) == "registro abcdef"
    finally:
        language.use(None)
