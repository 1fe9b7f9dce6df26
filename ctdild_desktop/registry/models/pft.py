"""Lung-function tests as recorded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, OfPatient, one_of_check, recorded_checks
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, flag


class PftRow(OfPatient, Base):
    """One lung-function test; fields as in ``clinical.records.Pft``, nothing derived is stored."""

    __tablename__ = "pft"
    __table_args__ = (
        *recorded_checks(),
        one_of_check("dlco_unit", "mL/min/mmHg", "mmol/min/kPa"),
        CheckConstraint("dlco IS NULL OR dlco_unit IS NOT NULL", name="dlco_has_unit"),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    entered: Mapped[int] = mapped_column(default=0)
    height_cm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    weight_kg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_pct_pred: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_pred_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fev1_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fev1_pct_pred: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dlco: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dlco_unit: Mapped[str | None] = mapped_column(Text)
    dlco_pct_pred: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dlco_hb_corrected: Mapped[bool | None] = mapped_column(flag("dlco_hb_corrected"))
    hb_g_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    tlc_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    va_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    kco: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_rest: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_nadir: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_grade: Mapped[str | None] = mapped_column(Text)
    dlco_grade: Mapped[str | None] = mapped_column(Text)
    reference_set: Mapped[str | None] = mapped_column(Text)
    post_bd: Mapped[bool | None] = mapped_column(flag("post_bd"))
    laboratory: Mapped[str] = mapped_column(Text, default="")
    not_done_fvc: Mapped[str | None] = mapped_column(Text)
    not_done_dlco: Mapped[str | None] = mapped_column(Text)
    excluded: Mapped[bool] = mapped_column(flag("excluded"), default=False)
    exclusion_reason: Mapped[str] = mapped_column(Text, default="")
    confirmed_unusual: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    comment: Mapped[str] = mapped_column(Text, default="")
    source_format: Mapped[str] = mapped_column(Text, default="typed")
    source_sha256: Mapped[str | None] = mapped_column(Text)
