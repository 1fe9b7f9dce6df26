"""What the columns of an export are called, and their units: in English, in the words of the history."""

from __future__ import annotations

from typing import Any

from ctdild_desktop.clinical.records import Addendum, Allergy, Attendee, Differential, PreCheck, Score
from ctdild_desktop.language import english_of
from ctdild_desktop.services import history_terms, rows

_OF_PARTS: dict[type[Any], dict[str, tuple[str, str]]] = {
    Allergy: {"substance": ("substance", ""), "reaction": ("reaction", "")},
    Differential: {"diagnosis": ("diagnosis", ""), "percent": ("how probable", "%")},
    Score: {"scale": ("scale", ""), "value": ("points", "")},
    PreCheck: {
        "item": ("what was checked", ""),
        "date": ("date of the check", ""),
        "result": ("result", ""),
        "passed": ("let the infusion go ahead", ""),
    },
    Attendee: {"name": ("name", ""), "role": ("role", ""), "presence": ("presence", "")},
    Addendum: {"date": ("date", ""), "by": ("login of who added it", ""), "text": ("text", "")},
}
"""Parts that no table of the registry holds."""


def named(kind: type[Any], field: str) -> tuple[str, str]:
    """What a field of a kind of record is called, and the unit of its numbers: ``("FVC", "L")``.

    A unit in braces is told by the column of that name: ``{dlco_unit}``.
    """
    if kind in _OF_PARTS:
        return _OF_PARTS[kind][field]
    row = rows.ROW_OF[kind]
    column = row.__mapper__.column_attrs[field].columns[0].name
    term = history_terms.term(row.__tablename__, column)
    return english_of(term.label), term.detail if term.form == "number" else ""
