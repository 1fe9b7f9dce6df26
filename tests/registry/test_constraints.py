"""The tables themselves refuse what no record can hold, whoever writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, Date, Integer, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.code_fields import CODE_FIELDS
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.registry.models import HELD, Base, lists
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, FieldTexts, PartialDay, UtcInstant
from ctdild_desktop.registry.registry import Registry
from ctdild_desktop.services import rows
from tests.support import any_row
from tests.support.registries import LOGIN

TABLES = {table.name: table for table in Base.metadata.sorted_tables if table in HELD}
_PARTIAL = (
    "2026-3",
    "12.03.2026",
    "2026-13",
    "2026-02-30",
    "26",
    "2026-03-",
    "0000",
    "now",
    "",
    "2026-03-12 10:00",
)
WRONG: dict[type[Any], tuple[Any, ...]] = {
    ExactDecimal: ("2,3", "2.", ".5", "-", "1e3", "NaN", "inf", "2.3.4", "2-3", " 2", "", b"2.3"),
    PartialDay: _PARTIAL,
    UtcInstant: ("2026-03-12", "2026-03-12T10:00:00Z", "now", ""),
    Date: ("12.03.2026", "2026-02-30", "2026-03", "now", 20260312, ""),
    Codes: ("", "{}", "SCL70", '["SCL70"'),
    FieldTexts: ("", "[]"),
    Integer: (1.5, "one", ""),
}
"""By the type of a column: what its form does not allow."""
_OF_THE_SERVER = (Date, Integer)
"""Types that a server has itself: it refuses or works out what is no value of them."""
_NO_CALENDAR = "2026-02-30"
"""Of a partial date, a server holds the form alone."""


@pytest.fixture
def registry(bare_registry: Registry) -> Registry:
    """A registry in which the tables alone refuse: in a file, and on a server as its owner."""
    return bare_registry


def test_every_table_of_records_is_held() -> None:
    kept = {row.__tablename__ for row in rows.ROW_OF.values()}
    assert TABLES.keys() == kept | {
        "site_criterion",
        "attachment_content",
        "inbox_message",
        "inbox_content",
    }


class RolledBackError(Exception):
    """Ends a transaction of which nothing shall be kept."""


def with_a_row(registry: Registry, table: Table, then: Callable[[Connection, str], None]) -> None:
    """Do something with a row that the table takes, and keep nothing of it."""
    with suppress(RolledBackError), registry.write(LOGIN) as session:
        connection = session.connection()
        values = any_row.values_for(connection, table)
        versioned = {"version": 1} if "version" in table.columns else {}
        connection.execute(insert(table).values({**values, **versioned}))
        then(connection, str(values["id"]))
        raise RolledBackError


def refusal(connection: Connection, table: Table, row_id: str, **wrong: Any) -> str:
    """What the database says of some raw values in a row; empty when it takes them."""
    places = ", ".join(f'"{name}" = :{name}' for name in wrong)
    with connection.begin_nested() as nested:
        try:
            statement = text(f"UPDATE {table.name} SET {places} WHERE id = :row_id")
            connection.execute(statement, {**wrong, "row_id": row_id})
        except DBAPIError as error:
            return str(error.orig)
        finally:
            nested.rollback()
    return ""


def each_table(registry: Registry, then: Callable[[Connection, Table, str], None]) -> None:
    """Do something with a row of every table, and keep nothing of it."""
    for table in TABLES.values():
        with_a_row(registry, table, partial(_with, table, then))


def _with(
    table: Table, then: Callable[[Connection, Table, str], None], connection: Connection, row_id: str
) -> None:
    then(connection, table, row_id)


def test_every_column_is_held_to_the_form_of_its_type(registry: Registry) -> None:
    def try_them(connection: Connection, table: Table, row_id: str) -> None:
        local = connection.dialect.name == "sqlite"
        for column in (column for column in table.columns if not column.primary_key):
            for kind, values in WRONG.items():
                for value in values if isinstance(column.type, kind) else ():
                    if not local and (kind in _OF_THE_SERVER or value == _NO_CALENDAR):
                        continue
                    said = refusal(connection, table, row_id, **{column.name: value})
                    assert said, (table.name, column.name, value)
                    assert not local or f"ck_{table.name}_" in said, (said, value)

    each_table(registry, try_them)


def test_what_must_be_there_cannot_be_empty(registry: Registry) -> None:
    def try_them(connection: Connection, table: Table, row_id: str) -> None:
        for column in table.columns:
            said = refusal(connection, table, row_id, **{column.name: None})
            refused = "NOT NULL" in said or "NotNullViolation" in said
            assert refused is not column.nullable, (table.name, column.name)

    each_table(registry, try_them)


def test_every_reference_leads_to_a_row(registry: Registry) -> None:
    def try_them(connection: Connection, table: Table, row_id: str) -> None:
        for column in (column for column in table.columns if column.foreign_keys and not column.primary_key):
            with connection.begin_nested() as nested:
                statement = text(f"UPDATE {table.name} SET {column.name} = :id WHERE id = :row_id")
                connection.execute(statement, {"id": "0" * 32, "row_id": row_id})
                assert leads_nowhere(connection, table), (table.name, column.name)
                nested.rollback()

    each_table(registry, try_them)


def leads_nowhere(connection: Connection, table: Table) -> bool:
    """Whether a reference of a table is broken, as the end of the transaction would find."""
    if connection.dialect.name == "sqlite":
        return bool(connection.exec_driver_sql(f"PRAGMA foreign_key_check({table.name})").fetchall())
    try:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError:
        return True
    return False


def words_of(check: str) -> tuple[str, tuple[str, ...]] | None:
    """The column and the words of a closed list."""
    found = re.fullmatch(r"(\w+) IN \((.*)\)", check)
    if found is None or "'" not in found[2]:
        return None
    return found[1], tuple(word.strip().strip("'") for word in found[2].split(","))


def closed_lists() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name, table in TABLES.items():
        for check in table.constraints:
            if isinstance(check, CheckConstraint) and (found := words_of(str(check.sqltext))):
                yield name, *found


def test_a_word_that_is_in_no_list_is_refused_and_every_word_of_it_is_taken(registry: Registry) -> None:
    def try_them(connection: Connection, table: Table, row_id: str) -> None:
        for place, column, words in closed_lists():
            if place == table.name:
                check = re.compile(rf"\bck_{table.name}_{column}\b")
                assert refusal(connection, table, row_id, **{column: "no such word"}), column
                for word in words:
                    assert not check.search(refusal(connection, table, row_id, **{column: word})), word

    each_table(registry, try_them)


OF_MESSAGES = {
    ("inbox_message", "state"): "inbox_state",
    ("inbox_message", "received_from"): "inbox_from",
    ("inbox_message", "reason"): "inbox_reason",
}


def test_the_words_of_the_tables_are_those_of_the_forms() -> None:
    kinds = {row.__tablename__: kind for kind, row in rows.ROW_OF.items()}
    told = set()
    for name, column, words in closed_lists():
        listed = OF_MESSAGES.get((name, column)) or CODE_FIELDS.get(kinds.get(name, object), {}).get(column)
        if listed is not None:
            assert set(words) == set(codes.choices(listed).codes), (name, column)
            told.add((name, column))
    unlisted = {(name, column) for name, column, _words in closed_lists()} - told
    assert unlisted == {
        ("attachment", "media_type"),
        ("attachment", "record_kind"),
        ("pft", "dlco_unit"),
        *(("site_criterion", column) for column in ("measure", "basis", "comparator")),
    }


def test_files_belong_to_kinds_of_records_that_there_are() -> None:
    assert set(lists.ATTACHED_TO) <= TABLES.keys()


TOGETHER: list[tuple[str, dict[str, Any], str]] = [
    ("patient", {"death_date": "2026", "vital_status": "alive"}, "alive_or_dead"),
    ("patient", {"no_known_allergies": True, "allergies": '[{"substance":"latex"}]'}, "allergies"),
    ("patient", {"mrn": ""}, "mrn"),
    ("patient", {"ethnic_group": 6}, "ethnic_group"),
    ("diagnosis", {"mrss": 52}, "mrss"),
    ("diagnosis", {"ctd": ""}, "ctd"),
    ("consent", {"kind": "other", "title": ""}, "title"),
    ("visit", {"mmrc": 5}, "mmrc"),
    ("visit", {"functional_class": 0}, "functional_class"),
    ("visit", {"admitted_nights": -1}, "admitted_nights"),
    ("visit", {"status": "planned", "mmrc": 0}, "seen"),
    ("visit", {"status": "cancelled", "symptom_change": "worse"}, "seen"),
    ("visit", {"status": "did_not_attend", "weight_kg": "70"}, "seen"),
    ("pft", {"dlco": "12", "dlco_unit": None}, "dlco_has_unit"),
    ("pft", {"performed": "not_done", "fvc_l": "2.3"}, "performed_or_not"),
    ("pft", {"source_sha256": "f" * 63}, "source_sha256"),
    ("lab", {"value": None, "result": None, "text": "", "absent": "[]"}, "something"),
    ("lab", {"value": None, "detection": "below", "text": "x"}, "detection_of_value"),
    ("serology", {"result": "not_done", "value": "2"}, "done_or_not"),
    ("serology", {"titre": 0}, "titre"),
    ("procedure", {"kind": "bal", "not_done": "unwell"}, "done_or_not"),
    ("procedure", {"complication_grade": 6}, "complication_grade"),
    ("therapy_line", {"start": "2024-03", "stop": "2024-02-28"}, "stop_after_start"),
    ("therapy_line", {"start": "2024-03-02", "stop": "2023"}, "stop_after_start"),
    ("interruption", {"start": "2024-03-02", "stop": "2024-03-01"}, "stop_after_start"),
    ("infusion", {"status": "deferred", "dose_mg": "1000"}, "dose_given"),
    ("infusion", {"started": "24:00"}, "started"),
    ("infusion", {"started": "9:30"}, "started"),
    ("infusion", {"reaction_grade": 6}, "reaction_grade"),
    ("adverse_event", {"onset": "2025", "end_date": "2024-12-31"}, "end_date_after_onset"),
    ("adverse_event", {"grade": 0}, "grade"),
    ("attachment", {"size_bytes": 25 * 1024 * 1024 + 1}, "size_bytes"),
    ("attachment", {"sha256": "0" * 63}, "sha256"),
    ("attachment", {"record_kind": "pft", "record_id": None}, "belongs_to"),
    ("meeting", {"minutes_signed_by": "amsel", "minutes_signed_at": None}, "minutes_signed"),
    ("agenda_item", {"question": "x" * 201}, "question"),
    ("agenda_item", {"question": ""}, "question"),
    ("agenda_item", {"position": 0}, "position"),
    ("decision", {"question": "x" * 201}, "question"),
    ("decision", {"snapshot": "[]"}, "snapshot"),
    ("decision", {"signed_by": "amsel", "signed_at": None}, "signed"),
    ("action", {"status": "done", "done_date": None}, "done"),
    ("action", {"status": "open", "done_date": "2026-03-01"}, "done"),
    ("action", {"what": ""}, "what"),
    ("lab", {"deleted_at": None, "deleted_by": "amsel"}, "deleted"),
    ("lab", {"verified_at": None, "verified_by": "amsel"}, "verified"),
    ("lab", {"version": 0}, "version"),
]


def test_values_that_exclude_each_other_are_refused(registry: Registry) -> None:
    def try_them(connection: Connection, table: Table, row_id: str) -> None:
        for name, wrong, check in TOGETHER:
            if name == table.name:
                said = refusal(connection, table, row_id, **wrong)
                assert re.search(rf"\bck_{name}_{check}\b", said), (name, wrong, said)

    each_table(registry, try_them)


def test_partial_dates_are_refused_only_when_the_order_is_certain(registry: Registry) -> None:
    certain = [("2024", "2024"), ("2024-03", "2024"), ("2024", "2024-01-01"), ("2024-03-31", "2024-03")]

    def try_them(connection: Connection, row_id: str) -> None:
        for start, stop in (*certain, ("2024", None)):
            assert refusal(connection, TABLES["therapy_line"], row_id, start=start, stop=stop) == ""

    with_a_row(registry, TABLES["therapy_line"], try_them)


def test_every_partial_date_and_decimal_of_a_record_is_taken(registry: Registry) -> None:
    dates = [PartialDate(1), PartialDate(999, 12), PartialDate(2024, 2, 29), PartialDate(9999, 12, 31)]
    numbers = [Decimal(text) for text in ("0", "-0.5", "2.30", "1E+3", "1E-7", "-3", "123456789.000000001")]
    table = TABLES["patient"]

    def try_them(connection: Connection, row_id: str) -> None:
        for date in dates:
            assert refusal(connection, table, row_id, birth_date=str(date)) == ""
        for number in numbers:
            assert refusal(connection, table, row_id, height_cm=format(number, "f")) == ""

    with_a_row(registry, table, try_them)


@pytest.mark.parametrize("name", ["agenda_item", "decision"])
def test_a_patient_stands_on_one_agenda_once(registry: Registry, name: str) -> None:
    table = TABLES[name]

    def try_it(connection: Connection, row_id: str) -> None:
        first = connection.execute(select(table).where(table.c.id == row_id)).mappings().one()
        with connection.begin_nested() as nested:
            with pytest.raises(IntegrityError, match=r"(?i)unique"):
                connection.execute(insert(table).values({**first, "id": "0" * 32}))
            nested.rollback()

    with_a_row(registry, table, try_it)


def test_no_name_of_a_constraint_is_cut_off() -> None:
    names = [str(check.name) for table in TABLES.values() for check in table.constraints]
    assert max(map(len, names)) <= 63
