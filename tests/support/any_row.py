"""A row for any table that the table's own rules accept, made from its definition."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)

from ctdild_desktop.registry.models import Base, new_id
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, FieldTexts, PartialDay, UtcInstant

NOW = dt.datetime(2026, 3, 12, tzinfo=dt.UTC)
FILE = b"content"
"""The bytes of a patient's file, which are told apart by their digest."""
SINGLE = frozenset({"registry_info"})
"""Tables of one row, which is there from the beginning."""
_NUMBERS = count(1)


def values_for(connection: Connection, table: Table) -> dict[str, Any]:
    """The columns of a new row that cannot be left empty, with what they refer to written before."""
    return {
        column.name: _value(connection, table, column)
        for column in table.columns
        if column.primary_key or not column.nullable
    }


def plain_text_column(table: Table) -> str:
    """A column that takes any text."""
    bound = {name for _column, name in _bound(table)}
    return next(
        column.name
        for column in sorted(table.columns, key=lambda column: column.name)
        if type(column.type) is Text
        and column.name not in bound
        and not (column.primary_key or column.foreign_keys)
    )


@cache
def _bound(table: Table) -> tuple[tuple[str, str], ...]:
    """Each check with every column that it names, and each column that must be unique."""
    return tuple(_bounds(table))


def _bounds(table: Table) -> Iterator[tuple[str, str]]:
    names = [column.name for column in table.columns]
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            said = str(constraint.sqltext)
            yield from ((said, name) for name in names if re.search(rf"\b{name}\b", said))
        if isinstance(constraint, UniqueConstraint):
            yield from (("unique", column.name) for column in constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield from (("unique", column.name) for column in index.columns)


def _value(connection: Connection, table: Table, column: Column[Any]) -> Any:
    for reference in column.foreign_keys:
        once = column.primary_key or ("unique", column.name) in _bound(table)
        return _parent(connection, reference.column.table, anew=once)
    said = [check for check, name in _bound(table) if name == column.name]
    if column.primary_key:
        return 1 if isinstance(column.type, Integer) else new_id()
    if column.name == "sha256" and ("unique", column.name) in _bound(table):
        return new_id() * 2
    if column.name in {"sha256", "said_sha256"}:
        return hashlib.sha256(FILE).hexdigest()
    if isinstance(column.type, Integer | Text):
        return _within(said, column.type)
    return _any(column.type)


def _parent(connection: Connection, table: Table, *, anew: bool) -> Any:
    """The id of a row to refer to: a present one, or a new one where each may be referred to once."""
    found = connection.execute(select(table.c.id).limit(1)).scalar_one_or_none()
    if found is not None and not anew:
        return found
    values = values_for(connection, table)
    connection.execute(insert(table).values(values))
    return values["id"]


def _within(checks: list[str], kind: Any) -> Any:
    for check in checks:
        if words := re.search(r"IN \('([^']+)'", check):
            return words[1]
        if bounds := re.search(r"^\w+ BETWEEN (\d+) AND", check):
            return int(bounds[1])
        if "LIKE '__:__'" in check:
            return "09:30"
        if "'{%}'" in check:
            return "{}"
        if length := re.search(r"^length\(\w+\) = (\d+)", check):
            return new_id() * (int(length[1]) // 32)
        if re.search(r"_at IS NULL\) = \(\w+_by = ''\)", check):
            return ""
    return _any(kind)


def _any(kind: Any) -> Any:
    return next(make() for known, make in _MAKERS if isinstance(kind, known))


_MAKERS: tuple[tuple[type[Any], Callable[[], Any]], ...] = (
    (ExactDecimal, lambda: Decimal("7.50")),
    (UtcInstant, lambda: NOW),
    (PartialDay, lambda: "2026-01-02"),
    (Codes, tuple),
    (FieldTexts, dict),
    (Date, lambda: dt.date(2026, 1, 2)),
    (LargeBinary, lambda: FILE),
    (Boolean, lambda: False),
    (Integer, lambda: 1),
    (Text, lambda: f"text {next(_NUMBERS)}"),
)
"""A value of each type."""


def class_of(table: Table) -> type[Base]:
    """The mapped class of a table."""
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)
