"""What a column may hold, as constraints that the database itself keeps, on SQLite as on PostgreSQL.

SQLite takes any value for any column, so the form of a decimal, a date and a whole number is held by a CHECK
there; on PostgreSQL the column's own type does part of it. A CHECK never speaks of an empty column.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, Integer, Table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement

from ctdild_desktop.registry.models.types import (
    Codes,
    ExactDecimal,
    FieldTexts,
    PartialDay,
    UtcInstant,
)

_ON_SQLITE = {
    "decimal": (
        "typeof({0}) IN ('text', 'null') AND ({0} GLOB '[0-9]*' OR {0} GLOB '-[0-9]*') "
        "AND {0} NOT GLOB '?*[^0-9.]*' AND {0} NOT GLOB '*.*.*' AND {0} NOT GLOB '*.'"
    ),
    "partial_day": (
        "length({0}) IN (4, 7, 10) AND {0} >= '0001' "
        "AND {0} IS substr(date({0} || substr('-01-01', length({0}) - 3)), 1, length({0}))"
    ),
    "day": "{0} LIKE '____-__-__' AND {0} IS date({0})",
}
_ON_POSTGRESQL = {
    "decimal": "{0} ~ '^-?[0-9]+([.][0-9]+)?$'",
    "partial_day": (
        "{0} ~ '^[0-9][0-9][0-9][0-9](-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$' AND {0} >= '0001'"
    ),
    "day": "isfinite({0})",
}


class Form(ColumnElement[bool]):
    """``column`` looks like a ``decimal``, a ``partial_day`` or a ``day``; each database says it its own
    way.
    """

    inherit_cache = False

    def __init__(self, form: str, column: str) -> None:
        self.form = form
        self.column = column


@compiles(Form)
@compiles(Form, "sqlite")
def _form_on_sqlite(element: Form, _compiler: Any, **_kwargs: Any) -> str:
    return _ON_SQLITE[element.form].format(element.column)


@compiles(Form, "postgresql")
def _form_on_postgresql(element: Form, _compiler: Any, **_kwargs: Any) -> str:
    return _ON_POSTGRESQL[element.form].format(element.column)


def one_of_check(column: str, *values: str) -> CheckConstraint:
    """``column`` is empty or one of a closed list of words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


def range_check(column: str, low: int, high: int) -> CheckConstraint:
    """``column`` is empty or a whole number from ``low`` to ``high``."""
    return CheckConstraint(f"{column} BETWEEN {low} AND {high}", name=column)


def filled_check(column: str) -> CheckConstraint:
    """``column`` has a text."""
    return CheckConstraint(f"length({column}) > 0", name=column)


def length_check(column: str, most: int) -> CheckConstraint:
    """``column`` has a text of at most so many characters."""
    return CheckConstraint(f"length({column}) BETWEEN 1 AND {most}", name=column)


def clock_check(column: str) -> CheckConstraint:
    """``column`` is empty text or a time of day: ``09:30``."""
    return CheckConstraint(
        f"{column} = '' OR ({column} LIKE '__:__' AND {column} BETWEEN '00:00' AND '23:59')", name=column
    )


def order_check(first: str, last: str) -> CheckConstraint:
    """``last`` does not lie before ``first``, as far as both partial dates are known."""
    return CheckConstraint(
        f"substr({last}, 1, length({first})) >= substr({first}, 1, length({last}))",
        name=f"{last}_after_{first}",
    )


def hold_forms(tables: Iterable[Table]) -> None:
    """Hold every column of these tables to the form of its type; called once when all tables are known."""
    for table in tables:
        for column in table.columns:
            held = _form_of(column)
            if held is not None:
                table.append_constraint(CheckConstraint(held, name=f"form_{column.name}"))


def _form_of(column: Column[Any]) -> str | Form | None:
    """What a value of the column must look like; None when its type says nothing."""
    kind, name = column.type, column.name
    if isinstance(kind, ExactDecimal):
        return Form("decimal", name)
    if isinstance(kind, PartialDay):
        return Form("partial_day", name)
    if isinstance(kind, Date):
        return Form("day", name)
    if isinstance(kind, Codes):
        return f"{name} LIKE '[%]'"
    if isinstance(kind, FieldTexts):
        return f"{name} LIKE '{{%}}'"
    if isinstance(kind, UtcInstant):
        return f"{name} LIKE '____-__-__T__:__:__.______Z'"
    if isinstance(kind, Integer):
        return f"{name} = CAST({name} AS INTEGER)"
    return None
