"""Therapy lines with their dose changes, interruptions and infusions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, OfPatient, key_of, partial_date_check, recorded_checks
from ctdild_desktop.registry.models.types import ExactDecimal


class TherapyLineRow(OfPatient, Base):
    """One drug from start to stop; fields as in ``clinical.records.TherapyLine``."""

    __tablename__ = "therapy_line"
    __table_args__ = (
        *recorded_checks(),
        CheckConstraint("length(drug) > 0", name="drug"),
        partial_date_check("start"),
        partial_date_check("stop"),
    )

    drug: Mapped[str] = mapped_column(Text)
    start: Mapped[str] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(Text)
    indication: Mapped[str | None] = mapped_column(Text)
    route: Mapped[str | None] = mapped_column(Text)
    dose: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dose_unit: Mapped[str | None] = mapped_column(Text)
    frequency: Mapped[str | None] = mapped_column(Text)
    stop: Mapped[str | None] = mapped_column(Text)
    stop_reason: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")


class OfLine(OfPatient):
    """A row that belongs to one therapy line of one patient."""

    line_id: Mapped[str] = mapped_column(key_of("therapy_line"), index=True)


class DoseChangeRow(OfLine, Base):
    """From this date on the line runs at this dose; fields as in ``clinical.records.DoseChange``."""

    __tablename__ = "dose_change"
    __table_args__ = (*recorded_checks(), partial_date_check("date"))

    date: Mapped[str] = mapped_column(Text)
    dose: Mapped[Decimal] = mapped_column(ExactDecimal)
    reason: Mapped[str] = mapped_column(Text, default="")


class InterruptionRow(OfLine, Base):
    """The line was not taken from start to stop; fields as in ``clinical.records.Interruption``."""

    __tablename__ = "interruption"
    __table_args__ = (*recorded_checks(), partial_date_check("start"), partial_date_check("stop"))

    start: Mapped[str] = mapped_column(Text)
    stop: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")


class InfusionRow(OfLine, Base):
    """One given infusion or pulse; fields as in ``clinical.records.Infusion``."""

    __tablename__ = "infusion"
    __table_args__ = recorded_checks()

    date: Mapped[dt.date] = mapped_column(Date)
    dose_mg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    note: Mapped[str] = mapped_column(Text, default="")
