"""Which list the codes of a field come from, whichever table of the program holds that list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.code_fields import CODE_FIELDS
from ctdild_desktop.clinical.records import (
    AdverseEvent,
    Decision,
    Diagnosis,
    Differential,
    DoseChange,
    Interruption,
    Lab,
    Pft,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
)

_TABLES: Mapping[tuple[type[Any], str], Callable[[], codes.CodeList[Any]]] = MappingProxyType(
    {
        (Diagnosis, "ctd"): codes.diagnoses,
        (Diagnosis, "pattern"): codes.patterns,
        (Diagnosis, "antibodies"): codes.antibodies,
        (Differential, "diagnosis"): codes.diagnoses,
        (Decision, "diagnosis"): codes.diagnoses,
        (Decision, "pattern"): codes.patterns,
        (Procedure, "biopsy_pattern"): codes.patterns,
        (TherapyLine, "drug"): codes.drugs,
        (AdverseEvent, "term"): codes.ae_terms,
        (Lab, "test"): codes.labs,
        (Serology, "test"): codes.antibodies,
        (Pro, "instrument"): codes.instruments,
    }
)
_TYPED_OR_CODED: Mapping[tuple[type[Any], str], str] = MappingProxyType(
    {
        (Pft, "exclusion_reason"): "exclusion",
        (Pft, "reference_set"): "reference_set",
        (DoseChange, "reason"): "stop_reason",
        (Interruption, "reason"): "stop_reason",
    }
)
"""Fields that hold a code of a list of choices, or something else that was typed or read."""


def list_of(kind: type[Any], field: str) -> codes.CodeList[Any] | None:
    """The list that the codes of a field come from; None for a field that holds no codes."""
    table = _TABLES.get((kind, field))
    if table is not None:
        return table()
    name = CODE_FIELDS.get(kind, {}).get(field) or _TYPED_OR_CODED.get((kind, field))
    return None if name is None else codes.choices(name)
