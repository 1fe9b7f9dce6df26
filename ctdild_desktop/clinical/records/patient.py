"""Who the patient is, what is thought to be the matter, and what the patient agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records.coded import Sex
from ctdild_desktop.language import marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Allergy:
    """What the patient does not tolerate, and what happened."""

    substance: str
    reaction: str = ""


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
    gender_note: str = ""
    """As the patient wishes to be addressed; no equation uses it."""
    height_cm: Decimal | None = None
    ethnic_group: int | None = None
    """GLI-2012 group 1-5; used by no other equation and never assumed."""
    smoking: str | None = None
    """``never``, ``ex``, ``current`` or ``unknown``."""
    pack_years: Decimal | None = None
    exposures: tuple[str, ...] = ()
    """Codes of the ``exposure`` list; ``none`` when asked and there was none."""
    exposures_note: str = ""
    family_ild: bool | None = None
    comorbidities: tuple[str, ...] = ()
    """Codes of the ``comorbidity`` list; ``none`` when asked and there is none."""
    comorbidities_note: str = ""
    transplant: str | None = None
    """``not_referred``, ``referred``, ``listed``, ``transplanted``, ``unsuitable`` or ``unknown``."""
    transplant_date: PartialDate | None = None
    """Since when the transplant status is what it is."""
    oxygen: str | None = None
    """``none``, ``ambulatory``, ``nocturnal``, ``ltot`` or ``unknown``."""
    oxygen_since: PartialDate | None = None
    oxygen_l_min: Decimal | None = None
    lead_respiratory: str = ""
    lead_rheumatology: str = ""
    consent_registry: str | None = None
    """``given``, ``declined``, ``withdrawn`` or ``not_asked``: the latest answer; see :class:`Consent`."""
    consent_research: str | None = None
    vital_status: str | None = None
    """``alive``, ``dead``, ``lost``, ``moved`` or ``unknown``."""
    vital_status_date: PartialDate | None = None
    """When the patient was last known alive, was lost or moved; a death has ``death_date``."""
    death_date: PartialDate | None = None
    cause_of_death: str | None = None
    """``respiratory``, ``ild``, ``infection``, ``other`` or ``unknown``."""
    cause_of_death_note: str = ""
    alert_note: str = ""
    no_known_allergies: bool | None = None
    allergies: tuple[Allergy, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    """Fields without a value, each with why; see :mod:`ctdild_desktop.clinical.absence`."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What an otherwise registered patient still lacks, in the words of the form."""
        lacking = []
        if not self.family_name:
            lacking.append(marked("surname"))
        if self.birth_date is None:
            lacking.append(marked("birth date"))
        elif self.birth_date.exact is None:
            lacking.append(marked("exact birth date"))
        if self.sex is None:
            lacking.append(marked("sex"))
        if self.height_cm is None:
            lacking.append(marked("height"))
        return tuple(lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differential:
    """Another diagnosis that was thought of, and how probable it was held to be."""

    diagnosis: str
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One view of the diagnosis; a new view is a new row, never an overwrite."""

    id: str
    date: PartialDate
    ctd: str
    """Code of the ``ctd_dx`` list (``SSc``, ``dcSSc``, ``ASyS`` ...)."""
    version: int = 1
    ctd_note: str = ""
    criteria: str | None = None
    """Code of the ``ctd_criteria`` list: the classification criteria that were asked."""
    criteria_met: bool | None = None
    first_symptom: PartialDate | None = None
    """First symptom of the disease; in systemic sclerosis the first other than Raynaud's."""
    raynaud_onset: PartialDate | None = None
    ctd_diagnosed: PartialDate | None = None
    ild_diagnosed: PartialDate | None = None
    onset_order: str | None = None
    """``ctd_first``, ``ild_first``, ``together`` or ``unknown``."""
    onset_mode: str | None = None
    """``insidious``, ``subacute``, ``acute``, ``incidental`` or ``unknown``."""
    pattern: str | None = None
    """Code of the ``ild_pattern`` list (``UIP``, ``fNSIP`` ...)."""
    pattern_basis: str | None = None
    """``hrct``, ``biopsy`` or ``both``."""
    pattern_note: str = ""
    confidence: str | None = None
    """``definite``, ``high``, ``low`` or ``unclassifiable``."""
    differentials: tuple[Differential, ...] = ()
    behaviour: str | None = None
    extent: str | None = None
    """``limited``, ``extensive`` or ``indeterminate``: set by hand in place of the computed stage."""
    extent_reason: str = ""
    """Why the computed stage was not taken."""
    antibodies: tuple[str, ...] = ()
    """Codes of antibodies found positive."""
    extrapulmonary: tuple[str, ...] = ()
    """Codes of the ``extrapulmonary`` list; ``none`` when looked for and not found."""
    extrapulmonary_note: str = ""
    mrss: int | None = None
    """Modified Rodnan skin score, 0-51."""
    basis: str | None = None
    """``MDT``, ``clinic`` or ``referral``."""
    mdt_decision_id: str | None = None
    """The decision of the MDT that this view rests on."""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One answer of the patient to one question of consent; a new answer is a new row."""

    id: str
    date: PartialDate
    kind: str
    """``registry``, ``research`` or ``other``."""
    answer: str
    """``given``, ``declined``, ``withdrawn`` or ``not_asked``."""
    version: int = 1
    title: str = ""
    """What was asked, where the kind is ``other``."""
    taken_by: str = ""
    form_version: str = ""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
