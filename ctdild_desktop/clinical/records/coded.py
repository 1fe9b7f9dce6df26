"""Closed lists that the rules decide on."""

from __future__ import annotations

from enum import StrEnum


class Sex(StrEnum):
    """Sex at birth, as the reference equations use it."""

    FEMALE = "F"
    MALE = "M"


class DlcoUnit(StrEnum):
    """Units of the transfer factor; ``value`` is the UCUM-like text that is shown and stored."""

    TRADITIONAL = "mL/min/mmHg"
    SI = "mmol/min/kPa"


class SymptomChange(StrEnum):
    """Respiratory symptoms compared with the previous visit."""

    WORSE = "worse"
    STABLE = "stable"
    BETTER = "better"
    UNKNOWN = "unknown"


class HrctResult(StrEnum):
    """A scan compared with an earlier one."""

    PROGRESSION = "progression"
    STABLE = "stable"
    IMPROVED = "improved"
    NOT_COMPARED = "not_compared"
