"""Lung-function tests as recorded."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, recorded_checks
from ctdild_desktop.registry.models.checks import one_of_check
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, Pairs, flag, free_text, listed


class PftRow(OfPatient, Base):
    """One lung-function test; fields as in ``clinical.records.Pft``, nothing derived is stored."""

    __tablename__ = "pft"
    __table_args__ = (
        *recorded_checks(),
        one_of_check("performed", *lists.PERFORMED),
        one_of_check("not_done", *lists.NOT_DONE),
        one_of_check("dlco_unit", *lists.DLCO_UNIT),
        CheckConstraint("dlco IS NULL OR dlco_unit IS NOT NULL", name="dlco_has_unit"),
        one_of_check("volumes_method", *lists.VOLUMES_METHOD),
        one_of_check("fvc_grade", *lists.QUALITY_FVC),
        one_of_check("dlco_grade", *lists.QUALITY_DLCO),
        one_of_check("position", *lists.POSITION),
        one_of_check("not_done_fvc", *lists.NOT_DONE),
        one_of_check("not_done_dlco", *lists.NOT_DONE),
        CheckConstraint("length(source_sha256) = 64", name="source_sha256"),
        CheckConstraint(
            "performed <> 'not_done' OR coalesce(fvc_l, fvc_pct_pred, fev1_l, dlco, dlco_pct_pred) IS NULL",
            name="performed_or_not",
        ),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    entered: Mapped[int] = mapped_column(default=0)
    performed: Mapped[str | None] = mapped_column(Text)
    not_done: Mapped[str | None] = mapped_column(Text)
    height_cm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    weight_kg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_pct_pred: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_pred_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fev1_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fev1_pct_pred: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    svc_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dlco: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dlco_unit: Mapped[str | None] = mapped_column(Text)
    dlco_pct_pred: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dlco_hb_corrected: Mapped[bool | None] = mapped_column(flag("dlco_hb_corrected"))
    hb_g_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    hb_date: Mapped[dt.date | None] = mapped_column(Date)
    tlc_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    rv_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    frc_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    volumes_method: Mapped[str | None] = mapped_column(Text)
    va_l: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    kco: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    kco_pct_pred: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_rest: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    spo2_nadir: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    walk_m: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    walk_spo2_nadir: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    walk_borg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fvc_grade: Mapped[str | None] = mapped_column(Text)
    dlco_grade: Mapped[str | None] = mapped_column(Text)
    reference_set: Mapped[str | None] = mapped_column(Text)
    post_bd: Mapped[bool | None] = mapped_column(flag("post_bd"))
    position: Mapped[str | None] = mapped_column(Text)
    laboratory: Mapped[str] = free_text()
    device: Mapped[str] = free_text()
    not_done_fvc: Mapped[str | None] = mapped_column(Text)
    not_done_dlco: Mapped[str | None] = mapped_column(Text)
    excluded: Mapped[bool] = mapped_column(flag("excluded"), default=False)
    exclusion_reason: Mapped[str] = free_text()
    confirmed_unusual: Mapped[tuple[str, ...]] = listed(Codes)
    comment: Mapped[str] = free_text()
    source_format: Mapped[str] = mapped_column(Text, default="typed")
    source_sha256: Mapped[str | None] = mapped_column(Text)
    as_given: Mapped[tuple[tuple[str, str], ...]] = listed(Pairs)
