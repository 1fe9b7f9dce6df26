"""The registry's tables, a file per aggregate; column names are the field names of ``clinical.records``."""

from __future__ import annotations

from ctdild_desktop.registry.models.adverse_event import AdverseEventRow
from ctdild_desktop.registry.models.audit import (
    AuditContext,
    AuditKeyRow,
    AuditRow,
    ErasureRow,
    KeysRow,
    RegistryInfoRow,
    SealRow,
)
from ctdild_desktop.registry.models.base import Base, OfPatient, Recorded, new_id
from ctdild_desktop.registry.models.desk import ROLES, DraftRow, MappingRow, SiteCriterionRow, UserRow
from ctdild_desktop.registry.models.hrct import HrctRow
from ctdild_desktop.registry.models.patient import DiagnosisRow, PatientRow
from ctdild_desktop.registry.models.pft import PftRow
from ctdild_desktop.registry.models.therapy import (
    DoseChangeRow,
    InfusionRow,
    InterruptionRow,
    OfLine,
    TherapyLineRow,
)
from ctdild_desktop.registry.models.visit import VisitRow

__all__ = [
    "ROLES",
    "AdverseEventRow",
    "AuditContext",
    "AuditKeyRow",
    "AuditRow",
    "Base",
    "DiagnosisRow",
    "DoseChangeRow",
    "DraftRow",
    "ErasureRow",
    "HrctRow",
    "InfusionRow",
    "InterruptionRow",
    "KeysRow",
    "MappingRow",
    "OfLine",
    "OfPatient",
    "PatientRow",
    "PftRow",
    "Recorded",
    "RegistryInfoRow",
    "SealRow",
    "SiteCriterionRow",
    "TherapyLineRow",
    "UserRow",
    "VisitRow",
    "new_id",
]
