"""Names and texts that break what is careless with them, and a patient made of nothing else."""

from __future__ import annotations

import dataclasses
from typing import Any

from ctdild_desktop.clinical.records import PatientRecord
from tests.support.holloway import record as holloway

MARKUP = '<img src="file:///never/opened.png"><b>bold</b> &amp; </para> <font size="40">'
"""Text that a page or a label would take for markup."""

NAMES: dict[str, str] = {
    "markup": "Smith & <b>",
    "an open mark": "Smith <b",
    "a closed paragraph": "</para>",
    "an image": '<img src="file:///never/opened.png">',
    "an image of a share": "<img src='\\\\evil\\share\\x.png'/>",
    "an entity": "&lt;b&gt; &amp; &#0;",
    "an apostrophe": "O'Brien",
    "quotation marks": "\"Bobby\" 'Tables'; DROP TABLE patient;--",
    "a formula": "=1+1",
    "a formula that calls": "=cmd|'/c calc'!A0",
    "a plus": "+1",
    "an at sign": "@SUM(A1)",
    "a percent sign": "100%_",
    "a backslash": "C:\\new\\table",
    "braces": "{name} {0} %s %(x)d",
    "umlauts": "Müller-Lüdenscheidt",
    "a dotted capital": "İIıi",
    "Japanese": "山田",
    "right to left": "אברהם בן־יוסף",
    "Arabic": "محمد علي",
    "Persian with a joiner": "می‌خواهم",
    "Thai": "สมชาย",
    "an emoji": "Ada 👩🏽‍⚕️",
    "no width": "Zo\u200be",
    "a soft hyphen": "Wei\u00adnert",
    "many accents": "Ze\u0301\u0302\u0303\u0304\u0305",
    "two hundred letters": ("Wolfeschlegelsteinhausenbergerdorff" * 6)[:200],
    "two hundred capitals": "W" * 200,
    "one letter": "Ö",
}


def spoilt(text: str) -> PatientRecord:
    """The patient of the examples with this text wherever a text can be."""

    def with_text(item: Any) -> Any:
        changed: dict[str, Any] = {}
        for field in dataclasses.fields(item):
            value = getattr(item, field.name)
            if field.name in _FREE:
                changed[field.name] = text
            elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
                changed[field.name] = tuple(with_text(part) for part in value)
        return dataclasses.replace(item, **changed)

    record = holloway()
    patient = dataclasses.replace(
        record.patient, mrn=text, family_name=text, given_name=text, alert_note=text
    )
    return dataclasses.replace(with_text(record), patient=patient)


_FREE = frozenset({"note", "comment", "laboratory", "reason", "exclusion_reason"})
