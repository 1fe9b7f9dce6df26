"""Readings of high-resolution CT."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, OfPatient, one_of_check, recorded_checks
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, flag


class HrctRow(OfPatient, Base):
    """One reading of a scan; fields as in ``clinical.records.Hrct``."""

    __tablename__ = "hrct"
    __table_args__ = (
        *recorded_checks(),
        one_of_check("extent_reading", "below_20", "above_20", "indeterminate"),
        one_of_check("result", "progression", "stable", "improved", "not_compared"),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    pattern: Mapped[str | None] = mapped_column(Text)
    extent_percent: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    extent_reading: Mapped[str | None] = mapped_column(Text)
    fibrosis: Mapped[bool | None] = mapped_column(flag("fibrosis"))
    result: Mapped[str | None] = mapped_column(Text)
    signs: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    compared_with: Mapped[dt.date | None] = mapped_column(Date)
    alternative_explanation: Mapped[bool | None] = mapped_column(flag("alternative_explanation"))
    emphysema: Mapped[bool | None] = mapped_column(flag("emphysema"))
    note: Mapped[str] = mapped_column(Text, default="")
