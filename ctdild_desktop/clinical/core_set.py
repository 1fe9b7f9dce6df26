"""The core data set: which field of which record a registry shall have, of whom, and what is an answer.

The fields stand in ``resources/quality/core_set.csv``, each with the source that says what it is needed for.
That a field is core is a decision of the registry, after the OMERACT core domains of CTD-ILD (Khanna 2015,
doi 10.3899/jrheum.141182) and what the criteria and reference values need. ``expected`` says how often:

``always``      of each patient
``latest``      in the latest view of the diagnosis
``each``        in each record of the kind
``once``        one record of each patient, whenever
``baseline:n``  within n months before or after the ILD diagnosis
``every:n``     in each n months of follow-up that have ended

``only`` names the condition under which a field is asked (:mod:`clinical.quality.conditions`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical.absence import OWN_REASON, why_absent
from ctdild_desktop.language import remembered, say_in

_EMPTY = (None, "", ())
_NO_VALUE = frozenset({"unknown", "not_asked", "pending"})
"""Codes of lists that answer a question without a value."""


class State(IntEnum):
    """What is known of one expected answer, or of one thing that was checked."""

    GOOD = 1
    """Recorded; in order."""
    SAID = 2
    """Said to be unknown, declined or not done; it cannot be told whether it is in order."""
    LACKING = 3
    """Not recorded, and no reason given; not in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreField:
    """One line of the core set; texts are in the language in use."""

    id: str
    kind: str
    """``patient``, ``test``, ``hrct`` ...; ``follow_up`` for what is looked for in any record."""
    fields: tuple[str, ...]
    """Fields of the record of which any one will do; for ``follow_up`` what is looked for."""
    label: str
    how: str
    """``always``, ``latest``, ``each``, ``once``, ``baseline`` or ``every``."""
    months: int = 0
    only: str = ""
    when: str = ""
    """Of whom or in which records it is expected, in words."""
    source: str = ""
    by_import: bool = False
    """No form asks for it; it comes with an import."""


@remembered
def core_fields() -> tuple[CoreField, ...]:
    """The core set in its shown order."""
    with (resources() / "quality" / "core_set.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(_field(row) for row in csv.DictReader(stream))


def _field(row: dict[str, str]) -> CoreField:
    how, _, months = row["expected"].partition(":")
    return CoreField(
        id=row["id"],
        kind=row["kind"],
        fields=tuple(row["fields"].split("|")),
        label=say_in("core_set", row["label"]),
        how=how,
        months=int(months or 0),
        only=row["only"],
        when=say_in("core_set", row["when"]),
        source=say_in("core_set", row["source"]),
        by_import=row["entered"] == "import",
    )


def answered(record: Any, fields: Iterable[str]) -> State:
    """What is known of a field: a value, a word that there is none, or nothing at all.

    Args:
        record: any kind of record.
        fields: fields of which any one will do; a value in one counts more than a reason in another.
    """
    said = False
    own = OWN_REASON.get(type(record), {})
    for field in fields:
        value = getattr(record, field)
        if isinstance(value, str):
            value = value.strip()
        if value in _EMPTY:
            reason = own.get(field)
            said = said or why_absent(record, field) is not None
            said = said or (reason is not None and bool(getattr(record, reason)))
        elif value in _NO_VALUE or value == ("unknown",):
            said = True
        else:
            return State.GOOD
    return State.SAID if said else State.LACKING
