"""What the measures of a study are called, and in sentences why two numbers are not the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ctdild_desktop.language import marked


class Unit(StrEnum):
    """How a number of a study is written."""

    CHANGE = "change"
    """A relative change in per cent, with its sign."""
    PERCENT = "percent"
    """Per cent of the predicted value."""
    POINTS = "points"
    """A change in points of % predicted."""
    ML = "ml"
    ML_PER_YEAR = "ml_per_year"
    SHARE = "share"
    """Patients of patients."""
    RATE = "rate"
    """Events per patient-year."""
    MONTHS = "months"
    P = "p"
    CASES = "cases"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of a study."""

    label: str
    unit: Unit
    own: bool = True
    """Whether a registry has its own number of it."""


MEASURES: Mapping[str, Measure] = {
    "fvc_start": Measure(marked("FVC at the start, % predicted (median)"), Unit.PERCENT),
    "dlco_start": Measure(marked("DLCO at the start, % predicted (median)"), Unit.PERCENT),
    "fvc_before": Measure(marked("FVC before, change in % (median)"), Unit.CHANGE),
    "dlco_before": Measure(marked("DLCO before, change in % (median)"), Unit.CHANGE),
    "fvc_after": Measure(marked("FVC after, change in % (median)"), Unit.CHANGE),
    "dlco_after": Measure(marked("DLCO after, change in % (median)"), Unit.CHANGE),
    "fev1_after": Measure(marked("FEV1 after, change in % (median)"), Unit.CHANGE),
    "tlc_after": Measure(marked("TLC after"), Unit.WORDS, own=False),
    "fvc_mean_after": Measure(marked("FVC after, change in % (mean)"), Unit.CHANGE),
    "fvc_paired_p": Measure(marked("p, FVC after against before"), Unit.P),
    "dlco_paired_p": Measure(marked("p, DLCO after against before"), Unit.P),
    "fvc_after_p": Measure(marked("p, FVC after"), Unit.P),
    "dlco_after_p": Measure(marked("p, DLCO after"), Unit.P),
    "fvc_difference_p": Measure(marked("p, change of FVC between the groups"), Unit.P),
    "dlco_difference_p": Measure(marked("p, change of DLCO between the groups"), Unit.P),
    "fvc_points_difference_p": Measure(marked("p, points of FVC between the groups"), Unit.P),
    "fvc_level_start": Measure(marked("FVC at the start, % predicted (mean)"), Unit.PERCENT),
    "fvc_level_after": Measure(marked("FVC after, % predicted (mean)"), Unit.PERCENT),
    "dlco_level_start": Measure(marked("DLCO at the start, % predicted (mean)"), Unit.PERCENT),
    "dlco_level_after": Measure(marked("DLCO after, % predicted (mean)"), Unit.PERCENT),
    "fvc_points_after": Measure(marked("FVC after, points of % predicted (mean)"), Unit.POINTS),
    "fvc_ml_after": Measure(marked("FVC after, mL (mean)"), Unit.ML),
    "months_after": Measure(marked("Time to the last FVC, months (median)"), Unit.MONTHS),
    "success": Measure(marked("Improved or stable"), Unit.SHARE),
    "improved": Measure(marked("Improved"), Unit.SHARE),
    "fvc_rose": Measure(marked("FVC rose by 10 % or more"), Unit.SHARE),
    "fvc_held": Measure(marked("FVC held, less than 10 % either way"), Unit.SHARE),
    "fvc_fell": Measure(marked("FVC fell by 10 % or more"), Unit.SHARE),
    "gain_fvc": Measure(marked("FVC gain of more than 10 %"), Unit.SHARE),
    "gain_dlco": Measure(marked("DLCO gain of more than 15 %"), Unit.SHARE),
    "gain_all": Measure(marked("FVC, FEV1 and DLCO gain of more than 30 % each"), Unit.SHARE),
    "hrct_better": Measure(marked("HRCT judged improved"), Unit.SHARE),
    "hrct_extent": Measure(marked("Extent on HRCT, change in %"), Unit.CHANGE, own=False),
    "treated_iim": Measure(marked("Of those treated: inflammatory myopathy"), Unit.SHARE),
    "treated_ssc": Measure(marked("Of those treated: systemic sclerosis"), Unit.SHARE),
    "treated_uctd": Measure(marked("Of those treated: undifferentiated disease"), Unit.SHARE),
    "deaths": Measure(marked("Died"), Unit.SHARE),
    "respiratory_deaths": Measure(marked("Died of the lung"), Unit.SHARE),
    "infection_deaths": Measure(marked("Of the deaths, by infection"), Unit.SHARE),
    "deaths_p": Measure(marked("p, deaths between the groups"), Unit.P),
    "respiratory_deaths_p": Measure(marked("p, deaths of the lung between the groups"), Unit.P),
    "deaths_exposed": Measure(marked("Died during the treatment"), Unit.SHARE),
    "fatal_infections": Measure(marked("Fatal infection during the treatment"), Unit.SHARE),
    "infections": Measure(marked("Patients with an infection"), Unit.SHARE),
    "serious_infections": Measure(marked("Patients with a serious infection"), Unit.SHARE),
    "serious": Measure(marked("Patients with a serious adverse event"), Unit.SHARE),
    "serious_p": Measure(marked("p, serious adverse events between the groups"), Unit.P),
    "leukopenia": Measure(marked("Patients with low white cells"), Unit.SHARE),
    "thrombocytopenia": Measure(marked("Patients with low platelets"), Unit.SHARE),
    "pneumonitis": Measure(marked("Patients with pneumonitis"), Unit.SHARE),
    "pneumonitis_rheumatic": Measure(marked("Of these, rheumatological disease"), Unit.CASES, own=False),
    "stopped": Measure(marked("Stopped for an adverse event"), Unit.SHARE),
    "stopped_p": Measure(marked("p, stops between the groups"), Unit.P),
    "infection_rate": Measure(marked("Infections per patient-year"), Unit.RATE),
    "infection_rate_p": Measure(marked("p, infections between the groups"), Unit.P, own=False),
    "event_rate": Measure(marked("Adverse events per patient-year"), Unit.RATE),
    "slope_before": Measure(marked("FVC per year before the drug, mL (median)"), Unit.ML_PER_YEAR),
    "slope_during": Measure(marked("FVC per year on the drug, mL (median)"), Unit.ML_PER_YEAR),
    "symptoms": Measure(marked("Breathlessness, skin, quality of life"), Unit.WORDS, own=False),
    "arms_p": Measure(marked("p, early against late treatment"), Unit.P, own=False),
    "endpoints": Measure(marked("Primary and secondary end points"), Unit.WORDS, own=False),
    "time_to_improvement": Measure(marked("Time to improvement"), Unit.WORDS, own=False),
    "judgement": Measure(marked("Judgement of experts"), Unit.WORDS, own=False),
    "recommendation": Measure(marked("Recommendation"), Unit.WORDS, own=False),
    "efficacy": Measure(marked("Efficacy"), Unit.WORDS, own=False),
    "depletion": Measure(marked("B cells depleted"), Unit.SHARE, own=False),
    "share_ra": Measure(marked("Rheumatoid arthritis, of all"), Unit.SHARE),
    "share_ssc": Measure(marked("Systemic sclerosis, of all"), Unit.SHARE),
    "share_iim": Measure(marked("Poly- and dermatomyositis, of all"), Unit.SHARE),
    "share_asys": Measure(marked("Antisynthetase syndrome, of all"), Unit.SHARE),
    "share_mctd": Measure(marked("Mixed connective tissue disease, of all"), Unit.SHARE),
    "share_sjd": Measure(marked("Sjögren disease, of all"), Unit.SHARE),
    "share_uctd": Measure(marked("Undifferentiated disease, of all"), Unit.SHARE),
}
"""Every measure that a row of the published numbers may name."""

NOT_SAME: Mapping[str, str] = {
    "refractory": marked("Theirs had severe disease that had resisted treatment; here all are counted."),
    "severe": marked("Theirs had severe disease; here all are counted."),
    "vasculitis": marked("Theirs had ANCA-associated vasculitis; here they have ILD."),
    "any_indication": marked("Theirs were treated for any disease; here they have ILD."),
    "early": marked("Theirs had early disease; here all are counted."),
    "duration": marked("Theirs had short or acute disease; here its duration is not chosen."),
    "concomitant": marked("Other drugs taken at the same time differ and are not accounted for."),
    "prevalent": marked("Who died or left early has no late test: those who did well are seen longer."),
    "immortal": marked(
        "Who was given the drug had to live until then; who died early counts among those without it."
    ),
    "windows_not_given": marked("The source does not give the times of the tests; here they are as defined."),
    "which_change": marked("The source does not say whether the change is relative; here it is."),
    "which_middle": marked("The source does not say whether it is a mean or a median; here it is as named."),
    "hb": marked("The source does not state the haemoglobin correction of DLCO."),
    "spread": marked("The source does not say whether ± is a standard deviation or a standard error."),
    "no_control": marked("Theirs was against placebo; here there is no such group."),
    "placebo_p": marked("Their p is against placebo; here it is of the change itself."),
    "randomised": marked("Theirs was randomised; here the physicians chose the drug."),
    "followed_by": marked("Theirs was followed by azathioprine; here what followed is not chosen."),
    "extent_limit": marked("The source gives no limit of extent; here extensive is more than 20 %."),
    "blood_counts": marked("Here only what was recorded as an adverse event is counted, no blood counts."),
    "controls_untreated": marked(
        "Their controls were matched; here they are those never given the drug, unmatched."
    ),
    "other_outcome": marked("Their outcome is a composite of myositis; here it is lung function."),
    "ground_glass": marked("Theirs is regression of ground glass; here the reading says improved."),
    "window": marked("Theirs is over the time that is named; here the time is as defined."),
    "follow_up": marked("How long they were followed differs and is not accounted for."),
    "both_drugs": marked("Who had both drugs is counted by the first of them, events by each exposure."),
    "no_whole_number": marked("The printed per cent is no whole number of the printed patients."),
    "exposure": marked(
        "Here events count during the exposure: 28 days after a drug, 274 after each rituximab."
    ),
    "recorded": marked("A trial asks for every event; here those that were recorded count."),
    "literature": marked("Theirs are cases found in publications, without the number of those treated."),
    "added": marked("Their rituximab was added to cyclophosphamide; here it is rituximab of any regimen."),
    "case_reports": marked("Theirs are single reports; here all who were given the drug are counted."),
    "statement": marked("A statement and no study: the source gives no number to compare with."),
    "referral": marked("Here they are the patients of one clinic, and all have ILD."),
}
"""Why own and published are not the same, by the code in the tables."""

NOT_RUN: Mapping[str, str] = {
    "expert": marked("A judgement of experts; there is no study to run on the registry."),
    "guideline": marked("A recommendation; there is no study to run on the registry."),
    "pharmacology": marked(
        "Pharmacology: the depletion of B cells is not among the analyses of the registry."
    ),
    "ongoing": marked("The trial was under way at the time of the review; its design is run as P01."),
}
"""Why a row of the evidence is listed and not run."""
