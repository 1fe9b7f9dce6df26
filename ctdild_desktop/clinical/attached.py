"""To what a file of a patient may belong, and what is wrong with what is said of it.

These rules are decisions of the registry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical.absence import absence_issues
from ctdild_desktop.clinical.code_fields import code_issues
from ctdild_desktop.clinical.event_date import event_date
from ctdild_desktop.clinical.issues import Issue, refused
from ctdild_desktop.clinical.records import (
    HELD_IN,
    AdverseEvent,
    Attachment,
    Consent,
    Decision,
    Diagnosis,
    HeartTest,
    Hrct,
    Lab,
    PatientRecord,
    Pft,
    Pro,
    Procedure,
    Serology,
    TherapyLine,
    Visit,
)
from ctdild_desktop.clinical.typed_text import LONGEST_NAME
from ctdild_desktop.language import say

ATTACHED_TO: Mapping[str, type[Any]] = MappingProxyType(
    {
        "diagnosis": Diagnosis,
        "visit": Visit,
        "pft": Pft,
        "hrct": Hrct,
        "therapy_line": TherapyLine,
        "adverse_event": AdverseEvent,
        "serology": Serology,
        "procedure": Procedure,
        "lab": Lab,
        "heart_test": HeartTest,
        "pro": Pro,
        "consent": Consent,
        "decision": Decision,
    }
)
"""``Attachment.record_kind``: the kinds of records that a file may belong to."""


def belongs_to(attachment: Attachment, record: PatientRecord) -> Any:
    """The record of the patient that a file belongs to; None when it belongs to the patient, or is gone."""
    kind = ATTACHED_TO.get(attachment.record_kind or "")
    held = (item for name, other in HELD_IN.items() if other is kind for item in getattr(record, name))
    return next((item for item in held if item.id == attachment.record_id), None)


def check_attachment(draft: Attachment, record: PatientRecord, today: dt.date) -> tuple[Issue, ...]:
    """Everything that is wrong with what is said of a file; ``record`` is the patient's."""
    issues = []
    if not draft.name.strip():
        issues.append(refused("name", "MISSING", "A name is needed."))
    elif len(draft.name) > LONGEST_NAME:
        issues.append(
            refused(
                "name",
                "RANGE",
                say("The name is longer than {LONGEST_NAME} letters.", LONGEST_NAME=LONGEST_NAME),
            )
        )
    if draft.date is not None:
        issues += _date(draft, record, today)
    if (draft.record_kind is None) != (draft.record_id is None):
        issues.append(refused("record_id", "MISSING", "Say to which entry the file belongs."))
    elif draft.record_kind is not None and belongs_to(draft, record) is None:
        text = "The file belongs to an entry that is not one of this patient's."
        issues.append(refused("record_id", "CODE", text))
    return (*issues, *code_issues(draft), *absence_issues(draft))


def _date(draft: Attachment, record: PatientRecord, today: dt.date) -> list[Issue]:
    """A letter may be written after a death; what is from before birth or from the future cannot be."""
    assert draft.date is not None
    found = event_date("date", draft.date, "The document", record.patient, today)
    return [issue for issue in found if "death" not in issue.text]
