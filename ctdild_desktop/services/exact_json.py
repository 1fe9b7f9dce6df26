"""Frozen values as JSON and back, exactly: dataclasses, tuples, enumerations, decimals, dates.

What is read must be what was written: a name that the type does not have, a missing value or one of another
kind is refused. A field that was added later takes its default.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import types
import typing
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


class NotThisTypeError(ValueError):
    """A document is not of the type that it is read as; the text says where, and nothing of the values."""


def plain(value: Any) -> Any:
    """A value as JSON takes it.

    Raises:
        TypeError: there is a value of another kind in it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return value[:]
    if isinstance(value, int | float):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} is not kept as JSON")


def typed(kind: type[T], document: Any) -> T:
    """The value of a type that a document says.

    Raises:
        NotThisTypeError: the document is of another shape.
    """
    made: T = _read(kind, document, kind.__name__)
    return made


@functools.cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Type of each field of a dataclass, and whether it may be missing."""
    hints = typing.get_type_hints(kind)
    optional = (dataclasses.MISSING, dataclasses.MISSING)
    return {
        item.name: (hints[item.name], (item.default, item.default_factory) != optional)
        for item in dataclasses.fields(kind)
    }


def _read(kind: Any, document: Any, where: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        return _read_optional(typing.get_args(kind), document, where)
    if origin is tuple:
        return _read_tuple(typing.get_args(kind), document, where)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, document, where)
    return _read_plain(kind, document, where)


def _read_optional(kinds: tuple[Any, ...], document: Any, where: str) -> Any:
    if document is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is not type(None):
            return _read(kind, document, where)
    raise NotThisTypeError(f"{where}: no value is allowed")


def _read_tuple(kinds: tuple[Any, ...], document: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(document, list):
        raise NotThisTypeError(f"{where}: not a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], item, f"{where}[{number}]") for number, item in enumerate(document))
    if len(kinds) != len(document):
        raise NotThisTypeError(f"{where}: {len(document)} values for {len(kinds)}")
    return tuple(_read(kind, item, where) for kind, item in zip(kinds, document, strict=True))


def _read_dataclass(kind: Any, document: Any, where: str) -> Any:
    if not isinstance(document, dict):
        raise NotThisTypeError(f"{where}: not an object")
    known = _fields(kind)
    if unknown := document.keys() - known.keys():
        raise NotThisTypeError(f"{where}: {len(unknown)} unknown names")
    for name, (_hint, optional) in known.items():
        if name not in document and not optional:
            raise NotThisTypeError(f"{where}.{name}: missing")
    return kind(**{name: _read(known[name][0], item, f"{where}.{name}") for name, item in document.items()})


def _read_plain(kind: Any, document: Any, where: str) -> Any:
    try:
        if kind is Decimal and isinstance(document, str):
            return Decimal(document)
        if kind is dt.date and isinstance(document, str):
            return dt.date.fromisoformat(document)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(document)
    except (ValueError, InvalidOperation) as error:
        raise NotThisTypeError(f"{where}: not a {kind.__name__}") from error
    if kind is float and isinstance(document, int) and not isinstance(document, bool):
        return float(document)
    if kind in {str, int, float, bool} and type(document) is kind:
        return document
    raise NotThisTypeError(f"{where}: not a {getattr(kind, '__name__', 'known value')}")
