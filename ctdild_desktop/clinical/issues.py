"""What may be wrong with an entry: refused, or asked about once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ctdild_desktop.language import say


class Severity(StrEnum):
    """HARD cannot be saved; SOFT is saved after one confirmation."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Fix:
    """A one-key correction: the words of the offer, and the text that goes into the field."""

    label: str
    text: str
    field: str = ""
    """Another field that the correction belongs to (``dlco_unit``); empty for the field itself."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding at one field, as a final sentence for the user."""

    field: str
    """Field name of the record (``fvc_l``, ``date`` ...)."""
    severity: Severity
    code: str
    """``RANGE``, ``UNIT``, ``CHANGE``, ``DATE``, ``MISSING``, ``CONTRADICTION``, ``CODE``, ``UNUSUAL``."""
    text: str
    fix: Fix | None = None

    @property
    def hard(self) -> bool:
        """Whether the entry cannot be saved like this."""
        return self.severity is Severity.HARD


def refused(field: str, code: str, text: str) -> Issue:
    """A finding that cannot be saved."""
    return Issue(field, Severity.HARD, code, say(text))


def unlikely(field: str, code: str, text: str) -> Issue:
    """A finding that is asked about once."""
    return Issue(field, Severity.SOFT, code, say(text))
