"""Patients and the views of their diagnosis."""

from __future__ import annotations

import secrets
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import (
    Base,
    OfPatient,
    Recorded,
    one_of_check,
    partial_date_check,
    range_check,
    recorded_checks,
)
from ctdild_desktop.registry.models.types import Codes, ExactDecimal

_LIVE = text("deleted_at IS NULL")
_UNMISTAKABLE = "ACDEFGHJKLMNPQRTUVWXY34679"


def new_pseudonym() -> str:
    """A random name for exports, of letters and digits that are not mistaken for one another."""
    return "P-" + "".join(secrets.choice(_UNMISTAKABLE) for _ in range(8))


class PatientRow(Recorded, Base):
    """Who the patient is; fields as in ``clinical.records.Patient``.

    ``search_key`` is what services search in (names without accents, MRN, birth date); ``pseudonym`` is
    random, never derived from the patient.
    """

    __tablename__ = "patient"
    __table_args__ = (
        *recorded_checks(),
        CheckConstraint("length(mrn) > 0", name="mrn"),
        partial_date_check("birth_date"),
        partial_date_check("death_date"),
        one_of_check("sex", "F", "M"),
        range_check("ethnic_group", 1, 5),
        Index("uq_patient_mrn_live", "mrn", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("uq_patient_pseudonym", "pseudonym", unique=True),
    )

    mrn: Mapped[str] = mapped_column(Text)
    pseudonym: Mapped[str] = mapped_column(Text, default=new_pseudonym)
    search_key: Mapped[str] = mapped_column(Text, default="")
    family_name: Mapped[str] = mapped_column(Text, default="")
    given_name: Mapped[str] = mapped_column(Text, default="")
    birth_date: Mapped[str | None] = mapped_column(Text)
    sex: Mapped[str | None] = mapped_column(Text)
    height_cm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    ethnic_group: Mapped[int | None] = mapped_column()
    smoking: Mapped[str | None] = mapped_column(Text)
    pack_years: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    oxygen: Mapped[str | None] = mapped_column(Text)
    consent_registry: Mapped[str | None] = mapped_column(Text)
    consent_research: Mapped[str | None] = mapped_column(Text)
    death_date: Mapped[str | None] = mapped_column(Text)
    alert_note: Mapped[str] = mapped_column(Text, default="")


class DiagnosisRow(OfPatient, Base):
    """One view of the diagnosis; fields as in ``clinical.records.Diagnosis``."""

    __tablename__ = "diagnosis"
    __table_args__ = (
        *recorded_checks(),
        CheckConstraint("length(ctd) > 0", name="ctd"),
        partial_date_check("date"),
        partial_date_check("ctd_diagnosed"),
        partial_date_check("ild_diagnosed"),
    )

    date: Mapped[str] = mapped_column(Text)
    ctd: Mapped[str] = mapped_column(Text)
    ctd_diagnosed: Mapped[str | None] = mapped_column(Text)
    ild_diagnosed: Mapped[str | None] = mapped_column(Text)
    pattern: Mapped[str | None] = mapped_column(Text)
    confidence: Mapped[str | None] = mapped_column(Text)
    behaviour: Mapped[str | None] = mapped_column(Text)
    antibodies: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    basis: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
