"""Visits, and the scores of the questionnaires that patients fill in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records.coded import SymptomChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was asked and examined on one day."""

    id: str
    date: dt.date
    version: int = 1
    kind: str | None = None
    """``baseline``, ``scheduled``, ``unscheduled``, ``telephone``, ``mdt_only``, ``day_case`` or
    ``remote``."""
    status: str | None = None
    """``attended``, ``did_not_attend``, ``cancelled`` or ``planned``; None for one that took place."""
    site: str = ""
    clinician: str = ""
    weight_kg: Decimal | None = None
    bp_systolic: int | None = None
    bp_diastolic: int | None = None
    heart_rate: int | None = None
    temperature_c: Decimal | None = None
    spo2_rest: Decimal | None = None
    spo2_nadir: Decimal | None = None
    oxygen_l_min: Decimal | None = None
    """Oxygen while the saturation at rest was read; 0 on room air."""
    mmrc: int | None = None
    symptom_change: SymptomChange | None = None
    alternative_explanation: bool | None = None
    crackles: bool | None = None
    clubbing: bool | None = None
    functional_class: int | None = None
    """NYHA or WHO class, 1-4."""
    admitted_nights: int | None = None
    """Nights in hospital that began on this date; None when it was no admission."""
    admissions_since: int | None = None
    """Admissions since the visit before."""
    admission_reason: str | None = None
    """``respiratory``, ``other`` or ``unknown``."""
    exacerbation_since: bool | None = None
    """An acute exacerbation since the visit before."""
    exacerbation_date: PartialDate | None = None
    vaccinations: tuple[str, ...] = ()
    """Codes of the ``vaccine`` list given since the visit before; ``none`` when asked."""
    plan_text: str = ""
    next_visit: PartialDate | None = None
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
    """Fields without a value, each with why; see :mod:`ctdild_desktop.clinical.absence`."""

    @property
    def took_place(self) -> bool:
        """Whether the patient was seen: not planned, cancelled or missed."""
        return self.status in {None, "attended"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score of a questionnaire: the code of its scale and the points."""

    scale: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pro:
    """The scores of one questionnaire on one day; the questions themselves are not kept."""

    id: str
    date: PartialDate
    instrument: str
    """Code of the list of instruments (``kbild``, ``lcq`` ...)."""
    version: int = 1
    form_version: str = ""
    """Version of the questionnaire, as printed on it."""
    language: str = ""
    mode: str | None = None
    """``self``, ``helped`` or ``phone``."""
    scores: tuple[Score, ...] = ()
    items_missing: int | None = None
    complete: bool | None = None
    scored_by: str = ""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
