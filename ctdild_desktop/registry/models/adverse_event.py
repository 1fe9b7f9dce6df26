"""Adverse events."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import (
    Base,
    OfPatient,
    partial_date_check,
    range_check,
    recorded_checks,
)
from ctdild_desktop.registry.models.types import Codes, flag


class AdverseEventRow(OfPatient, Base):
    """One adverse event; fields as in ``clinical.records.AdverseEvent``."""

    __tablename__ = "adverse_event"
    __table_args__ = (
        *recorded_checks(),
        CheckConstraint("length(term) > 0", name="term"),
        partial_date_check("onset"),
        partial_date_check("end_date"),
        range_check("grade", 1, 5),
    )

    onset: Mapped[str] = mapped_column(Text)
    term: Mapped[str] = mapped_column(Text)
    end: Mapped[str | None] = mapped_column("end_date", Text)
    """Column ``end_date``: ``end`` alone is a word of SQL."""
    ongoing: Mapped[bool | None] = mapped_column(flag("ongoing"))
    category: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[int | None] = mapped_column()
    serious: Mapped[bool | None] = mapped_column(flag("serious"))
    seriousness: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    suspected_lines: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    causality: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
