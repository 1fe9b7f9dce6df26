"""A question as rows of field, comparison and value, with groups one level deep, where it can be told so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ctdild_desktop.cohort.fields import FIELDS, PARTS, Field
from ctdild_desktop.cohort.query import EVERYBODY, And, Comparison, Condition, Or, Query, Some, condition

ALL, ANY = "all", "any"


@dataclass(frozen=True, slots=True)
class Row:
    """One condition; without a value it is not asked yet."""

    field: str
    how: Comparison = Comparison.IS
    value: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together: :data:`ALL` or :data:`ANY` of them, or all of one part of the record."""

    kind: str
    """:data:`ALL`, :data:`ANY`, or the name of a part."""
    rows: tuple[Row, ...] = ()

    @property
    def fields(self) -> Mapping[str, Field]:
        """What may be asked in it."""
        return fields_of(self.kind)


Item: TypeAlias = Row | Group


@dataclass(frozen=True, slots=True)
class Rows:
    """The whole question."""

    items: tuple[Item, ...] = ()
    any_of: bool = False
    """Whether one of them is enough; else all must be so."""


def fields_of(kind: str) -> Mapping[str, Field]:
    """What may be asked in a group of a kind."""
    return PARTS[kind].fields if kind in PARTS else FIELDS


def query_of(rows: Rows) -> Query:
    """The question that rows ask; those without a value are left out.

    Raises:
        QueryError: a row cannot be asked.
    """
    parts = [found for item in rows.items if (found := _asked(item)) is not None]
    return _joined(parts, any_of=rows.any_of)


def _asked(item: Item) -> Query | None:
    if isinstance(item, Row):
        return condition(item.field, item.how, item.value) if item.value else None
    asked = [condition(row.field, row.how, row.value, item.fields) for row in item.rows if row.value]
    if item.kind in PARTS:
        return Some(item.kind, _joined(asked))
    return _joined(asked, any_of=item.kind == ANY) if asked else None


def _joined(parts: Iterable[Query], *, any_of: bool = False) -> Query:
    held = tuple(parts)
    if not held:
        return EVERYBODY
    return held[0] if len(held) == 1 else Or(held) if any_of else And(held)


def rows_of(query: Query) -> Rows | None:
    """The rows that ask a question; None where it is built otherwise."""
    any_of = isinstance(query, Or)
    parts = query.parts if isinstance(query, And | Or) else (query,)
    items: list[Item] = []
    for part in parts:
        item = _item(part)
        if item is None:
            return None
        items.append(item)
    return Rows(tuple(items), any_of)


def _item(query: Query) -> Item | None:
    if isinstance(query, Condition):
        return Row(query.field, query.how, query.value)
    kind = ANY if isinstance(query, Or) else ALL
    inside: Query = query
    if isinstance(query, Some):
        kind, inside = query.part, query.inside
    held: tuple[Query, ...] = (inside,)
    if isinstance(inside, And) or (isinstance(inside, Or) and kind == ANY):
        held = inside.parts
    rows = tuple(Row(one.field, one.how, one.value) for one in held if isinstance(one, Condition))
    return Group(kind, rows) if len(rows) == len(held) else None
