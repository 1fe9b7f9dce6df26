"""What stands out in the cells of a lavage (ATS guideline: Meyer KC et al. 2012, AJRCCM 185:1004).

The limits are those above which the guideline calls a share of cells raised. What is not counted is not said
to be normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.records import Procedure

LIMITS: tuple[tuple[str, str, Decimal], ...] = (
    ("lymphocytes_percent", "lymphocytes", Decimal(15)),
    ("neutrophils_percent", "neutrophils", Decimal(3)),
    ("eosinophils_percent", "eosinophils", Decimal(1)),
)
"""Field, name, and the percentage above which the share is raised."""
SHARES = (
    "macrophages_percent",
    "lymphocytes_percent",
    "neutrophils_percent",
    "eosinophils_percent",
    "mast_cells_percent",
)
"""The fields of the differential count."""
_COUNTED = SHARES[:4]
"""The shares that a whole count has; mast cells are few and often not counted."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One share of cells that is raised."""

    field: str
    name: str
    percent: Decimal
    limit: Decimal


def raised(procedure: Procedure) -> tuple[Raised, ...]:
    """The shares of cells above their limits; one at its limit is not raised."""
    found = []
    for field, name, limit in LIMITS:
        percent = getattr(procedure, field)
        if percent is not None and percent > limit:
            found.append(Raised(field, name, percent, limit))
    return tuple(found)


def whole_count(procedure: Procedure) -> bool:
    """Whether every share is there that a differential count consists of."""
    return all(getattr(procedure, field) is not None for field in _COUNTED)


def sum_of_shares(procedure: Procedure) -> Decimal:
    """What the shares that are there add up to, in percent."""
    return sum((getattr(procedure, field) or Decimal(0) for field in SHARES), Decimal(0))


def recovery_percent(procedure: Procedure) -> Decimal | None:
    """How much of the fluid came back, in percent; None when either volume is not known."""
    if not procedure.volume_in_ml or procedure.recovered_ml is None:
        return None
    return procedure.recovered_ml * 100 / procedure.volume_in_ml
