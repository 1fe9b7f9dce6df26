"""Records of every kind that the registry's tables accept, with any values in any fields."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.absence import OWN_REASON, may_be_absent
from ctdild_desktop.clinical.code_fields import CODE_FIELDS
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import (
    Action,
    AdverseEvent,
    AgendaItem,
    Attachment,
    Consent,
    Decision,
    Diagnosis,
    DlcoUnit,
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
from ctdild_desktop.registry.models.lists import MEDIA_TYPES
from ctdild_desktop.services.desk import new_id

TEXTS = st.sampled_from(["", "a word", "“quoted” 'text'", "Müller & <b>", "山田 ½ mg/m²", '["no list"]'])
DECIMALS = st.sampled_from([Decimal(text) for text in ("0", "2.3", "2.30", "100", "0.001", "999.99")])
DAYS = st.sampled_from([dt.date(1961, 3, 12), dt.date(2024, 2, 29), dt.date(2026, 3, 12)])
PARTIAL = st.sampled_from(
    [PartialDate(2024, 2, 29), PartialDate(2024, 2), PartialDate(2025), PartialDate(999)]
)
MOMENTS = st.just(dt.datetime(2026, 3, 12, 9, 30, 0, 5, tzinfo=dt.UTC))
WITH_ABSENT = (
    *(Patient, Diagnosis, Consent, Visit, Pro, Pft, Lab, Serology, HeartTest, Hrct, Procedure, TherapyLine),
    *(AdverseEvent, Attachment, Meeting, AgendaItem, Decision, Action, Snooze, LetterTemplate),
    SavedQuery,
)
"""Every kind that stands for itself."""
_NUMBERS = {
    "ethnic_group": (1, 5),
    "mmrc": (0, 4),
    "functional_class": (1, 4),
    "mrss": (0, 51),
    "grade": (1, 5),
    "complication_grade": (1, 5),
    "reaction_grade": (0, 5),
    "size_bytes": (1, 25 * 1024 * 1024),
    "titre": (1, 10_000_000),
}
_WORDS: dict[str, st.SearchStrategy[Any]] = {
    "mrn": st.just("X-1"),
    "ctd": st.just("SSc"),
    "drug": st.just("rituximab"),
    "test": st.just("hb"),
    "instrument": st.just("kbild"),
    "started": st.sampled_from(["", "09:30", "23:59"]),
    "stopped": st.sampled_from(["", "00:00"]),
    "starts": st.sampled_from(["", "14:00"]),
    "ends": st.sampled_from(["", "15:30"]),
    "media_type": st.sampled_from(MEDIA_TYPES),
    "sha256": st.just("0" * 64),
    "source_sha256": st.none() | st.just("f" * 64),
    "until": st.just(dt.date(2026, 3, 12)),
    "snapshot": st.just('{"a": "ä"}'),
}
_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    Decimal: DECIMALS,
    dt.date: DAYS,
    dt.datetime: MOMENTS,
    PartialDate: PARTIAL,
}
_LINKS = frozenset({"record_id", "record_kind"})
_FILLED = frozenset({"term", "what", "question", "name", "title", "item", "reason"})


def _value(kind: type[Any], name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name in _WORDS:
        return _WORDS[name]
    if name.endswith("_id") or name in _LINKS:
        return st.none()
    args = typing.get_args(hint)
    if type(None) in args:
        inner = next(part for part in args if part is not type(None))
        return st.none() | _value(kind, name, inner)
    listed = CODE_FIELDS.get(kind, {}).get(name)
    if typing.get_origin(hint) is tuple and args[-1] is ...:
        each = st.sampled_from(codes.choices(listed).codes) if listed else _value(kind, name, args[0])
        return st.lists(each, max_size=3).map(tuple)
    if listed and not (isinstance(hint, type) and issubclass(hint, Enum)):
        return st.sampled_from(codes.choices(listed).codes)
    return _plain(kind, name, hint)


def _plain(kind: type[Any], name: str, hint: Any) -> st.SearchStrategy[Any]:
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    if typing.get_origin(hint) is tuple:
        return st.tuples(*(_value(kind, name, part) for part in typing.get_args(hint)))
    if hint is str:
        return TEXTS.map(lambda text: text or "x") if name in _FILLED else TEXTS
    if hint is int:
        return st.integers(*_NUMBERS.get(name, (1, 300)))
    return st.sampled_from(list(hint)) if issubclass(hint, Enum) else valid_record(hint)


@st.composite
def valid_record(draw: Any, kind: Any, **fixed: Any) -> Any:
    """A record of a kind; ``fixed`` are fields that are not drawn."""
    hints = typing.get_type_hints(kind)
    given = {
        item.name: draw(_value(kind, item.name, hints[item.name]))
        for item in dataclasses.fields(kind)
        if item.name not in {"id", "version", "absent", *fixed}
    }
    identity = {"id": new_id()} if "id" in hints else {}
    record = _consistent(kind(**identity, **given, **fixed))
    return _with_reasons(draw, record) if "absent" in hints else record


def _with_reasons(draw: Any, record: Any) -> Any:
    """Some of the empty fields with a reason why they have no value."""
    names = sorted(name for name in may_be_absent(type(record)) if getattr(record, name) in (None, "", ()))
    own = OWN_REASON.get(type(record), {})
    listed = CODE_FIELDS.get(type(record), {})
    pairs = []
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else ():
        reasons = ["declined"]
        reasons += [] if name in own else ["not_done", "not_done:unwell"]
        reasons += [] if name in listed and "unknown" in codes.choices(listed[name]) else ["unknown"]
        pairs.append((name, draw(st.sampled_from(reasons))))
    return replace(record, absent=tuple(sorted(pairs)))


def _consistent(record: Any) -> Any:
    """The record without what the tables refuse in one row."""
    fix = _FIXES.get(type(record))
    return record if fix is None else fix(record)


def _ordered(first: str, last: str) -> Any:
    def fix(record: Any) -> Any:
        begin, end = getattr(record, first), getattr(record, last)
        return record if end is None or end.latest >= begin.earliest else replace(record, **{last: begin})

    return fix


def _patient(record: Patient) -> Patient:
    if record.death_date is not None:
        record = replace(record, vital_status="dead")
    return replace(record, allergies=() if record.no_known_allergies else record.allergies)


def _visit(record: Visit) -> Visit:
    if record.took_place:
        return record
    seen = ("symptom_change", "mmrc", "weight_kg", "spo2_rest", "spo2_nadir", "admitted_nights")
    return replace(record, **dict.fromkeys(seen))


def _pft(record: Pft) -> Pft:
    unit = None if record.dlco is None else (record.dlco_unit or DlcoUnit.SI)
    record = replace(record, dlco_unit=unit)
    return replace(record, performed="partly") if record.performed == "not_done" else record


def _lab(record: Lab) -> Lab:
    record = replace(record, detection=record.detection if record.value is not None else None)
    return record if record.value is not None or record.result else replace(record, text="trace")


def _serology(record: Serology) -> Serology:
    if record.result == "not_done":
        record = replace(record, value=None, titre=None)
    return replace(record, detection=record.detection if record.value is not None else None)


def _procedure(record: Procedure) -> Procedure:
    return record if record.kind == "none" else replace(record, not_done=None)


def _infusion(record: Infusion) -> Infusion:
    return record if record.given else replace(record, dose_mg=None)


def _meeting(record: Meeting) -> Meeting:
    signed = record.minutes_signed_at is not None
    return replace(record, minutes_signed_by="amsel" if signed else "")


def _decision(record: Decision) -> Decision:
    return replace(record, signed_by="amsel" if record.signed_at is not None else "")


def _action(record: Action) -> Action:
    if record.status == "done":
        return replace(record, done_date=record.done_date or dt.date(2026, 3, 1))
    return replace(record, done_date=None)


_FIXES: dict[type[Any], Any] = {
    Patient: _patient,
    Visit: _visit,
    Pft: _pft,
    Lab: _lab,
    Serology: _serology,
    Procedure: _procedure,
    Infusion: _infusion,
    Interruption: _ordered("start", "stop"),
    TherapyLine: _ordered("start", "stop"),
    AdverseEvent: _ordered("onset", "end"),
    Meeting: _meeting,
    Decision: _decision,
    Action: _action,
    LetterTemplate: lambda record: replace(record, text=record.text or "Dear {name}"),
    SavedQuery: lambda record: replace(record, name=record.name or "a name", text=record.text or "age > 1"),
}
