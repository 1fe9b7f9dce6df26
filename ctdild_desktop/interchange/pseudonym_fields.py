"""What may stay of each field when a record is handed on without identity: the decisions, field by field.

A field stays only where it says so here. ``AS_IT_IS`` is for numbers, yes and no, and closed types of the
program: never for a text. The two kinds that are missing, files and what was put off on the work list, are
left out whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from ctdild_desktop.clinical.records import (
    Action,
    AdverseEvent,
    Consent,
    Decision,
    Diagnosis,
    Differential,
    DoseChange,
    HeartTest,
    Hrct,
    Infusion,
    Interruption,
    Lab,
    Patient,
    Pft,
    PreCheck,
    Pro,
    Procedure,
    Score,
    Serology,
    TherapyLine,
    Visit,
)


class Kept(Enum):
    """What may stay of a field."""

    NOT = auto()
    """Nothing."""
    AS_IT_IS = auto()
    CODE = auto()
    """A code that its list has."""
    DATE = auto()
    """Moved with the other dates of the patient."""
    ID = auto()
    """Replaced by an id of the export."""
    PARTS = auto()
    """Each part by its own decisions."""
    UNIT = auto()
    """A unit of measurement that is one."""
    TIME = auto()
    """A time of day."""
    REASONS = auto()
    """Why fields that stay have no value."""
    SCALE = auto()
    """A scale of a questionnaire."""


_TOKEN = (
    r"(?:mL|L|dL|µL|uL|nL|fL|g|kg|mg|µg|ug|ng|pg|mol|mmol|µmol|umol|nmol|pmol|U|IU|kU|mU|kIU|mIU|µkat|nkat|AU|RU|"
    r"EU|CU|BU|GPL|MPL|U-GPL|mm|cm|m|m2|m²|1\.73m2|1\.73m²|min|h|s|d|24h|kPa|mmHg|mEq|cells|index|ratio|titre|copies|"
    r"S/CO|COI|OD|%|‰)"
)
UNITS = re.compile(rf"(?:10[\^*]?[0-9⁰¹²³⁴-⁹]{{1,2}}|[/])?(?:{_TOKEN})?(?:/{_TOKEN})*")
"""What is a unit of measurement; anything else in its place may be somebody's own words."""

_AS, _NO, _CODE, _DATE, _ID = Kept.AS_IT_IS, Kept.NOT, Kept.CODE, Kept.DATE, Kept.ID


def _decided(
    *,
    as_it_is: str = "",
    code: str = "",
    date: str = "",
    ids: str = "",
    parts: str = "",
    gone: str = "",
    **single: Kept,
) -> Mapping[str, Kept]:
    groups = ((_AS, as_it_is), (_CODE, code), (_DATE, date), (_ID, ids), (Kept.PARTS, parts), (_NO, gone))
    made = {name: how for how, names in groups for name in names.split()}
    return MappingProxyType({**made, **single})


DECIDED: Mapping[type[Any], Mapping[str, Kept]] = MappingProxyType(
    {
        Patient: _decided(
            ids="id",
            as_it_is="sex height_cm ethnic_group pack_years family_ild oxygen_l_min no_known_allergies",
            code="smoking exposures comorbidities transplant oxygen consent_registry consent_research "
            "vital_status cause_of_death",
            date="transplant_date oxygen_since vital_status_date death_date",
            # the number becomes the pseudonym and the birth date its year, both in pseudonyms.py
            gone="mrn version family_name given_name birth_date gender_note exposures_note "
            "comorbidities_note lead_respiratory lead_rheumatology cause_of_death_note alert_note allergies",
            absent=Kept.REASONS,
        ),
        Diagnosis: _decided(
            ids="id mdt_decision_id",
            as_it_is="criteria_met mrss",
            code="ctd criteria onset_order onset_mode pattern pattern_basis confidence behaviour extent "
            "antibodies extrapulmonary basis",
            date="date first_symptom raynaud_onset ctd_diagnosed ild_diagnosed",
            parts="differentials",
            gone="version ctd_note pattern_note extent_reason extrapulmonary_note note",
            absent=Kept.REASONS,
        ),
        Differential: _decided(code="diagnosis", as_it_is="percent"),
        Visit: _decided(
            ids="id",
            as_it_is="weight_kg bp_systolic bp_diastolic heart_rate temperature_c spo2_rest spo2_nadir "
            "oxygen_l_min mmrc symptom_change alternative_explanation crackles clubbing functional_class "
            "admitted_nights admissions_since exacerbation_since",
            code="kind status admission_reason vaccinations",
            date="date exacerbation_date next_visit",
            gone="version site clinician plan_text note",
            absent=Kept.REASONS,
        ),
        Pft: _decided(
            ids="id",
            as_it_is="entered height_cm weight_kg fvc_l fvc_pct_pred fvc_pred_l fev1_l fev1_pct_pred svc_l "
            "dlco dlco_unit dlco_pct_pred dlco_hb_corrected hb_g_l tlc_l rv_l frc_l va_l kco kco_pct_pred "
            "spo2_rest spo2_nadir walk_m walk_spo2_nadir walk_borg post_bd excluded",
            code="performed not_done volumes_method fvc_grade dlco_grade reference_set position "
            "not_done_fvc not_done_dlco exclusion_reason",
            date="date hb_date",
            gone="version laboratory device confirmed_unusual comment source_format source_sha256 as_given",
            absent=Kept.REASONS,
        ),
        Hrct: _decided(
            ids="id",
            as_it_is="contrast prone expiratory pattern_percent subpleural_sparing extent_percent "
            "fibrosis_percent ground_glass_percent fibrosis emphysema pa_diameter_mm pa_aorta_ratio "
            "oesophagus_dilated pleural_disease enlarged_nodes suspicious_finding result mixed "
            "alternative_explanation quantification_score",
            code="read_type pattern distribution ground_glass reticulation traction_bronchiectasis "
            "honeycombing consolidation cysts mosaic_attenuation nodules volume_loss extent_reading "
            "emphysema_extent acute_change signs signs_not_seen",
            date="date read_date compared_with next_due",
            gone="version site reader finding_note quantification accession report radiation_note note",
            absent=Kept.REASONS,
        ),
        TherapyLine: _decided(
            ids="id prior_line_id mdt_decision_id",
            as_it_is="dose courses_planned",
            code="drug role indication route dose_unit dose_basis frequency stop_reason intent response "
            "pjp_prophylaxis",
            date="start stop planned_stop response_date",
            parts="dose_changes interruptions infusions",
            gone="version drug_name off_guideline_reason note",
            absent=Kept.REASONS,
        ),
        DoseChange: _decided(date="date", as_it_is="dose", code="reason", absent=Kept.REASONS),
        Interruption: _decided(date="start stop", code="reason", absent=Kept.REASONS),
        Infusion: _decided(
            ids="adverse_event_id",
            as_it_is="dose_mg cycle planned_dose weight_kg height_cm bsa_m2 reaction_grade reaction_minutes "
            "cd19_per_ul",
            code="status reason planned_unit premedication reaction_actions",
            date="date next_due cd19_date",
            parts="checks",
            gone="product batch checked_by rate_note vitals reaction_symptoms note",
            started=Kept.TIME,
            stopped=Kept.TIME,
            absent=Kept.REASONS,
        ),
        PreCheck: _decided(code="item", date="date", as_it_is="passed", gone="result"),
        AdverseEvent: _decided(
            ids="id suspected_lines",
            as_it_is="ongoing grade serious reported",
            code="term category seriousness causality action outcome",
            date="onset end",
            gone="version organism site treatment report_reference meddra_code note",
            absent=Kept.REASONS,
        ),
        Serology: _decided(
            ids="id",
            as_it_is="value uln titre",
            code="test result detection pattern",
            date="date",
            gone="version test_name assay laboratory note",
            unit=Kept.UNIT,
            absent=Kept.REASONS,
        ),
        Procedure: _decided(
            ids="id adverse_event_id",
            as_it_is="volume_in_ml recovered_ml cells_million_l macrophages_percent lymphocytes_percent "
            "neutrophils_percent eosinophils_percent mast_cells_percent cd4_cd8 samples sample_mm "
            "complication_grade",
            code="kind not_done lobe bacteria mycobacteria fungi pneumocystis viruses biopsy_pattern "
            "confidence complication contribution",
            date="date",
            gone="version organisms cytology pathologist ancillary complication_note note",
            absent=Kept.REASONS,
        ),
        Lab: _decided(
            ids="id",
            as_it_is="value lln uln fasting",
            code="test detection result",
            date="date",
            gone="version test_name text laboratory note",
            unit=Kept.UNIT,
            absent=Kept.REASONS,
        ),
        HeartTest: _decided(
            ids="id",
            as_it_is="rvsp_mmhg tapse_mm lvef_percent mpap_mmhg pvr_wu pawp_mmhg",
            code="kind",
            date="date",
            gone="version site note",
            absent=Kept.REASONS,
        ),
        Pro: _decided(
            ids="id",
            as_it_is="items_missing complete",
            code="instrument mode",
            date="date",
            parts="scores",
            gone="version form_version language scored_by note",
            absent=Kept.REASONS,
        ),
        Score: _decided(as_it_is="value", scale=Kept.SCALE),
        Consent: _decided(
            ids="id",
            code="kind answer",
            date="date",
            gone="version title taken_by form_version note",
            absent=Kept.REASONS,
        ),
        # which patients were at one meeting would tell by how much the dates of each were moved
        Decision: _decided(
            ids="id patient_id",
            as_it_is="confidence_percent ctd_agreed preference_known typed_live",
            code="reason material diagnosis confidence pattern behaviour team_verdict recommendations "
            "letter_to implemented not_implemented",
            date="date next_date letter_sent implemented_date",
            parts="differentials",
            gone="meeting_id agenda_item_id version question presenter snapshot diagnosis_note shown "
            "verdict_reason recommendation preference dissent next_trigger signed_by signed_at addenda "
            "implementation_note note",
            absent=Kept.REASONS,
        ),
        Action: _decided(
            ids="id decision_id",
            code="status",
            date="due done_date",
            gone="version what owner note",
            absent=Kept.REASONS,
        ),
    }
)
"""By kind of record or part: what may stay of each of its fields."""
