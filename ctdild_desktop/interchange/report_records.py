"""What a report in text says: each value with its place, and what could not be read with its line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ctdild_desktop.interchange.drafts import Who
from ctdild_desktop.interchange.report_words import Column


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in the text: the line, from 0, and the first and the next letter there."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A number as it stands in the text, before it is known how the text writes its decimals."""

    quantity: str
    column: Column
    post_bd: bool | None
    label: str
    text: str
    unit: str
    spot: Spot
    table: bool = False
    """Whether it stands in a row of a table, beside what the other columns say of the same quantity."""
    doubtful: bool = False
    """Whether it counts only when the other columns of its row prove it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One value of the report: as it is printed, and in the unit of its field."""

    field: str
    label: str
    text: str
    unit: str
    value: Decimal
    stored_unit: str
    spot: Spot
    post_bd: bool | None = None

    @property
    def as_given(self) -> str:
        """``FVC 2310 mL``: the words of the report, as they are kept beside the test."""
        return " ".join(part for part in (self.label, self.text, self.unit) if part)


@dataclass(frozen=True, slots=True)
class Unread:
    """A line of which something was not read, and why; ``field`` is the one concerned, when it is known."""

    spot: Spot
    reason: str
    field: str = ""
    aside: bool = False
    """Whether it is told only when the report has no value for the field elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReading:
    """Everything that was read from a text."""

    lines: tuple[str, ...] = field(repr=False)
    sightings: tuple[Sighting, ...]
    unread: tuple[Unread, ...]
    dates: tuple[tuple[dt.date, Spot], ...]
    """The days on which the report says that the test was done; more than one when it contradicts itself."""
    who: Who
    name: str
    """A name of which it is not said which part is the surname; empty where that is said."""
    says_mrn: bool
    """Whether its number is called the patient's own, and not an ID that may be the laboratory's."""
    who_spots: tuple[Spot, ...]
    corrected: bool = False
    """Whether the DLCO is the one corrected for haemoglobin, because there is no other."""
    asks_mark: str = ""
    """A number of the text that may be read in two ways: a person must say what its mark means."""

    @property
    def sides(self) -> tuple[bool | None, ...]:
        """The sides of a bronchodilator of which the report has values; ``None`` where it says neither."""
        return tuple(side for side in (None, False, True) if any(s.post_bd is side for s in self.sightings))

    @property
    def has_both(self) -> bool:
        """Whether there are values before, or without words, and values after a bronchodilator."""
        return True in self.sides and len(self.sides) > 1

    def as_json(self) -> dict[str, Any]:
        """The values with their places, and the lines that were not read, for a script."""
        return {
            "test_dates": [day.isoformat() for day, _spot in self.dates],
            "readings": [
                {
                    "field": one.field,
                    "label": one.label,
                    "text": one.text,
                    "unit": one.unit,
                    "value": str(one.value),
                    "stored_unit": one.stored_unit,
                    "post_bd": one.post_bd,
                    "line": one.spot.line + 1,
                }
                for one in self.sightings
            ],
            "unread": [
                {"line": one.spot.line + 1, "field": one.field, "reason": one.reason} for one in self.unread
            ],
        }

    def of_side(self, *, post_bd: bool) -> dict[str, tuple[Sighting, ...]]:
        """The values of one test by field: several where the report gives different ones; none counts.

        Args:
            post_bd: those after the bronchodilator; otherwise those before it and those without a word of it.
        """
        found: dict[str, list[Sighting]] = {}
        for sighting in self.sightings:
            person = sighting.field in OF_PERSON
            if person or (sighting.post_bd is True) == post_bd:
                held = found.setdefault(sighting.field, [])
                if all(other.value != sighting.value for other in held):
                    held.append(sighting)
        return {name: tuple(found[name]) for name in ORDER if name in found}


ORDER: Sequence[str] = (
    *("height_cm", "weight_kg", "fvc_l", "fvc_pct_pred", "fvc_pred_l", "fev1_l", "fev1_pct_pred", "svc_l"),
    *(
        "dlco",
        "dlco_pct_pred",
        "kco",
        "kco_pct_pred",
        "va_l",
        "tlc_l",
        "rv_l",
        "frc_l",
        "hb_g_l",
        "spo2_rest",
    ),
)
"""The fields that a report can fill, in the order in which they are confirmed."""
OF_PERSON = frozenset({"height_cm", "weight_kg", "hb_g_l", "spo2_rest"})
"""Fields that hold for both sides of a bronchodilator."""
