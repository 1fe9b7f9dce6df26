"""What was asked and examined on one day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, OfPatient, one_of_check, range_check, recorded_checks
from ctdild_desktop.registry.models.types import ExactDecimal, flag


class VisitRow(OfPatient, Base):
    """One day's visit; fields as in ``clinical.records.Visit``."""

    __tablename__ = "visit"
    __table_args__ = (
        *recorded_checks(),
        range_check("mmrc", 0, 4),
        one_of_check("symptom_change", "worse", "stable", "better", "unknown"),
        CheckConstraint("admitted_nights >= 0", name="admitted_nights"),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    kind: Mapped[str | None] = mapped_column(Text)
    weight_kg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_rest: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_nadir: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    mmrc: Mapped[int | None] = mapped_column()
    symptom_change: Mapped[str | None] = mapped_column(Text)
    alternative_explanation: Mapped[bool | None] = mapped_column(flag("alternative_explanation"))
    admitted_nights: Mapped[int | None] = mapped_column()
    note: Mapped[str] = mapped_column(Text, default="")
