"""Between the registry's rows and the program's records: the same names, exact both ways.

A field that a row stores as text (partial dates, closed lists, small values) is converted by the type the
record declares for it, so that a new field of a record needs a column of that name and nothing here.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import operator
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Action,
    AdverseEvent,
    AgendaItem,
    Attachment,
    Consent,
    Decision,
    Diagnosis,
    DoseChange,
    HeartTest,
    Hrct,
    Infusion,
    Interruption,
    Lab,
    LetterTemplate,
    Meeting,
    Patient,
    Pft,
    Pro,
    Procedure,
    SavedQuery,
    Serology,
    Snooze,
    TherapyLine,
    Visit,
)
from ctdild_desktop.registry import models

ROW_OF: Mapping[type[Any], type[Any]] = {
    Patient: models.PatientRow,
    Diagnosis: models.DiagnosisRow,
    Visit: models.VisitRow,
    Pft: models.PftRow,
    Hrct: models.HrctRow,
    TherapyLine: models.TherapyLineRow,
    AdverseEvent: models.AdverseEventRow,
    DoseChange: models.DoseChangeRow,
    Interruption: models.InterruptionRow,
    Infusion: models.InfusionRow,
    Serology: models.SerologyRow,
    Procedure: models.ProcedureRow,
    Lab: models.LabRow,
    HeartTest: models.HeartTestRow,
    Pro: models.ProRow,
    Consent: models.ConsentRow,
    Attachment: models.AttachmentRow,
    Meeting: models.MeetingRow,
    AgendaItem: models.AgendaItemRow,
    Decision: models.DecisionRow,
    Action: models.ActionRow,
    Snooze: models.SnoozeRow,
    LetterTemplate: models.LetterTemplateRow,
    SavedQuery: models.SavedQueryRow,
}

PARTS: Mapping[str, type[Any]] = {
    "dose_changes": DoseChange,
    "interruptions": Interruption,
    "infusions": Infusion,
}
"""Fields of a therapy line that are rows of their own."""

_OF_NOBODY = {Meeting, LetterTemplate, SavedQuery}
OF_PATIENT = tuple(kind for kind in ROW_OF if kind not in {Patient, *_OF_NOBODY, *PARTS.values()})
"""The kinds of records that belong to one patient and stand for themselves."""

Converter = Callable[[Any], Any]


def _inner(hint: Any) -> Any:
    """The type behind ``X | None``."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint


def _hints(kind: type[Any]) -> dict[str, Any]:
    return {name: _inner(hint) for name, hint in typing.get_type_hints(kind).items()}


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """How one field of a record is read from and written to its column; None for a value kept as it is."""

    name: str
    read: Converter | None
    write: Converter | None


def _fields(kind: type[Any]) -> tuple[_Field, ...]:
    return _fields_by_kind()[kind]


@functools.cache
def _fields_by_kind() -> dict[type[Any], tuple[_Field, ...]]:
    return {kind: tuple(_make_fields(kind)) for kind in ROW_OF}


def _make_fields(kind: type[Any]) -> Iterator[_Field]:
    hints = _hints(kind)
    for item in dataclasses.fields(kind):
        hint = hints[item.name]
        inside = next(iter(typing.get_args(hint)), None)
        if item.name in PARTS:
            continue
        if isinstance(inside, type) and dataclasses.is_dataclass(inside):
            yield _Field(item.name, functools.partial(_items_from, inside, _hints(inside)), _maps_of)
        elif hint is PartialDate:
            yield _Field(item.name, PartialDate.parse, str)
        elif isinstance(hint, type) and issubclass(hint, Enum):
            yield _Field(item.name, hint, operator.attrgetter("value"))
        else:
            yield _Field(item.name, None, None)


_READ: Mapping[type[Any], Converter] = {
    Decimal: Decimal,
    PartialDate: PartialDate.parse,
    dt.date: dt.date.fromisoformat,
}


def _items_from(
    kind: type[Any], hints: Mapping[str, Any], stored: tuple[dict[str, Any], ...]
) -> tuple[Any, ...]:
    """Small values from the maps that a column holds; a field that is left out keeps its default."""

    def read(name: str, value: Any) -> Any:
        reader = _READ.get(hints[name])
        return value if reader is None else reader(value)

    return tuple(kind(**{name: read(name, value) for name, value in item.items()}) for item in stored)


def _maps_of(items: tuple[Any, ...]) -> tuple[dict[str, Any], ...]:
    """Small values as the maps that a column holds; what is not recorded is left out."""
    return tuple(
        {
            item.name: value if isinstance(value, str | bool) else _text(value)
            for item in dataclasses.fields(small)
            if (value := getattr(small, item.name)) is not None
        }
        for small in items
    )


def _text(value: Any) -> str:
    if not isinstance(value, Decimal):
        return str(value)
    if not value.is_finite():
        raise ValueError("a measurement is a finite number")
    return format(value, "f")


def columns(kind: type[Any]) -> tuple[Any, ...]:
    """The mapped columns of a record's fields, in field order, for an explicit ``select``."""
    row = ROW_OF[kind]
    return tuple(getattr(row, field.name) for field in _fields(kind))


def table_columns(kind: type[Any]) -> tuple[Any, ...]:
    """The same columns as those of the table itself, for a statement past the session."""
    return tuple(ROW_OF[kind].__mapper__.columns[field.name] for field in _fields(kind))


def record_from(kind: type[Any], values: typing.Sequence[Any], **parts: Any) -> Any:
    """A record from the values of :func:`columns`; ``parts`` are fields that come from other rows."""
    given = {
        field.name: value if value is None or field.read is None else field.read(value)
        for field, value in zip(_fields(kind), values, strict=True)
    }
    return kind(**given, **parts)


def values_of(record: Any) -> dict[str, Any]:
    """What a row stores for a record, by column; the version is the registry's own business."""
    values: dict[str, Any] = {}
    for field in _fields(type(record)):
        if field.name != "version":
            value = getattr(record, field.name)
            values[field.name] = value if value is None or field.write is None else field.write(value)
    return values
