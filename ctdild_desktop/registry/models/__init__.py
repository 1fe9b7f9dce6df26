"""The registry's tables, a file per aggregate; column names are the field names of ``clinical.records``.

Their annotations are not deferred: SQLAlchemy would evaluate 850 texts, a fifth of the time the tables take.
"""

from ctdild_desktop.registry.models.adverse_event import AdverseEventRow
from ctdild_desktop.registry.models.attachment import AttachmentContentRow, AttachmentRow
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
from ctdild_desktop.registry.models.checks import hold_forms
from ctdild_desktop.registry.models.desk import ROLES, DraftRow, MappingRow, SiteCriterionRow, UserRow
from ctdild_desktop.registry.models.hrct import HrctRow
from ctdild_desktop.registry.models.inbox import InboxContentRow, InboxMessageRow
from ctdild_desktop.registry.models.mdt import (
    ActionRow,
    AgendaItemRow,
    DecisionRow,
    LetterTemplateRow,
    MeetingRow,
)
from ctdild_desktop.registry.models.measured import HeartTestRow, LabRow, SerologyRow
from ctdild_desktop.registry.models.patient import ConsentRow, DiagnosisRow, PatientRow
from ctdild_desktop.registry.models.pft import PftRow
from ctdild_desktop.registry.models.procedure import ProcedureRow
from ctdild_desktop.registry.models.saved_query import SavedQueryRow
from ctdild_desktop.registry.models.therapy import (
    DoseChangeRow,
    InfusionRow,
    InterruptionRow,
    OfLine,
    TherapyLineRow,
)
from ctdild_desktop.registry.models.visit import ProRow, VisitRow
from ctdild_desktop.registry.models.work import SnoozeRow

__all__ = [
    "ROLES",
    "ActionRow",
    "AdverseEventRow",
    "AgendaItemRow",
    "AttachmentContentRow",
    "AttachmentRow",
    "AuditContext",
    "AuditKeyRow",
    "AuditRow",
    "Base",
    "ConsentRow",
    "DecisionRow",
    "DiagnosisRow",
    "DoseChangeRow",
    "DraftRow",
    "ErasureRow",
    "HeartTestRow",
    "HrctRow",
    "InboxContentRow",
    "InboxMessageRow",
    "InfusionRow",
    "InterruptionRow",
    "KeysRow",
    "LabRow",
    "LetterTemplateRow",
    "MappingRow",
    "MeetingRow",
    "OfLine",
    "OfPatient",
    "PatientRow",
    "PftRow",
    "ProRow",
    "ProcedureRow",
    "Recorded",
    "RegistryInfoRow",
    "SavedQueryRow",
    "SealRow",
    "SerologyRow",
    "SiteCriterionRow",
    "SnoozeRow",
    "TherapyLineRow",
    "UserRow",
    "VisitRow",
    "new_id",
]

HELD = tuple(
    mapper.local_table
    for mapper in Base.registry.mappers
    if issubclass(
        mapper.class_,
        Recorded | SiteCriterionRow | AttachmentContentRow | InboxMessageRow | InboxContentRow,
    )
)
"""The tables whose columns are held to the form of their type."""

hold_forms(Base.metadata.tables[str(table)] for table in HELD)
