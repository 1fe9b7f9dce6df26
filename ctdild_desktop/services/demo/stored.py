"""Reads an invented patient who is kept as a file of the program into the program's records."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Diagnosis,
    DlcoUnit,
    DoseChange,
    Hrct,
    HrctResult,
    Infusion,
    Interruption,
    Patient,
    PatientRecord,
    Pft,
    Sex,
    SymptomChange,
    TherapyLine,
    Visit,
)

_NAMESPACE = uuid.UUID("6a0d2c1e-5b7f-4e0a-9c53-0f3a1d8e7b42")
if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_T = TypeVar("_T", bound="DataclassInstance")


def stored_id(mrn: str, kind: str, number: int) -> str:
    """The identifier of an invented record: the same every time, 32 hexadecimal digits."""
    return uuid.uuid5(_NAMESPACE, f"{mrn}/{kind}/{number}").hex


def _converter(annotation: str) -> Callable[[Any], Any]:
    """How JSON becomes the value of a field, from the text of the field's type."""
    kinds: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("tuple[str, ...]", tuple),
        ("tuple[DoseChange, ...]", lambda items: tuple(_value(DoseChange, item) for item in items)),
        ("tuple[Interruption, ...]", lambda items: tuple(_value(Interruption, item) for item in items)),
        ("tuple[Infusion, ...]", lambda items: tuple(_value(Infusion, item) for item in items)),
        ("PartialDate", PartialDate.parse),
        ("dt.date", dt.date.fromisoformat),
        ("Decimal", Decimal),
        ("DlcoUnit", DlcoUnit),
        ("SymptomChange", SymptomChange),
        ("HrctResult", HrctResult),
        ("Sex", Sex),
    )
    return next((convert for name, convert in kinds if annotation.startswith(name)), lambda value: value)


def _value(kind: type[_T], stored: Mapping[str, Any], **more: Any) -> _T:
    annotations = {item.name: str(item.type) for item in fields(kind)}
    unknown = sorted(set(stored) - set(annotations))
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {', '.join(unknown)}")
    read = {name: _converter(annotations[name])(value) for name, value in stored.items() if value is not None}
    return kind(**read, **more)


def read_record(path: Path) -> PatientRecord:
    """Read one invented patient from a JSON file.

    The file has the field names of the program's records; identifiers are made from the MRN, and an adverse
    event names its suspected drugs in place of the identifiers of their lines.

    Raises:
        ValueError: the file names a field that the records do not have.
    """
    stored = json.loads(path.read_text(encoding="utf-8"))
    mrn = stored["patient"]["mrn"]

    def each(key: str, kind: type[_T]) -> tuple[_T, ...]:
        return tuple(
            _value(kind, item, id=stored_id(mrn, key, number))
            for number, item in enumerate(stored.get(key, []))
        )

    therapy = each("therapy", TherapyLine)
    line_of = {line.drug: line.id for line in reversed(therapy)}
    events = []
    for number, item in enumerate(stored.get("adverse_events", [])):
        suspected = tuple(line_of[drug] for drug in item.get("suspected_lines", ()))
        given = {**item, "suspected_lines": suspected}
        events.append(_value(AdverseEvent, given, id=stored_id(mrn, "adverse_events", number)))
    tests = tuple(
        _value(Pft, item, id=stored_id(mrn, "tests", number), entered=number)
        for number, item in enumerate(stored.get("tests", []))
    )
    return PatientRecord(
        patient=_value(Patient, stored["patient"], id=stored_id(mrn, "patient", 0)),
        diagnoses=each("diagnoses", Diagnosis),
        visits=each("visits", Visit),
        tests=tests,
        hrct=each("hrct", Hrct),
        therapy=therapy,
        adverse_events=tuple(events),
    )


def holloway() -> PatientRecord:
    """The invented patient HOLLOWAY, Ingrid (DEMO-0001): antisynthetase syndrome, 15 tests in five years."""
    return read_record(resources() / "demo" / "holloway.json")
