"""What every resource is made with: whose it is, addresses that refer to one another, marks of what it holds.

An address is a UUID made from the kind and the id of a record, so that the same data gives the same bytes and
no two resources have one address. References are those addresses, which no server needs to resolve.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.interchange.fhir_terms import (
    FORMAT,
    HL7,
    LOCAL,
    LOINC,
    MEASURE,
    RECORD,
    UCUM,
    VERSION,
    Value,
    concept,
)

_SPACE = uuid.UUID("6f0c1f5e-0d0b-5d3a-9a53-6b1f2f4c8a17")
RESTATED = "restated"
"""The mark of what says in FHIR's own way once more what another resource of the Bundle holds."""
COMPUTED = "computed"
"""The mark of what was computed for the reader from other resources of the Bundle."""


@dataclass(frozen=True, slots=True)
class Writing:
    """How one Bundle is written."""

    recorded: dt.datetime
    """When it is written, with its zone."""
    program: str
    """Name and version of what writes it."""
    free_text: bool
    """Whether what people wrote in their own words is written too."""


@dataclass(slots=True)
class Making:
    """The resources of one patient."""

    patient: Patient
    writing: Writing
    known: frozenset[str] = frozenset()
    """The ids of the records that others may name."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    subject: dict[str, str] = field(init=False)
    """Whose the resources are."""

    def __post_init__(self) -> None:
        self.subject = self.refer("patient", self.patient.id)

    def refer(self, kind: str, *parts: str) -> dict[str, str]:
        """A reference to a resource of this Bundle."""
        return {"reference": f"urn:uuid:{_address(kind, *parts)}"}

    def link(self, resource: dict[str, Any], field: str, kind: str, record_id: str | None) -> None:
        """Note that a record names another one, when that is in the Bundle too."""
        if record_id is not None and record_id in self.known:
            named = {"url": f"{LOCAL}{field}", "valueReference": self.refer(kind, record_id)}
            resource.setdefault("extension", []).append(named)

    def resource(
        self, resource_type: str, kind: str, *parts: str, mark: str = "", **content: Any
    ) -> dict[str, Any]:
        """A new resource of this Bundle.

        Args:
            kind: what kind of record it holds or belongs to, with ``parts`` its address.
            mark: RESTATED or COMPUTED where it is no record of its own.
            content: what it begins with; what is empty is left out.
        """
        name = _address(kind, *parts)
        made: dict[str, Any] = {
            "resourceType": resource_type,
            "id": name,
            "meta": {"tag": [{"system": RECORD, "code": mark or kind}]},
            **{field: value for field, value in content.items() if value not in (None, "", [], {})},
        }
        self.entries.append({"fullUrl": f"urn:uuid:{name}", "resource": made})
        return made

    def measured(
        self,
        kind: str,
        parts: Sequence[str],
        value: Value,
        number: Any,
        *,
        date: str,
        unit: str,
        loinc: str = "",
        words: str = "",
        mark: str = "",
        named: str = "",
        **content: Any,
    ) -> dict[str, Any]:
        """An Observation of one number; ``named`` is the program's name of a value that was measured."""
        return self.resource(
            "Observation",
            kind,
            *parts,
            mark=mark,
            status="final",
            category=[concept((f"{HL7}observation-category", value.category))],
            code=concept((LOINC, loinc), (MEASURE, named), text=f"{value.text}{words}"),
            subject=self.subject,
            effectiveDateTime=date,
            valueQuantity={"value": number, "unit": unit, "system": UCUM, "code": unit},
            **content,
        )

    def bundle(self) -> dict[str, Any]:
        """All resources as a Bundle."""
        return {
            "resourceType": "Bundle",
            "id": _address("bundle", self.patient.id),
            "meta": {"tag": [{"system": FORMAT, "code": VERSION}]},
            "type": "collection",
            "timestamp": self.writing.recorded.isoformat(timespec="seconds"),
            "entry": self.entries,
        }


@lru_cache(maxsize=4096)
def _address(kind: str, *parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join((kind, *parts))))
