"""The columns that a kind of record has in an exported table, made from its fields.

A field that is added to a record is a column at once. A code has its words in a column beside it, a date that
may be partial has the first and the last day that it may mean.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from types import MappingProxyType, UnionType
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Addendum, Attachment, HeartTest, Patient, Pft, Visit
from ctdild_desktop.interchange.code_lists import list_of
from ctdild_desktop.language import english_of

Cell = str | Decimal | int | bool | dt.date | dt.datetime | None
"""What stands in one cell; None where nothing is recorded."""


class Type(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    DATE = "date"
    MOMENT = "moment in UTC"


class Form(StrEnum):
    """How a field of a record becomes cells."""

    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    TEXTS = "texts"
    PAIRS = "pairs"
    NUMBER = "number"
    WHOLE = "whole"
    YES_NO = "yesno"
    DATE = "date"
    PARTIAL = "partial"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an exported table."""

    name: str
    type: Type
    field: str = ""
    """The field that it comes from; empty for a key or what is derived."""
    part: str = ""
    """``label``, ``earliest`` or ``latest`` beside the column of the field itself; else empty."""
    derived_from: str = ""
    """What a derived value follows from, in words; empty for what is recorded."""
    label: str = ""
    """What a column is called that no field names."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind of record with its form and its columns."""

    name: str
    form: Form
    type: Any
    """The type of the field without "or nothing"."""
    columns: tuple[Column, ...]
    optional: bool


_CALLED: Mapping[tuple[type[Any] | None, str], str] = MappingProxyType(
    {
        (None, "spo2_rest"): "spo2_rest_percent",
        (None, "spo2_nadir"): "spo2_nadir_percent",
        (Pft, "walk_spo2_nadir"): "walk_spo2_nadir_percent",
        (Visit, "bp_systolic"): "bp_systolic_mmhg",
        (Visit, "bp_diastolic"): "bp_diastolic_mmhg",
        (Visit, "heart_rate"): "heart_rate_per_min",
        (Patient, "oxygen_l_min"): "oxygen_l_per_min",
        (Visit, "oxygen_l_min"): "oxygen_l_per_min",
        (HeartTest, "pvr_wu"): "pvr_wood_units",
        (Addendum, "by"): "by_login",
        (Attachment, "record_kind"): "belongs_to",
        (Attachment, "record_id"): "belongs_to_id",
    }
)
"""Columns whose field does not say its unit, or has the name of a key."""
_EMPTY = "\\e"
"""Stands for an empty text among texts in one cell."""
_KEYS = frozenset({"id", "patient_id"})
_TYPES = {
    Form.NUMBER: Type.NUMBER,
    Form.WHOLE: Type.WHOLE,
    Form.YES_NO: Type.YES_NO,
    Form.DATE: Type.DATE,
    Form.MOMENT: Type.MOMENT,
}
_BESIDE = {Form.CODE: ("label",), Form.CODES: ("label",), Form.PARTIAL: ("earliest", "latest")}


def inner_type(hint: Any) -> Any:
    """The type behind ``X | None``."""
    if isinstance(hint, UnionType) or typing.get_origin(hint) is typing.Union:
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint


def part_of(hint: Any) -> type[Any] | None:
    """The kind of the parts that a field holds, which have a table of their own."""
    inside = next(iter(typing.get_args(hint)), None)
    is_part = isinstance(inside, type) and dataclasses.is_dataclass(inside) and inside is not PartialDate
    return inside if is_part and typing.get_origin(hint) is tuple else None


def fields_of(kind: type[Any]) -> tuple[Field, ...]:
    """The fields of a kind that are columns of its table, in their order."""
    if kind not in _known:
        _known[kind] = _fields(kind)
    return _known[kind]


_known: dict[type[Any], tuple[Field, ...]] = {}


def _fields(kind: type[Any]) -> tuple[Field, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(
        _field(kind, item.name, hints[item.name])
        for item in dataclasses.fields(kind)
        if item.name not in _KEYS and part_of(hints[item.name]) is None
    )


def _field(kind: type[Any], name: str, hint: Any) -> Field:
    inner = inner_type(hint)
    form = _form(kind, name, inner)
    column = _CALLED.get((kind, name)) or _CALLED.get((None, name)) or name
    columns = [Column(column, _TYPES.get(form, Type.TEXT), name)]
    for part in _BESIDE.get(form, ()):
        type_ = Type.TEXT if part == "label" else Type.DATE
        columns.append(Column(f"{column}_{part}", type_, name, part))
    return Field(name, form, inner, tuple(columns), inner is not hint)


def _form(kind: type[Any], name: str, inner: Any) -> Form:
    coded = list_of(kind, name) is not None
    if typing.get_origin(inner) is tuple:
        if typing.get_origin(typing.get_args(inner)[0]) is tuple:
            return Form.PAIRS
        return Form.CODES if coded else Form.TEXTS
    if coded:
        return Form.CODE
    for type_, form in (
        (bool, Form.YES_NO),
        (int, Form.WHOLE),
        (Decimal, Form.NUMBER),
        (PartialDate, Form.PARTIAL),
        (dt.datetime, Form.MOMENT),
        (dt.date, Form.DATE),
    ):
        if issubclass(inner, type_):
            return form
    return Form.TEXT


def cells_of(kind: type[Any], field: Field, value: Any) -> Iterator[Cell]:
    """The cells of one field, in the order of its columns."""
    if field.form is Form.PARTIAL:
        yield from (None, None, None) if value is None else (str(value), value.earliest, value.latest)
    elif field.form is Form.CODE:
        code = value.value if isinstance(value, Enum) else value
        yield from (code or None, _words(kind, field.name, code) or None)
    elif field.form is Form.CODES:
        yield joined(value)
        yield "; ".join(_words(kind, field.name, code) for code in value) or None
    elif field.form is Form.TEXTS:
        yield joined(value)
    elif field.form is Form.PAIRS:
        yield joined(f"{escaped(name, '=')}={escaped(said, '=')}" for name, said in value)
    elif isinstance(value, Enum):
        yield value.value
    else:
        yield None if value == "" else value


def _words(kind: type[Any], field: str, code: str | None) -> str:
    known = list_of(kind, field)
    return english_of(known.label(code)) if known is not None else code or ""


def joined(texts: Iterable[str]) -> str | None:
    """Texts in one cell, parted by semicolons; one inside a text has a backslash before it."""
    listed = [escaped(text, ";") or _EMPTY for text in texts]
    return ";".join(listed) or None


def escaped(text: str, mark: str) -> str:
    """A text in which a mark, and the backslash, have a backslash before them."""
    return text.replace("\\", "\\\\").replace(mark, f"\\{mark}")


def parted(text: str, mark: str = ";") -> list[str]:
    """The texts of a cell, as :func:`joined` put them in."""
    if not text:
        return []
    found, now, at = [], "", 0
    while at < len(text):
        letter = text[at]
        if letter == "\\" and at + 1 < len(text):
            now, at = now + ("" if text[at + 1] == _EMPTY[1] else text[at + 1]), at + 2
        elif letter == mark:
            found.append(now)
            now, at = "", at + 1
        else:
            now, at = now + letter, at + 1
    return [*found, now]
