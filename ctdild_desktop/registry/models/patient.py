"""Patients, the views of their diagnosis, and what they agreed to."""

import secrets
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models import lists
from ctdild_desktop.registry.models.base import Base, OfPatient, Recorded, key_of, recorded_checks
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
        filled_check("mrn"),
        one_of_check("sex", *lists.SEX),
        range_check("ethnic_group", 1, 5),
        one_of_check("smoking", *lists.SMOKING),
        one_of_check("transplant", *lists.TRANSPLANT),
        one_of_check("oxygen", *lists.OXYGEN),
        one_of_check("consent_registry", *lists.CONSENT),
        one_of_check("consent_research", *lists.CONSENT),
        one_of_check("vital_status", *lists.VITAL_STATUS),
        one_of_check("cause_of_death", *lists.CAUSE_OF_DEATH),
        CheckConstraint("death_date IS NULL OR vital_status = 'dead'", name="alive_or_dead"),
        CheckConstraint("NOT no_known_allergies OR allergies = '[]'", name="allergies"),
        Index("uq_patient_mrn_live", "mrn", unique=True, sqlite_where=_LIVE),
        Index("uq_patient_pseudonym", "pseudonym", unique=True),
    )

    mrn: Mapped[str] = mapped_column(Text)
    pseudonym: Mapped[str] = mapped_column(Text, default=new_pseudonym)
    search_key: Mapped[str] = free_text()
    family_name: Mapped[str] = free_text()
    given_name: Mapped[str] = free_text()
    birth_date: Mapped[str | None] = mapped_column(PartialDay)
    sex: Mapped[str | None] = mapped_column(Text)
    gender_note: Mapped[str] = free_text()
    height_cm: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    ethnic_group: Mapped[int | None] = mapped_column()
    smoking: Mapped[str | None] = mapped_column(Text)
    pack_years: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    exposures: Mapped[tuple[str, ...]] = listed(Codes)
    exposures_note: Mapped[str] = free_text()
    family_ild: Mapped[bool | None] = mapped_column(flag("family_ild"))
    comorbidities: Mapped[tuple[str, ...]] = listed(Codes)
    comorbidities_note: Mapped[str] = free_text()
    transplant: Mapped[str | None] = mapped_column(Text)
    transplant_date: Mapped[str | None] = mapped_column(PartialDay)
    oxygen: Mapped[str | None] = mapped_column(Text)
    oxygen_since: Mapped[str | None] = mapped_column(PartialDay)
    oxygen_l_min: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    lead_respiratory: Mapped[str] = free_text()
    lead_rheumatology: Mapped[str] = free_text()
    consent_registry: Mapped[str | None] = mapped_column(Text)
    consent_research: Mapped[str | None] = mapped_column(Text)
    vital_status: Mapped[str | None] = mapped_column(Text)
    vital_status_date: Mapped[str | None] = mapped_column(PartialDay)
    death_date: Mapped[str | None] = mapped_column(PartialDay)
    cause_of_death: Mapped[str | None] = mapped_column(Text)
    cause_of_death_note: Mapped[str] = free_text()
    alert_note: Mapped[str] = free_text()
    no_known_allergies: Mapped[bool | None] = mapped_column(flag("no_known_allergies"))
    allergies: Mapped[tuple[Any, ...]] = listed(Items)


class DiagnosisRow(OfPatient, Base):
    """One view of the diagnosis; fields as in ``clinical.records.Diagnosis``."""

    __tablename__ = "diagnosis"
    __table_args__ = (
        *recorded_checks(),
        filled_check("ctd"),
        one_of_check("onset_order", *lists.ONSET_ORDER),
        one_of_check("onset_mode", *lists.ONSET_MODE),
        one_of_check("pattern_basis", *lists.PATTERN_BASIS),
        one_of_check("confidence", *lists.CONFIDENCE),
        one_of_check("behaviour", *lists.BEHAVIOUR),
        one_of_check("extent", *lists.EXTENT),
        one_of_check("basis", *lists.BASIS),
        range_check("mrss", 0, 51),
    )

    date: Mapped[str] = mapped_column(PartialDay)
    ctd: Mapped[str] = mapped_column(Text)
    ctd_note: Mapped[str] = free_text()
    criteria: Mapped[str | None] = mapped_column(Text)
    criteria_met: Mapped[bool | None] = mapped_column(flag("criteria_met"))
    first_symptom: Mapped[str | None] = mapped_column(PartialDay)
    raynaud_onset: Mapped[str | None] = mapped_column(PartialDay)
    ctd_diagnosed: Mapped[str | None] = mapped_column(PartialDay)
    ild_diagnosed: Mapped[str | None] = mapped_column(PartialDay)
    onset_order: Mapped[str | None] = mapped_column(Text)
    onset_mode: Mapped[str | None] = mapped_column(Text)
    pattern: Mapped[str | None] = mapped_column(Text)
    pattern_basis: Mapped[str | None] = mapped_column(Text)
    pattern_note: Mapped[str] = free_text()
    confidence: Mapped[str | None] = mapped_column(Text)
    differentials: Mapped[tuple[Any, ...]] = listed(Items)
    behaviour: Mapped[str | None] = mapped_column(Text)
    extent: Mapped[str | None] = mapped_column(Text)
    extent_reason: Mapped[str] = free_text()
    antibodies: Mapped[tuple[str, ...]] = listed(Codes)
    extrapulmonary: Mapped[tuple[str, ...]] = listed(Codes)
    extrapulmonary_note: Mapped[str] = free_text()
    mrss: Mapped[int | None] = mapped_column()
    basis: Mapped[str | None] = mapped_column(Text)
    mdt_decision_id: Mapped[str | None] = mapped_column(key_of("decision"))
    note: Mapped[str] = free_text()


class ConsentRow(OfPatient, Base):
    """One answer to one question of consent; fields as in ``clinical.records.Consent``."""

    __tablename__ = "consent"
    __table_args__ = (
        *recorded_checks(),
        one_of_check("kind", *lists.CONSENT_KIND),
        one_of_check("answer", *lists.CONSENT),
        CheckConstraint("kind <> 'other' OR length(title) > 0", name="title"),
    )

    date: Mapped[str] = mapped_column(PartialDay)
    kind: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = free_text()
    taken_by: Mapped[str] = free_text()
    form_version: Mapped[str] = free_text()
    note: Mapped[str] = free_text()
