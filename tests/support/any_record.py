"""Records of every kind with any values, for property tests."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DoseChange, Infusion, Interruption

_DAYS = tuple(dt.date(2025, month, 10) for month in (1, 4, 9))
_PARTIAL = (PartialDate(2024), PartialDate(2024, 5), PartialDate(2024, 5, 6))
_VALUES: dict[Any, tuple[Any, ...]] = {
    bool: (True, False),
    int: (1, 2, 3),
    str: ("", "one", "two"),
    Decimal: (Decimal("2.3"), Decimal("2.30"), Decimal("2.41")),
    dt.date: _DAYS,
    dt.datetime: (dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC),),
    PartialDate: _PARTIAL,
    DoseChange: tuple(DoseChange(date=day, dose=Decimal(2)) for day in _PARTIAL),
    Interruption: tuple(Interruption(start=day) for day in _PARTIAL),
    Infusion: tuple(Infusion(date=day) for day in _DAYS),
}


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, types.UnionType):
        # What may be None is never an empty text besides.
        return st.one_of(*(_values(part).filter(lambda value: value != "") for part in typing.get_args(hint)))
    if hint is type(None):
        return st.none()
    if typing.get_origin(hint) is tuple:
        inner, *rest = typing.get_args(hint)
        if rest != [...]:
            return st.tuples(*(_values(part) for part in (inner, *rest)))
        filled = _values(inner).filter(lambda value: value != "")
        return st.lists(filled, max_size=2, unique_by=repr).map(tuple)
    if dataclasses.is_dataclass(hint) and hint not in _VALUES:
        return any_record(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return st.sampled_from(_VALUES[hint])


def any_record(kind: Any, **fixed: Any) -> st.SearchStrategy[Any]:
    """A record of a kind; ``fixed`` are fields that are not drawn."""
    hints = typing.get_type_hints(kind)
    drawn = {
        item.name: _values(hints[item.name])
        for item in dataclasses.fields(kind)
        if item.name not in fixed and item.name not in _WITH_FIELD
    }
    return st.builds(kind, **drawn, **{name: st.just(value) for name, value in fixed.items()})


def changed(record: Any) -> st.SearchStrategy[Any]:
    """The record with any of its fields drawn anew."""
    hints = typing.get_type_hints(type(record))
    names = [item.name for item in dataclasses.fields(record) if item.name not in _NOT_TYPED]
    return st.sets(st.sampled_from(names), max_size=5).flatmap(
        lambda some: st.builds(
            dataclasses.replace, st.just(record), **{name: _values(hints[name]) for name in sorted(some)}
        )
    )


_WITH_FIELD = frozenset({"confirmed_unusual", "absent"})
_NOT_TYPED = (
    frozenset({"id", "version", "entered", "source_format", "source_sha256", "as_given"}) | _WITH_FIELD
)
