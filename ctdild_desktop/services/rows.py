"""Between the registry's rows and the program's records: the same names, exact both ways.

A field that a row stores as text (partial dates, closed lists) is converted by the type the record declares
for it, so that a new field of a record needs a column of that name and nothing here.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    DoseChange,
    Hrct,
    Infusion,
    Interruption,
    Patient,
    Pft,
    TherapyLine,
    Visit,
)
from ctdild_desktop.registry.models import (
    AdverseEventRow,
    DiagnosisRow,
    DoseChangeRow,
    HrctRow,
    InfusionRow,
    InterruptionRow,
    PatientRow,
    PftRow,
    TherapyLineRow,
    VisitRow,
)

ROW_OF: Mapping[type[Any], type[Any]] = {
    Patient: PatientRow,
    Diagnosis: DiagnosisRow,
    Visit: VisitRow,
    Pft: PftRow,
    Hrct: HrctRow,
    TherapyLine: TherapyLineRow,
    AdverseEvent: AdverseEventRow,
    DoseChange: DoseChangeRow,
    Interruption: InterruptionRow,
    Infusion: InfusionRow,
}

PARTS: Mapping[str, type[Any]] = {
    "dose_changes": DoseChange,
    "interruptions": Interruption,
    "infusions": Infusion,
}
"""Fields of a therapy line that are rows of their own."""


def _inner(hint: Any) -> Any:
    """The type behind ``X | None``."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return next(part for part in typing.get_args(hint) if part is not type(None))
    return hint


Readers = tuple[tuple[str, Callable[[Any], Any] | None], ...]


def _readers(kind: type[Any]) -> Readers:
    """Each field of a record kind with what reads it back from its column."""
    return _readers_by_kind()[kind]


@functools.cache
def _readers_by_kind() -> dict[type[Any], Readers]:
    return {kind: _make_readers(kind) for kind in ROW_OF}


def _make_readers(kind: type[Any]) -> Readers:
    hints = typing.get_type_hints(kind)
    readers: list[tuple[str, Callable[[Any], Any] | None]] = []
    for item in dataclasses.fields(kind):
        if item.name in PARTS:
            continue
        inner = _inner(hints[item.name])
        reader: Callable[[Any], Any] | None = None
        if inner is PartialDate:
            reader = PartialDate.parse
        elif isinstance(inner, type) and issubclass(inner, Enum):
            reader = inner
        readers.append((item.name, reader))
    return tuple(readers)


def columns(kind: type[Any]) -> tuple[Any, ...]:
    """The mapped columns of a record's fields, in field order, for an explicit ``select``."""
    row = ROW_OF[kind]
    return tuple(getattr(row, name) for name, _reader in _readers(kind))


def record_from(kind: type[Any], values: typing.Sequence[Any], **parts: Any) -> Any:
    """A record from the values of :func:`columns`; ``parts`` are fields that come from other rows."""
    given = {
        name: value if value is None or reader is None else reader(value)
        for (name, reader), value in zip(_readers(kind), values, strict=True)
    }
    return kind(**given, **parts)


def values_of(record: Any) -> dict[str, Any]:
    """What a row stores for a record, by column; the version is the registry's own business."""
    values: dict[str, Any] = {}
    for name, reader in _readers(type(record)):
        if name == "version":
            continue
        value = getattr(record, name)
        if value is not None and reader is not None:
            value = str(value) if isinstance(value, PartialDate) else value.value
        values[name] = value
    return values
