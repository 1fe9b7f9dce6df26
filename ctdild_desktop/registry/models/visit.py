"""What was asked and examined on one day, and the scores of questionnaires."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, recorded_checks
from ctdild_desktop.registry.models.checks import filled_check, one_of_check, range_check
from ctdild_desktop.registry.models.types import (
    Codes,
    ExactDecimal,
    Items,
    PartialDay,
    flag,
    free_text,
    listed,
)

_SEEN = ("symptom_change", "mmrc", "weight_kg", "spo2_rest", "spo2_nadir", "admitted_nights")
"""What the criteria and the due rules read of a visit: empty for one at which nobody was seen."""


class VisitRow(OfPatient, Base):
    """One day's visit; fields as in ``clinical.records.Visit``."""

    __tablename__ = "visit"
    __table_args__ = (
        *recorded_checks(),
        one_of_check("kind", *lists.VISIT_KIND),
        one_of_check("status", *lists.VISIT_STATUS),
        range_check("bp_systolic", 0, 400),
        range_check("bp_diastolic", 0, 300),
        range_check("heart_rate", 0, 400),
        range_check("mmrc", 0, 4),
        one_of_check("symptom_change", *lists.SYMPTOM_CHANGE),
        range_check("functional_class", 1, 4),
        CheckConstraint("admitted_nights >= 0", name="admitted_nights"),
        CheckConstraint("admissions_since >= 0", name="admissions_since"),
        one_of_check("admission_reason", *lists.ADMISSION_REASON),
        CheckConstraint(
            "status IS NULL OR status = 'attended' OR "
            f"coalesce({', '.join(f'CAST({name} AS TEXT)' for name in _SEEN)}) IS NULL",
            name="seen",
        ),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    kind: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text)
    site: Mapped[str] = free_text()
    clinician: Mapped[str] = free_text()
    weight_kg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    bp_systolic: Mapped[int | None] = mapped_column()
    bp_diastolic: Mapped[int | None] = mapped_column()
    heart_rate: Mapped[int | None] = mapped_column()
    temperature_c: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_rest: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_nadir: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    oxygen_l_min: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    mmrc: Mapped[int | None] = mapped_column()
    symptom_change: Mapped[str | None] = mapped_column(Text)
    alternative_explanation: Mapped[bool | None] = mapped_column(flag("alternative_explanation"))
    crackles: Mapped[bool | None] = mapped_column(flag("crackles"))
    clubbing: Mapped[bool | None] = mapped_column(flag("clubbing"))
    functional_class: Mapped[int | None] = mapped_column()
    admitted_nights: Mapped[int | None] = mapped_column()
    admissions_since: Mapped[int | None] = mapped_column()
    admission_reason: Mapped[str | None] = mapped_column(Text)
    exacerbation_since: Mapped[bool | None] = mapped_column(flag("exacerbation_since"))
    exacerbation_date: Mapped[str | None] = mapped_column(PartialDay)
    vaccinations: Mapped[tuple[str, ...]] = listed(Codes)
    plan_text: Mapped[str] = free_text()
    next_visit: Mapped[str | None] = mapped_column(PartialDay)
    note: Mapped[str] = free_text()


class ProRow(OfPatient, Base):
    """The scores of one questionnaire; fields as in ``clinical.records.Pro``."""

    __tablename__ = "pro"
    __table_args__ = (
        *recorded_checks(),
        filled_check("instrument"),
        one_of_check("mode", *lists.PRO_MODE),
        CheckConstraint("items_missing >= 0", name="items_missing"),
    )

    date: Mapped[str] = mapped_column(PartialDay)
    instrument: Mapped[str] = mapped_column(Text)
    form_version: Mapped[str] = free_text()
    language: Mapped[str] = free_text()
    mode: Mapped[str | None] = mapped_column(Text)
    scores: Mapped[tuple[Any, ...]] = listed(Items)
    items_missing: Mapped[int | None] = mapped_column()
    complete: Mapped[bool | None] = mapped_column(flag("complete"))
    scored_by: Mapped[str] = free_text()
    note: Mapped[str] = free_text()
