"""Therapy lines with their dose changes, interruptions and infusions."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, key_of, recorded_checks
from ctdild_desktop.registry.models.checks import (
    clock_check,
    filled_check,
    one_of_check,
    order_check,
    range_check,
)
from ctdild_desktop.registry.models.types import Codes, ExactDecimal, Items, PartialDay, free_text, listed


class TherapyLineRow(OfPatient, Base):
    """One drug from start to stop; fields as in ``clinical.records.TherapyLine``."""

    __tablename__ = "therapy_line"
    __table_args__ = (
        *recorded_checks(),
        filled_check("drug"),
        one_of_check("role", *lists.ROLE),
        one_of_check("indication", *lists.INDICATION),
        one_of_check("route", *lists.ROUTE),
        one_of_check("dose_basis", *lists.DOSE_BASIS),
        order_check("start", "stop"),
        CheckConstraint("courses_planned >= 0", name="courses_planned"),
        CheckConstraint("prior_line_id <> id", name="prior_line_id"),
        one_of_check("intent", *lists.INTENT),
        one_of_check("response", *lists.RESPONSE),
        one_of_check("pjp_prophylaxis", *lists.PJP_PROPHYLAXIS),
    )

    drug: Mapped[str] = mapped_column(Text)
    start: Mapped[str] = mapped_column(PartialDay)
    drug_name: Mapped[str] = free_text()
    role: Mapped[str | None] = mapped_column(Text)
    indication: Mapped[str | None] = mapped_column(Text)
    route: Mapped[str | None] = mapped_column(Text)
    dose: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    dose_unit: Mapped[str | None] = mapped_column(Text)
    dose_basis: Mapped[str | None] = mapped_column(Text)
    frequency: Mapped[str | None] = mapped_column(Text)
    stop: Mapped[str | None] = mapped_column(PartialDay)
    stop_reason: Mapped[str | None] = mapped_column(Text)
    planned_stop: Mapped[str | None] = mapped_column(PartialDay)
    courses_planned: Mapped[int | None] = mapped_column()
    prior_line_id: Mapped[str | None] = mapped_column(key_of("therapy_line"))
    intent: Mapped[str | None] = mapped_column(Text)
    response: Mapped[str | None] = mapped_column(Text)
    response_date: Mapped[str | None] = mapped_column(PartialDay)
    pjp_prophylaxis: Mapped[str | None] = mapped_column(Text)
    mdt_decision_id: Mapped[str | None] = mapped_column(key_of("decision"))
    off_guideline_reason: Mapped[str] = free_text()
    note: Mapped[str] = free_text()


class OfLine(OfPatient):
    """A row that belongs to one therapy line of one patient."""

    line_id: Mapped[str] = mapped_column(key_of("therapy_line"), index=True)


class DoseChangeRow(OfLine, Base):
    """From this date on the line runs at this dose; fields as in ``clinical.records.DoseChange``."""

    __tablename__ = "dose_change"
    __table_args__ = recorded_checks()

    date: Mapped[str] = mapped_column(PartialDay)
    dose: Mapped[Decimal] = mapped_column(ExactDecimal)
    reason: Mapped[str] = free_text()


class InterruptionRow(OfLine, Base):
    """The line was not taken from start to stop; fields as in ``clinical.records.Interruption``."""

    __tablename__ = "interruption"
    __table_args__ = (*recorded_checks(), order_check("start", "stop"))

    start: Mapped[str] = mapped_column(PartialDay)
    stop: Mapped[str | None] = mapped_column(PartialDay)
    reason: Mapped[str] = free_text()


class InfusionRow(OfLine, Base):
    """One infusion or pulse, given or not; fields as in ``clinical.records.Infusion``."""

    __tablename__ = "infusion"
    __table_args__ = (
        *recorded_checks(),
        CheckConstraint("cycle >= 1", name="cycle"),
        one_of_check("status", *lists.INFUSION_STATUS),
        CheckConstraint("status NOT IN ('deferred', 'cancelled') OR dose_mg IS NULL", name="dose_given"),
        clock_check("started"),
        clock_check("stopped"),
        range_check("reaction_grade", 0, 5),
        CheckConstraint("reaction_minutes >= 0", name="reaction_minutes"),
    )

    date: Mapped[dt.date] = mapped_column(Date)
    dose_mg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    cycle: Mapped[int | None] = mapped_column()
    status: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    planned_dose: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    planned_unit: Mapped[str | None] = mapped_column(Text)
    weight_kg: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    height_cm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    bsa_m2: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    product: Mapped[str] = free_text()
    batch: Mapped[str] = free_text()
    checks: Mapped[tuple[Any, ...]] = listed(Items)
    checked_by: Mapped[str] = free_text()
    premedication: Mapped[tuple[str, ...]] = listed(Codes)
    started: Mapped[str] = free_text()
    stopped: Mapped[str] = free_text()
    rate_note: Mapped[str] = free_text()
    vitals: Mapped[str] = free_text()
    reaction_grade: Mapped[int | None] = mapped_column()
    reaction_minutes: Mapped[int | None] = mapped_column()
    reaction_symptoms: Mapped[str] = free_text()
    reaction_actions: Mapped[tuple[str, ...]] = listed(Codes)
    adverse_event_id: Mapped[str | None] = mapped_column(key_of("adverse_event"))
    next_due: Mapped[str | None] = mapped_column(PartialDay)
    cd19_date: Mapped[str | None] = mapped_column(PartialDay)
    cd19_per_ul: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    note: Mapped[str] = free_text()
