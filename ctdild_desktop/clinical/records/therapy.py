"""Therapy lines with what belongs to them, and adverse events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseChange:
    """From this date on the line runs at this dose."""

    date: PartialDate
    dose: Decimal
    reason: str = ""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """The line was not taken from ``start`` (included) to ``stop`` (excluded; None: still interrupted)."""

    start: PartialDate
    stop: PartialDate | None = None
    reason: str = ""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreCheck:
    """One check before an infusion: what was checked, when, with which result."""

    item: str
    """Code of the ``precheck`` list (``neutrophils``, ``igg`` ...)."""
    date: PartialDate | None = None
    result: str = ""
    passed: bool | None = None
    """Whether the result let the infusion go ahead, as the person who checked it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """One infusion or pulse: given, or planned and then deferred or cancelled."""

    date: dt.date
    dose_mg: Decimal | None = None
    """The dose that was given; of a partial one, what ran in."""
    cycle: int | None = None
    status: str | None = None
    """``given``, ``partial``, ``deferred`` or ``cancelled``; None for one that was given."""
    reason: str | None = None
    """Code of the ``infusion_reason`` list for one that was not given whole."""
    planned_dose: Decimal | None = None
    planned_unit: str | None = None
    """``mg``, ``g``, ``mg/kg``, ``mg/m2`` or ``g/kg``."""
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    bsa_m2: Decimal | None = None
    product: str = ""
    batch: str = ""
    checks: tuple[PreCheck, ...] = ()
    checked_by: str = ""
    premedication: tuple[str, ...] = ()
    """Codes of the ``premedication`` list, mesna and hydration among them."""
    started: str = ""
    """Time of day, ``09:30``."""
    stopped: str = ""
    rate_note: str = ""
    vitals: str = ""
    reaction_grade: int | None = None
    """CTCAE v5 grade of a reaction, 1-5; 0 when there was none."""
    reaction_minutes: int | None = None
    """Minutes from the start to the reaction."""
    reaction_symptoms: str = ""
    reaction_actions: tuple[str, ...] = ()
    """Codes of the ``reaction_action`` list."""
    adverse_event_id: str | None = None
    next_due: PartialDate | None = None
    cd19_date: PartialDate | None = None
    cd19_per_ul: Decimal | None = None
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()

    @property
    def given(self) -> bool:
        """Whether anything of it went into the patient."""
        return self.status in {None, "given", "partial"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyLine:
    """One drug from start to stop, with its dose changes, interruptions and infusions."""

    id: str
    drug: str
    """Code of the drug table (``mycophenolate``, ``rituximab`` ...)."""
    start: PartialDate
    version: int = 1
    drug_name: str = ""
    """Name of a drug that the table lacks, where the code is ``other``."""
    role: str | None = None
    """``induction``, ``maintenance``, ``rescue``, ``antifibrotic``, ``bridge``, ``supportive`` ..."""
    indication: str | None = None
    """``lung``, ``extrathoracic`` or ``both``."""
    route: str | None = None
    """``PO``, ``IV``, ``SC`` or ``INH``."""
    dose: Decimal | None = None
    dose_unit: str | None = None
    """``mg``, ``g``, ``mg/kg``, ``mg/m2`` ..."""
    dose_basis: str | None = None
    """``flat``, ``per_kg`` or ``per_m2``."""
    frequency: str | None = None
    """``daily``, ``bd``, ``weekly``, ``2-weekly``, ``4-weekly``, ``course`` or ``other``."""
    stop: PartialDate | None = None
    stop_reason: str | None = None
    planned_stop: PartialDate | None = None
    courses_planned: int | None = None
    prior_line_id: str | None = None
    """The line that this one took over from."""
    intent: str | None = None
    """``stabilise`` or ``improve``."""
    response: str | None = None
    """``improved``, ``stable``, ``worse``, ``too_early`` or ``not_judged``: the clinician's judgement."""
    response_date: PartialDate | None = None
    pjp_prophylaxis: str | None = None
    """``yes``, ``no``, ``declined`` or ``unknown``."""
    mdt_decision_id: str | None = None
    off_guideline_reason: str = ""
    dose_changes: tuple[DoseChange, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    infusions: tuple[Infusion, ...] = ()
    """Every infusion, those that were not given among them; doses count from ``given_infusions``."""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
    """Fields without a value, each with why; see :mod:`ctdild_desktop.clinical.absence`."""

    @property
    def given_infusions(self) -> tuple[Infusion, ...]:
        """The infusions that went into the patient, whole or in part."""
        return tuple(infusion for infusion in self.infusions if infusion.given)


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
    organism: str = ""
    site: str = ""
    """Where an infection was."""
    action: str | None = None
    treatment: str = ""
    outcome: str | None = None
    reported: bool | None = None
    """Reported to the authority."""
    report_reference: str = ""
    meddra_code: str = ""
    """Typed by the holder of a licence; the program ships no codes."""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
