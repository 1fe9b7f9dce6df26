"""What the fields of a record are called and how their values are said, where records are compared.

The words are those of the history: one list for the whole program.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import DoseChange, Infusion, Interruption, TherapyLine
from ctdild_desktop.language import say
from ctdild_desktop.services import history_terms
from ctdild_desktop.services.history_words import Names, shown

NOTHING = "–"
_PARTS = {
    "dose_changes": "Dose changes",
    "interruptions": "Interruptions",
    "infusions": "Infusions",
}
"""Fields of a line of therapy that are records of their own."""


def field_label(kind: type[Any], name: str) -> str:
    """What a field is called: ``FVC``, ``Date of the scan``.

    Raises:
        KeyError: the kind has no such field.
    """
    if name not in {item.name for item in fields(kind)}:
        raise KeyError(name)
    if name in _PARTS:
        return _PARTS[name]
    table, columns = _columns(kind)
    label = history_terms.term(table, columns[name]).label
    return wording.capital(label)


def field_value(record: Any, name: str, lines: Sequence[TherapyLine] = ()) -> str:
    """What a field of a record says, with its unit; ``–`` when nothing is recorded.

    ``lines`` are those of the patient, for fields that name a line of therapy.
    """
    if name in _PARTS:
        return "\n".join(_part(part) for part in getattr(record, name)) or NOTHING
    table, columns = _columns(type(record))
    values = {column: _as_kept(getattr(record, field)) for field, column in columns.items()}
    return shown(table, columns[name], values, Names(lines=_line_names(lines))) or NOTHING


def _line_names(lines: Sequence[TherapyLine]) -> dict[str, str]:
    """What each line is called: its drug, and its beginning where the drug was given more than once."""
    times = Counter(line.drug for line in lines)
    return {
        line.id: line.drug
        if times[line.drug] == 1
        else say(
            "{drug} from {start}", drug=codes.drugs().label(line.drug), start=wording.partial(line.start)
        )
        for line in lines
    }


def unit_fields(kind: type[Any], names: Sequence[str]) -> frozenset[str]:
    """Which of these fields are said as the unit of another one of them."""
    table, columns = _columns(kind)
    told = {history_terms.term(table, columns[name]).detail for name in names if name in columns}
    return frozenset(name for name in names if name in columns and f"{{{columns[name]}}}" in told)


def noun(kind: type[Any]) -> str:
    """What a record of a kind is called within a sentence: ``visit``."""
    table, _columns_of = _columns(kind)
    listed = history_terms.tables().get(table)
    words = listed.words if listed is not None else table.replace("_", " ")
    return words.partition("{")[0].strip()


def _columns(kind: type[Any]) -> tuple[str, Mapping[str, str]]:
    """The table of a kind, and the column of each of its fields."""
    from ctdild_desktop.services import rows

    row = rows.ROW_OF[kind]
    attributes = row.__mapper__.column_attrs
    held = [item.name for item in fields(kind) if item.name in attributes]
    return row.__tablename__, {name: attributes[name].columns[0].name for name in held}


def _as_kept(value: Any) -> Any:
    """A value in the form that the history is told from."""
    if isinstance(value, tuple):
        return [_small(part) if is_dataclass(part) else part for part in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | PartialDate) else value


def _small(value: Any) -> dict[str, Any]:
    held = {item.name: getattr(value, item.name) for item in fields(value)}
    return {name: _as_kept(part) for name, part in held.items() if part is not None}


def _part(part: DoseChange | Interruption | Infusion) -> str:
    if isinstance(part, DoseChange):
        said, reason = (
            say("{dose} from {date}", dose=wording.as_typed(part.dose), date=wording.partial(part.date)),
            part.reason,
        )
    elif isinstance(part, Interruption):
        end = wording.partial(part.stop) if part.stop is not None else "…"
        said, reason = f"{wording.partial(part.start)} – {end}", part.reason
    else:
        dose = (
            say(" {dose_mg} mg", dose_mg=wording.as_typed(part.dose_mg)) if part.dose_mg is not None else ""
        )
        said, reason = f"{wording.day(part.date)}{dose}", part.note
    return f"{said}, {reason}" if reason else said
