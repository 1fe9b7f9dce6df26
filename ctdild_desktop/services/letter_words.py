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
            "Thank you for asking for the opinion of our multidisciplinary team on {name}, born {birth_date} "
            "(record number {mrn}), whom we discussed on {meeting_date}.\n\n"
            "Question: {question}\n"
            "Diagnosis: {diagnosis}\n"
            "Confidence: {confidence}\n"
            "Pattern: {pattern}\n"
            "Behaviour: {behaviour}\n"
            "Course: {verdict}\n\n"
            "Recommendation of the team: {recommendation}\n"
            "The patient's wish: {preference}\n"
            "To be done: {actions}\n"
            "Next discussion: {next_discussion}\n\n"
            "Present: {attendees}\n\n"
            "With kind regards,\n"
            "{signed_by}, {signed_on}"
        ),
        "patient": marked(
            "Dear {name},\n\n"
            "On {meeting_date} a team of specialists looked at your results together. This letter says what "
            "they found.\n\n"
            "Your illness: {diagnosis}\n"
            "How sure the team is of it: {confidence}\n"
            "Your lungs: {verdict}\n\n"
            "What the team suggests: {recommendation}\n"
            "What happens next: {actions}\n"
            "When the team speaks about you again: {next_discussion}\n\n"
            "What is done is decided together with you. Please bring this letter to your next visit, and ask "
            "about everything that is not clear.\n\n"
            "{signed_by}, {signed_on}"
        ),
    }
)
"""By kind of letter; a clinic may keep texts of its own in their place."""
