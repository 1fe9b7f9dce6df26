"""Which field of which record holds codes of which closed list, and what is wrong with a code.

The lists stand in ``resources/codes/choices.csv``. Diseases, drugs, antibodies, terms of adverse events,
laboratory tests and instruments have tables of their own and are checked where their records are. That
``none`` stands alone in a list of several codes is a decision of the registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical.codes import choices
from ctdild_desktop.clinical.issues import Issue, refused
from ctdild_desktop.clinical.records import (
    Action,
    AdverseEvent,
    AgendaItem,
    Attachment,
    Attendee,
    Consent,
    Decision,
    Diagnosis,
    HeartTest,
    Hrct,
    Infusion,
    Lab,
    LetterTemplate,
    Meeting,
    Patient,
    Pft,
    PreCheck,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.language import say

HRCT_FEATURES = (
    "ground_glass",
    "reticulation",
    "traction_bronchiectasis",
    "honeycombing",
    "consolidation",
    "cysts",
    "mosaic_attenuation",
    "nodules",
    "volume_loss",
)
"""Features of a scan that are graded from absent to severe."""

CULTURES = ("bacteria", "mycobacteria", "fungi", "pneumocystis", "viruses")
"""What is looked for in a lavage."""


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


CODE_FIELDS: Mapping[type[Any], Mapping[str, str]] = MappingProxyType(
    {
        Patient: {
            **_same("sex", "smoking", "transplant", "oxygen", "vital_status", "cause_of_death"),
            "exposures": "exposure",
            "comorbidities": "comorbidity",
            "consent_registry": "consent",
            "consent_research": "consent",
        },
        Diagnosis: {
            **_same("onset_order", "onset_mode", "pattern_basis", "confidence", "behaviour", "extent"),
            **_same("extrapulmonary", "basis"),
            "criteria": "ctd_criteria",
        },
        Consent: {"kind": "consent_kind", "answer": "consent"},
        Visit: {
            "kind": "visit_kind",
            "status": "visit_status",
            "symptom_change": "symptom_change",
            "admission_reason": "admission_reason",
            "vaccinations": "vaccine",
        },
        Pro: {"mode": "pro_mode"},
        Pft: {
            **_same("performed", "not_done", "volumes_method", "position"),
            "fvc_grade": "quality_fvc",
            "dlco_grade": "quality_dlco",
            "not_done_fvc": "not_done",
            "not_done_dlco": "not_done",
        },
        Lab: {"detection": "detection", "result": "lab_result"},
        Serology: {"result": "serology_result", "detection": "detection", "pattern": "ana_pattern"},
        HeartTest: {"kind": "heart_test"},
        Hrct: {
            **_same("read_type", "distribution", "emphysema_extent", "acute_change"),
            "pattern": "hrct_pattern",
            "extent_reading": "hrct_extent",
            "result": "hrct_result",
            **dict.fromkeys(HRCT_FEATURES, "hrct_feature"),
            "signs": "hrct_sign",
            "signs_not_seen": "hrct_sign",
        },
        Procedure: {
            "kind": "procedure",
            **_same("not_done", "lobe", "confidence", "complication", "contribution"),
            **dict.fromkeys(CULTURES, "culture"),
        },
        TherapyLine: {
            **_same("role", "indication", "route", "dose_unit", "dose_basis", "frequency", "stop_reason"),
            **_same("intent", "response", "pjp_prophylaxis"),
        },
        Infusion: {
            "status": "infusion_status",
            "reason": "infusion_reason",
            "planned_unit": "dose_unit",
            "premedication": "premedication",
            "reaction_actions": "reaction_action",
        },
        PreCheck: {"item": "precheck"},
        AdverseEvent: {
            "category": "ae_category",
            "causality": "causality",
            "action": "ae_action",
            "outcome": "ae_outcome",
            "seriousness": "seriousness",
        },
        Attachment: {"kind": "attachment_kind"},
        Meeting: {"kind": "meeting_kind", "status": "meeting_status", "quorum_rule": "attendee_role"},
        Attendee: {"role": "attendee_role", "presence": "presence"},
        AgendaItem: {"urgency": "urgency"},
        Decision: {
            **_same("material", "confidence", "behaviour", "team_verdict", "letter_to"),
            **_same("implemented", "not_implemented"),
            "reason": "discussion_reason",
            "recommendations": "recommendation",
        },
        Action: {"status": "action_status"},
        LetterTemplate: {"kind": "letter_to"},
    }
)
"""By kind of record: the list of each field that holds codes."""


def code_issues(record: Any, *, field: str = "") -> Iterator[Issue]:
    """What is wrong with the codes of a record: one that is not in its list, or ``none`` beside others.

    Args:
        record: a record or a part of one.
        field: the field to name in the finding; by default the one that holds the code.
    """
    for name, listed in CODE_FIELDS.get(type(record), {}).items():
        held = getattr(record, name)
        codes = held if isinstance(held, tuple) else () if held is None else (held,)
        for code in codes:
            if code not in choices(listed):
                yield refused(field or name, "CODE", say("{code} is not one of the choices.", code=code))
        if len(codes) > 1 and "none" in codes:
            yield refused(field or name, "CONTRADICTION", "“None” is chosen together with something else.")
