"""The texts with which the letters on a decision begin, and the words in braces that are filled in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ctdild_desktop.language import marked

PLACEHOLDERS = (
    "name",
    "birth_date",
    "mrn",
    "meeting_date",
    "question",
    "diagnosis",
    "confidence",
    "pattern",
    "behaviour",
    "verdict",
    "recommendation",
    "preference",
    "actions",
    "next_discussion",
    "attendees",
    "signed_by",
    "signed_on",
    "today",
)
"""The words that may stand in braces, the same in every language."""

DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "referrer": marked(
            "Dear colleague,\n\n"
            "we discussed {name}, born {birth_date} (record number {mrn}), on {meeting_date}.\n\n"
            "Question: {question}\n"
            "Diagnosis: {diagnosis} ({confidence})\n"
            "Pattern: {pattern}\n"
            "Course: {verdict}\n\n"
            "Recommendation: {recommendation}\n"
            "To be done: {actions}\n"
            "Next discussion: {next_discussion}\n\n"
            "Present: {attendees}\n\n"
            "{signed_by}, {signed_on}"
        ),
        "patient": marked(
            "{name}, born {birth_date}\n\n"
            "On {meeting_date} several specialists spoke about your lungs and your other illness.\n\n"
            "What they were asked: {question}\n"
            "What they think it is: {diagnosis}\n"
            "How it is going: {verdict}\n\n"
            "What they suggest: {recommendation}\n"
            "What happens next: {actions}\n\n"
            "Please bring this letter to your next visit and ask us whatever you want to know.\n\n"
            "{signed_by}, {signed_on}"
        ),
    }
)
"""By kind of letter; a clinic may keep texts of its own in their place."""
