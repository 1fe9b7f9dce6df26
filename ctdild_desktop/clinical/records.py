"""What is known of one patient, as frozen values.

This is the one vocabulary of the program: services load these from the registry, criteria judge them,
figures and printouts show them, importers make them. Measurements are the exact decimals that were typed.
``None`` means "not recorded"; it never means "no" or zero.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from ctdild_desktop.clinical.dates import PartialDate


class Sex(StrEnum):
    """Sex at birth, as the reference equations use it."""

    FEMALE = "F"
    MALE = "M"


class DlcoUnit(StrEnum):
    """Units of the transfer factor; ``value`` is the UCUM-like text that is shown and stored."""

    TRADITIONAL = "mL/min/mmHg"
    SI = "mmol/min/kPa"


class SymptomChange(StrEnum):
    """Respiratory symptoms compared with the previous visit."""

    WORSE = "worse"
    STABLE = "stable"
    BETTER = "better"
    UNKNOWN = "unknown"


class HrctResult(StrEnum):
    """A scan compared with an earlier one."""

    PROGRESSION = "progression"
    STABLE = "stable"
    IMPROVED = "improved"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Who the patient is. Only ``mrn`` must be known."""

    id: str
    mrn: str
    version: int = 1
    family_name: str = ""
    given_name: str = ""
    birth_date: PartialDate | None = None
    sex: Sex | None = None
    height_cm: Decimal | None = None
    ethnic_group: int | None = None
    """GLI-2012 group 1-5; used by no other equation and never assumed."""
    smoking: str | None = None
    """``never``, ``ex``, ``current`` or ``unknown``."""
    pack_years: Decimal | None = None
    oxygen: str | None = None
    """``none``, ``ambulatory``, ``nocturnal``, ``ltot`` or ``unknown``."""
    consent_registry: str | None = None
    """``given``, ``declined``, ``withdrawn`` or ``not_asked``."""
    consent_research: str | None = None
    death_date: PartialDate | None = None
    alert_note: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What an otherwise registered patient still lacks, in the words of the form."""
        lacking = []
        if not self.family_name:
            lacking.append("surname")
        if self.birth_date is None:
            lacking.append("birth date")
        elif self.birth_date.exact is None:
            lacking.append("exact birth date")
        if self.sex is None:
            lacking.append("sex")
        if self.height_cm is None:
            lacking.append("height")
        return tuple(lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One view of the diagnosis; a new view is a new row, never an overwrite."""

    id: str
    date: PartialDate
    ctd: str
    """Code of the ``ctd_dx`` list (``SSc``, ``dcSSc``, ``ASyS`` ...)."""
    version: int = 1
    ctd_diagnosed: PartialDate | None = None
    ild_diagnosed: PartialDate | None = None
    pattern: str | None = None
    """Code of the ``ild_pattern`` list (``UIP``, ``fNSIP`` ...)."""
    confidence: str | None = None
    """``definite``, ``high``, ``low`` or ``unclassifiable``."""
    behaviour: str | None = None
    antibodies: tuple[str, ...] = ()
    """Codes of antibodies found positive."""
    basis: str | None = None
    """``MDT``, ``clinic`` or ``referral``."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was asked and examined on one day."""

    id: str
    date: dt.date
    version: int = 1
    kind: str | None = None
    """``baseline``, ``scheduled``, ``unscheduled``, ``telephone``, ``day_case`` or ``remote``."""
    weight_kg: Decimal | None = None
    spo2_rest: Decimal | None = None
    spo2_nadir: Decimal | None = None
    mmrc: int | None = None
    symptom_change: SymptomChange | None = None
    alternative_explanation: bool | None = None
    admitted_nights: int | None = None
    """Nights in hospital that began on this date; None when it was no admission."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pft:
    """One lung-function test as recorded: values and units as given, nothing derived."""

    id: str
    date: dt.date
    version: int = 1
    entered: int = 0
    """Order of entry; breaks ties of one day."""
    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None
    fvc_l: Decimal | None = None
    fvc_pct_pred: Decimal | None = None
    fvc_pred_l: Decimal | None = None
    fev1_l: Decimal | None = None
    fev1_pct_pred: Decimal | None = None
    dlco: Decimal | None = None
    dlco_unit: DlcoUnit | None = None
    dlco_pct_pred: Decimal | None = None
    dlco_hb_corrected: bool | None = None
    hb_g_l: Decimal | None = None
    tlc_l: Decimal | None = None
    va_l: Decimal | None = None
    kco: Decimal | None = None
    spo2_rest: Decimal | None = None
    spo2_nadir: Decimal | None = None
    fvc_grade: str | None = None
    """ATS/ERS 2019 grade A-F or U."""
    dlco_grade: str | None = None
    reference_set: str | None = None
    """Set of the recorded % predicted, or the one to compute with: ``GLI2022`` ...; None when unknown."""
    post_bd: bool | None = None
    laboratory: str = ""
    not_done_fvc: str | None = None
    """Reason code when FVC was not done (``unwell``, ``cannot_perform`` ...)."""
    not_done_dlco: str | None = None
    excluded: bool = False
    exclusion_reason: str = ""
    confirmed_unusual: tuple[str, ...] = ()
    """Names of fields whose unlikely value was confirmed."""
    comment: str = ""
    source_format: str = "typed"
    source_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hrct:
    """One reading of a high-resolution CT."""

    id: str
    date: dt.date
    version: int = 1
    pattern: str | None = None
    extent_percent: Decimal | None = None
    extent_reading: str | None = None
    """``below_20``, ``above_20`` or ``indeterminate``."""
    fibrosis: bool | None = None
    result: HrctResult | None = None
    signs: tuple[str, ...] = ()
    compared_with: dt.date | None = None
    alternative_explanation: bool | None = None
    emphysema: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseChange:
    """From this date on the line runs at this dose."""

    date: PartialDate
    dose: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """The line was not taken from ``start`` (included) to ``stop`` (excluded; None: still interrupted)."""

    start: PartialDate
    stop: PartialDate | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """One given infusion or pulse."""

    date: dt.date
    dose_mg: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyLine:
    """One drug from start to stop, with its dose changes, interruptions and infusions."""

    id: str
    drug: str
    """Code of the drug table (``mycophenolate``, ``rituximab`` ...)."""
    start: PartialDate
    version: int = 1
    role: str | None = None
    """``induction``, ``maintenance``, ``rescue``, ``antifibrotic``, ``bridge``, ``supportive`` ..."""
    indication: str | None = None
    """``lung``, ``extrathoracic`` or ``both``."""
    route: str | None = None
    """``PO``, ``IV``, ``SC`` or ``INH``."""
    dose: Decimal | None = None
    dose_unit: str | None = None
    """``mg``, ``g``, ``mg/kg``, ``mg/m2`` ..."""
    frequency: str | None = None
    """``daily``, ``bd``, ``weekly``, ``2-weekly``, ``4-weekly``, ``course`` or ``other``."""
    stop: PartialDate | None = None
    stop_reason: str | None = None
    dose_changes: tuple[DoseChange, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    infusions: tuple[Infusion, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """One adverse event, graded by CTCAE v5 where a grade is known."""

    id: str
    onset: PartialDate
    term: str
    version: int = 1
    end: PartialDate | None = None
    ongoing: bool | None = None
    category: str | None = None
    grade: int | None = None
    serious: bool | None = None
    seriousness: tuple[str, ...] = ()
    """ICH E2A: ``death``, ``life_threatening``, ``admission``, ``disability`` ..."""
    suspected_lines: tuple[str, ...] = ()
    """Ids of therapy lines."""
    causality: str | None = None
    """WHO-UMC: ``certain``, ``probable``, ``possible``, ``unlikely``, ``conditional`` or ``unassessable``."""
    action: str | None = None
    outcome: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """Everything recorded of one patient; each tuple is in date order, oldest first."""

    patient: Patient
    diagnoses: tuple[Diagnosis, ...] = ()
    visits: tuple[Visit, ...] = ()
    tests: tuple[Pft, ...] = ()
    hrct: tuple[Hrct, ...] = ()
    therapy: tuple[TherapyLine, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = field(default=())

    def diagnosis_on(self, date: dt.date) -> Diagnosis | None:
        """The view of the diagnosis in force on a date: the latest that may have begun by then."""
        known = [view for view in self.diagnoses if view.date.earliest <= date]
        return max(known, key=lambda view: view.date.earliest, default=None)
